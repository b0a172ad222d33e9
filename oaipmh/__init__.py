"""OAI-PMH 2.0: the repository that others harvest. Section numbers are those of the protocol document of 2002-06-14
(as corrected 2008-12-07, 2015-01-08), http://www.openarchives.org/OAI/2.0/openarchivesprotocol.htm.
"""
