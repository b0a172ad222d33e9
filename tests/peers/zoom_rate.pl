# Searches and fetches for a while, as copy cataloguing does: a title word, then up to ten records of the answer.
#
#   perl zoom_rate.pl HOST:PORT SECONDS SEED WORDS
#
# WORDS: a file, a word each line. Prints the number of requests, the records fetched and the seconds.
use strict;
use warnings;
use Time::HiRes qw(time);
use ZOOM;

my ( $address, $seconds, $seed, $file ) = @ARGV;
open my $list, '<', $file or die $!;
chomp( my @words = <$list> );
srand $seed;
my $options = ZOOM::Options->new();
$options->option( preferredRecordSyntax => 'usmarc' );
$options->option( count                 => 0 );
my $connection = ZOOM::Connection->create($options);
$connection->connect($address);
my ( $requests, $records, $start ) = ( 0, 0, time );
while ( time < $start + $seconds ) {
    my $set = $connection->search_pqf( '@attr 1=4 ' . $words[ rand @words ] );
    my $count = $set->size();
    $count = 10 if $count > 10;
    $requests++;
    if ($count) {
        $set->records( 0, $count, 0 );
        $set->record_immediate( $count - 1 ) or die 'a record is missing';
        $requests++;
        $records += $count;
    }
    $set->destroy();
}
printf "%d %d %.4f\n", $requests, $records, time - $start;
