#!/usr/bin/env perl
# Catmandu's OAI-PMH provider over a file of records: perl serve_catmandu.pl FILE PORT PAGE
#
# FILE holds a JSON list of {"_id", "datestamp", "deleted", "title": [...], "type": [...]} and is read again whenever it
# is asked. The provider wants a store that understands CQL, as a search engine's does: the queries that it makes itself
# are all that this one understands.

package Peer::Bag;
use Catmandu::Sane;
use Catmandu::Hits;
use JSON::PP;
use Moo;

with 'Catmandu::Bag', 'Catmandu::CQLSearchable';

sub records {
    open my $file, '<:raw', $ARGV[0] or die $!;
    local $/;
    my $found = decode_json(<$file>);
    return sort { $a->{datestamp} cmp $b->{datestamp} or $a->{_id} cmp $b->{_id} } @$found;
}

sub generator {
    my @left = records();
    return sub { shift @left };
}

sub get {
    my ($self, $id) = @_;
    my ($found) = grep { $_->{_id} eq $id } records();
    return $found;
}
sub add                    { die 'read only' }
sub delete                 { die 'read only' }
sub delete_all             { die 'read only' }
sub delete_by_query        { die 'read only' }
sub searcher               { die 'not asked for' }
sub translate_sru_sortkeys { return $_[1] }
sub translate_cql_query    { return $_[1] }

sub search {
    my ($self, %asked) = @_;
    my @found = records();
    for my $part (split / and /, $asked{query} // '') {
        if ($part =~ /^\(datestamp (>=|<=) "([^"]+)"\)$/) {
            my ($after, $bound) = ($1 eq '>=', $2);
            @found = grep { $after ? $_->{datestamp} ge $bound : $_->{datestamp} le $bound } @found;
        }
        elsif ($part =~ /^_id exact "([^"]*)"$/) { my $id = $1; @found = grep { $_->{_id} eq $id } @found }
        elsif ($part !~ /^\(?cql\.allRecords\)?$/) { die "not understood: $part" }
    }
    my ($start, $total) = ($asked{start}, scalar @found);
    my @page = splice @found, $start > $total ? $total : $start, $asked{limit};
    return Catmandu::Hits->new({start => $start, limit => $asked{limit}, total => $total, hits => \@page});
}

package Peer::Store;
use Moo;
with 'Catmandu::Store';
sub bag_class { return 'Peer::Bag' }
$INC{'Peer/Store.pm'} = $INC{'Peer/Bag.pm'} = __FILE__;

package main;
use Dancer;
use Catmandu;
use Dancer::Plugin::Catmandu::OAI;

my (undef, $port, $page) = @ARGV;
set server => '127.0.0.1', port => $port, charset => 'UTF-8', log => 'error', logger => 'console', startup_info => 0;
Catmandu->config->{store}{peer} = {package => '+Peer::Store'};

oai_provider '/oai',
    store                => 'peer',
    bag                  => 'data',
    datestamp_field      => 'datestamp',
    repositoryName       => 'peer',
    uri_base             => "http://127.0.0.1:$port/oai",
    adminEmail           => 'a@example.org',
    earliestDatestamp    => '2000-01-01T00:00:00Z',
    deletedRecord        => 'persistent',
    repositoryIdentifier => 'peer.example.org',
    delimiter            => ':',
    sampleIdentifier     => 'oai:peer.example.org:1',
    limit                => $page,
    deleted              => sub { $_[0]{deleted} },
    metadata_formats     => [
        {   metadataPrefix    => 'oai_dc',
            schema            => 'http://www.openarchives.org/OAI/2.0/oai_dc.xsd',
            metadataNamespace => 'http://www.openarchives.org/OAI/2.0/oai_dc/',
            template          => \<<'XML',
<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" xmlns:dc="http://purl.org/dc/elements/1.1/"
    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
    xsi:schemaLocation="http://www.openarchives.org/OAI/2.0/oai_dc/ http://www.openarchives.org/OAI/2.0/oai_dc.xsd">
[%- FOREACH one IN title %]<dc:title>[% one | html %]</dc:title>[% END -%]
[%- FOREACH one IN type %]<dc:type>[% one | html %]</dc:type>[% END -%]
</oai_dc:dc>
XML
        }
    ];

dance;
