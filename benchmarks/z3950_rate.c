/* Searches and fetches for a while, as copy cataloguing does: title words, then up to ten records of the answer.

     z3950_rate PORT SECONDS SEED WORDS repeated|distinct

   `repeated` asks for one word at a time, over and over; `distinct` for a word or another that no record has and that
   was never asked for, so that the answer is the same and no query comes twice.
   Prints the number of requests, the records fetched and the seconds. It decodes nothing but what it needs to know that
   an answer is whole and right, so that what is measured is the server. */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

typedef unsigned char octet;
enum { WORDS = 200000, LETTERS = 60 };

static octet answer[1 << 22];
static long have;
static char words[WORDS][LETTERS + 1];

static void die(const char *why) { fprintf(stderr, "%s\n", why); exit(1); }

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec * 1e-9;
}

/* Where the element at `at` ends; -1 while it is not all there. YAZ servers send indefinite lengths. */
static long past(long at) {
    if (at >= have) return -1;
    if ((answer[at] & 31) == 31) do at++; while (at < have && answer[at] & 128);
    if (++at >= have) return -1;
    long length = answer[at++];
    if (length == 128)
        for (;;) {
            if (at + 2 > have) return -1;
            if (!answer[at] && !answer[at + 1]) return at + 2;
            if ((at = past(at)) < 0) return -1;
        }
    if (length > 128) {
        int count = length & 127;
        if (at + count > have) return -1;
        for (length = 0; count--;) length = length << 8 | answer[at++];
    }
    return at + length <= have ? at + length : -1;
}

static void ask(int server, const octet *request, long size, int tag) {
    long end;
    if (write(server, request, size) != size) die("not sent");
    for (have = 0; (end = past(0)) < 0;) {
        long got = read(server, answer + have, sizeof answer - have);
        if (got <= 0) die("closed");
        have += got;
    }
    if (end != have || answer[0] != tag) die("another answer than was asked for");
}

/* An INTEGER with a context tag, one level down. */
static long number(int tag) {
    long at = answer[1] > 128 ? 2 + (answer[1] & 127) : 2, value = 0;
    while (answer[at] != tag)
        if ((at = past(at)) < 0 || at >= have) die("a number is missing");
    for (int i = 0; i < answer[at + 1]; i++) value = value << 8 | answer[at + 2 + i];
    return value;
}

/* Puts an element of up to 255 octets in front of which nothing stands; gives its size. */
static long element(octet *to, int tag_size, const char *tag, const octet *from, long size) {
    long at = tag_size;
    octet inside[256];
    memcpy(inside, from, size);
    memcpy(to, tag, tag_size);
    if (size > 127) to[at++] = 0x81;
    to[at++] = size;
    memcpy(to + at, inside, size);
    return at + size;
}

static long operand(octet *to, const char *word) {
    octet made[200];
    static const octet title[] = {0xbf, 0x2c, 10, 0x30, 8, 0x9f, 0x78, 1, 1, 0x9f, 0x79, 1, 4};
    memcpy(made, title, sizeof title);
    long size = sizeof title + element(made + sizeof title, 2, "\x9f\x2d", (const octet *)word, strlen(word));
    size = element(made, 2, "\xbf\x66", made, size);
    return element(to, 1, "\xa0", made, size);
}

static long search(octet *to, const char *one, const char *two) {
    static const octet set[] = {6, 7, 0x2a, 0x86, 0x48, 0xce, 0x13, 3, 1};
    static const octet either[] = {0xbf, 0x2e, 2, 0x81, 0};
    static const octet head[] = "\x8d\1\0\x8e\1\1\x8f\1\0\x90\1\1\x91\7default\xb2\x0a\x9f\x69\7Default";
    octet made[400];
    long size = sizeof set, begin = sizeof head - 1;
    memcpy(made, set, size);
    size += operand(made + size, one);
    if (two) {
        size += operand(made + size, two);
        memcpy(made + size, either, sizeof either);
        size += sizeof either;
        size = sizeof set + element(made + sizeof set, 1, "\xa1", made + sizeof set, size - sizeof set);
    }
    size = element(made, 1, "\xa1", made, size);
    memcpy(to, head, begin);
    size = begin + element(to + begin, 1, "\xb5", made, size);
    return element(to, 1, "\xb6", to, size);
}

int main(int count, char **said) {
    if (count != 6) die("PORT SECONDS SEED WORDS repeated|distinct");
    int distinct = !strcmp(said[5], "distinct"), one = 1;
    long known = 0, requests = 0, records = 0;
    FILE *file = fopen(said[4], "r");
    while (file && known < WORDS && fscanf(file, "%60s", words[known]) == 1) known++;
    if (!known) die("no words");
    srand48(atoi(said[3]));
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(atoi(said[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int server = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(server, (void *)&address, sizeof address)) die("not connected");
    setsockopt(server, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    /* Versions 1 to 3; search, present and named result sets; 64 MiB, as yaz-client says. */
    static const octet init[] = "\xb4\x15\x83\2\0\xe0\x84\3\0\xe9\xa2\x85\4\4\0\0\0\x86\4\4\0\0\0";
    octet present[] = "\xb8\x1a\x9f\x1f\7default\x9e\1\1\x9d\1\0\x9f\x68\7\x2a\x86\x48\xce\x13\5\x0a", request[400];
    ask(server, init, sizeof init - 1, 0xb5);
    double start = now(), end = start + atof(said[2]), at;
    do {
        const char *word = words[(long)(drand48() * known)];
        char unheard[30];
        snprintf(unheard, sizeof unheard, "q%lxx%lx", lrand48(), (long)getpid());
        ask(server, request, search(request, word, distinct ? unheard : NULL), 0xb7);
        long wanted = number(0x97);
        requests++;
        if (wanted > 10) wanted = 10;
        if (wanted) {
            present[17] = wanted;
            ask(server, present, sizeof present - 1, 0xb9);
            if (number(0x98) != wanted) die("records are missing");
            requests++;
            records += wanted;
        }
        at = now();
    } while (at < end);
    printf("%ld %ld %.4f\n", requests, records, at - start);
    return 0;
}
