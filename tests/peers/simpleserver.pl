#!/usr/bin/perl
# A target on Perl's SimpleServer: FILE of ISO 2709, one user, one word searched for in whole records, diagnostics of
# its own. usage: simpleserver.pl FILE tcp:127.0.0.1:PORT
use strict;
use warnings;
use Net::Z3950::SimpleServer;

my $file = shift @ARGV;
open(my $in, '<:raw', $file) or die "$file: $!";
my @records = do { local $/ = "\x1d"; <$in> };
close $in;

my $server = Net::Z3950::SimpleServer->new(
    INIT => sub {
        my ($args) = @_;
        $args->{IMP_NAME} = 'SimpleServer';
        $args->{HANDLE} = {};
        # 1014: authentication failed
        $args->{ERR_CODE} = 1014 if ($args->{USER} // '') eq 'koha' && ($args->{PASS} // '') ne 'bimat';
    },
    SEARCH => sub {
        my ($args) = @_;
        my ($use) = $args->{QUERY} =~ /1=(\d+)/;
        my ($word) = $args->{QUERY} =~ /(\S+)\s*$/;
        $word =~ s/^"|"$//g;
        if (($args->{DATABASES}[0] // '') ne 'books') {
            @$args{qw(ERR_CODE ERR_STR)} = (109, $args->{DATABASES}[0]);
        } elsif ($use && $use == 9999) {
            @$args{qw(ERR_CODE ERR_STR)} = (114, $use);
        } else {
            $args->{HANDLE}{found} = [grep { index(lc $_, lc $word) >= 0 } @records];
            $args->{HITS} = scalar @{$args->{HANDLE}{found}};
        }
    },
    FETCH => sub {
        my ($args) = @_;
        if ($args->{REQ_FORM} ne '1.2.840.10003.5.10') {
            @$args{qw(ERR_CODE ERR_STR)} = (238, $args->{REQ_FORM});
            return;
        }
        $args->{REP_FORM} = $args->{REQ_FORM};
        $args->{RECORD} = $args->{HANDLE}{found}[$args->{OFFSET} - 1];
        $args->{LAST} = 1 if $args->{OFFSET} == @{$args->{HANDLE}{found}};
    },
);
$server->launch_server('simpleserver.pl', @ARGV);
