# perl harvest_catmandu.pl BASE_URL PREFIX: every record's identifier and state, a line each.
use strict;
use warnings;
use Catmandu::Importer::OAI;

my ($base, $prefix) = @ARGV;
my $importer = Catmandu::Importer::OAI->new(url => $base, metadataPrefix => $prefix, handler => 'raw');
$importer->each(sub {
    my $record = shift;
    my $deleted = ($record->{_status} // '') eq 'deleted';
    die "no metadata in $record->{_identifier}" unless $deleted || $record->{_metadata};
    print $record->{_identifier}, ' ', ($deleted ? 'deleted' : 'live'), "\n";
});
