# Perl ZOOM over SRU, as Koha searches: perl search_zoom.pl ADDRESS VERSION QUERY; prints the number and each title line.
use strict;
use warnings;
use ZOOM;

my ($address, $version, $query) = @ARGV;
my $options = ZOOM::Options->new();
$options->option(sru => 'get');
$options->option(sru_version => $version);
$options->option(schema => 'marcxml');
my $connection = ZOOM::Connection->create($options);
eval {
    $connection->connect("http://$address/sru");
    my $found = $connection->search(ZOOM::Query::CQL->new($query));
    print $found->size(), "\n";
    for my $at (0 .. ($found->size() < 12 ? $found->size() : 12) - 1) {
        my $raw = $found->record($at)->raw();
        my ($title) = $raw =~ m{tag="245".*?<subfield code="a">([^<]*)}s;
        print "$title\n";
    }
    1;
} or do {
    my $error = $@;
    die $error unless ref $error;
    print "error ", $error->code(), " ", $error->diagset(), "\n";
};
