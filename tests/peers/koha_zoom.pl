# Searches as Koha's "Z39.50 search" does (attributes and options of its copy cataloguing) and keeps what it imports.
#
#   perl koha_zoom.pl HOST:PORT DATABASE FOLDER QUERY...
#
# Prints "hits code query" for each QUERY and writes the records of the last page into FOLDER, one file each.
use strict;
use warnings;
use ZOOM;

my ( $address, $database, $folder, @queries ) = @ARGV;
my $options = ZOOM::Options->new();
$options->option( async                 => 1 );
$options->option( elementSetName        => 'F' );
$options->option( preferredRecordSyntax => 'USMARC' );
$options->option( databaseName          => $database );
$options->option( timeout               => 20 );

for my $place ( 0 .. $#queries ) {
    my $connection = ZOOM::Connection->create($options);
    $connection->connect($address);
    my $set = $connection->search_pqf( $queries[$place] );
    while ( ZOOM::event( [$connection] ) != 0 ) {
        last if $connection->last_event() == ZOOM::Event::ZEND;
    }
    my ( $code, $message, $addinfo ) = $connection->error_x();
    my $hits = $code ? 0 : $set->size();
    print "$hits $code $queries[$place]\n";
    next if $place < $#queries;
    for my $number ( 0 .. ( $hits < 20 ? $hits : 20 ) - 1 ) {
        my $record = $set->record($number) or die "no record $number";
        open my $file, '>:raw', "$folder/$number.mrc" or die $!;
        print {$file} $record->raw();
        close $file;
    }
}
