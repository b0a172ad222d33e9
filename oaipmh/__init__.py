"""OAI-PMH 2.0, from both ends. Section numbers are those of the protocol document of 2002-06-14 (as corrected
2008-12-07, 2015-01-08), http://www.openarchives.org/OAI/2.0/openarchivesprotocol.htm.

The repository that others harvest; a request goes down this list, an answer up:

    wsgi            HTTP: methods, bodies, compression, errors          flow        budgets, and the queue of lists
    protocol        arguments of the six verbs, or what is wrong        errors, dates, tokens
    provider        what each verb answers                              repository  what it is made of
    writer          records and headers as bytes                        containers  what `about` and Identify say
    segments        lists written beforehand                            compression pieces that are compressed already
    page            the same answer for a person with a browser

The harvester of others (the room `harvesting` gives it a connection, a clock and the store):

    harvester       one list from its first request to its last, pure   quirks      what a repository needs of us
    answers         an answer as values, whatever it looks like         mending     XML that is none, made into XML
    identity        what a repository says of itself                    provenance  where a record has been before

Whether our own feed can be trusted, and how others make sure:

    nightly         all of it, once a day
    own_check       our own feed, or another, checked and kept          selfcheck   a harvest that believes nothing
    asking          a repository, in this process or over HTTP          inspected   its answers, read strictly
    rules           what must hold, by number                           ledger      lists compared on disk
    manifests       signed lists of everything                          manifest_check, signing, files
    resourcesync    the same changes by ANSI/NISO Z39.99                atom        and by RFC 4287
    partners        who harvests what, and how far
"""
