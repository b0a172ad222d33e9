# perl harvest_http_oai.pl BASE_URL PREFIX: every record's identifier and state, a line each.
use strict;
use warnings;
use HTTP::OAI;

my ($base, $prefix) = @ARGV;
my $client = HTTP::OAI::Harvester->new(baseURL => $base, resume => 1);
my $answer = $client->ListRecords(
    metadataPrefix => $prefix,
    onRecord       => sub {
        my $record = shift;
        my $deleted = ($record->header->status // '') eq 'deleted';
        die "no metadata in " . $record->identifier unless $deleted || $record->metadata;
        print $record->identifier, ' ', ($deleted ? 'deleted' : 'live'), "\n";
    },
);
die $answer->message if $answer->is_error;
