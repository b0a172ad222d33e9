"""Every protection limit of the server, each with its reason. Errors name the limit as it is written here.

These are not tunables: a tunable belongs in `foundation.settings`. A limit guards time, memory or disk against
hostile or damaged input, and is chosen so that no honest input we have seen comes near it.
"""

from __future__ import annotations

from typing import Final

KIB: Final = 1024
MIB: Final = 1024 * KIB
GIB: Final = 1024 * MIB

# --- files and archives -------------------------------------------------------------------------------------
READ_CHUNK: Final = 1 * MIB
"""How much of a file is read at once; memory is flat in the size of the file."""
FILE_BYTES: Final = 64 * GIB
"""One input file, after decompression. The largest national catalogues are below this."""
ARCHIVE_ENTRIES: Final = 10_000
"""Files in one archive; a zip with a million empty entries costs minutes and holds nothing."""
ARCHIVE_RATIO: Final = 200
"""Decompressed to compressed bytes. Real MARC and XML stay under 40; a bomb starts at 1,000."""
ARCHIVE_RATIO_FLOOR: Final = 16 * MIB
"""Below this many decompressed bytes the ratio is not judged: small repetitive files compress without limit."""
ARCHIVE_DEPTH: Final = 2
"""Archives inside each other: a zip of gzip files is usual, anything deeper is not."""
ARCHIVE_DIRECTORY_BYTES: Final = ARCHIVE_ENTRIES * 256
"""The directory of a zip, which has to be held in memory; 256 bytes an entry leave room for long names."""
ARCHIVE_SPOOL_BYTES: Final = 8 * GIB
"""A zip that cannot be read in place (standard input, a zip within a zip) is put into a temporary file this large."""

# --- MARC ---------------------------------------------------------------------------------------------------
MARC_RECORD_BYTES: Final = 16 * MIB
"""One record on input. ISO 2709 itself ends at 99,999 bytes, but real oversized ones and MARCXML go beyond."""
MARC_FIELDS: Final = 20_000
"""Fields in one record; a serial with a holding for every number stays under 10,000."""
MARC_SUBFIELDS: Final = 50_000
"""Subfields of one field, where they are looked at one by one; tables of contents stay under 1,000."""
MARC_JUNK_BYTES: Final = 16 * MIB
"""Bytes between two records that are kept together as one piece of junk before it is cut into the next piece."""
MARC_LOOK_AHEAD_RECORDS: Final = 200
"""Records that are looked at together to judge the encoding of a file; more would not change the answer."""
MARC_LOOK_AHEAD_BYTES: Final = 1 * MIB
"""The same in bytes: what is held back while a file is being judged."""
ISO2709_RECORD_BYTES: Final = 99_999
"""What the five digits of the record length can say (ISO 2709, record label 0-4)."""
ISO2709_FIELD_BYTES: Final = 9_999
"""What the four digits of a directory entry can say (MARC 21 entry map 4500)."""
MARC8_MARKS: Final = 30
"""Marks on one letter in MARC-8 (UAX #15, Stream-Safe Text Format): sorting a longer run takes time in its square."""
MARC8_PROBLEMS: Final = 100
"""Problems listed for one MARC-8 value or record; the rest are counted. A record of another encoding has thousands."""
JSON_DEPTH: Final = 32
"""Objects and lists inside each other in MARC-in-JSON, whose own shape needs six."""
ISIS_RECORD_BYTES: Final = 1 * MIB
"""One CDS/ISIS record with its line ends. CDS/ISIS itself holds 32 kB, its successors with large records far more."""
ISIS_MASTER_BYTES: Final = 512 * MIB
"""A CDS/ISIS master file: where the format of the manual ends."""
ISIS_RECORDS: Final = 16_000_000
"""Master file numbers of one CDS/ISIS base (the format's own limit); their positions are held while it is read."""
ISIS_SAMPLE: Final = 500
"""Records of a CDS/ISIS file that are held to recognise its encoding before the first one is given."""
ISIS_SAMPLE_BYTES: Final = 8 * MIB
"""Bytes of those records: 500 of the largest would be too many to hold."""
ISIS_MAPPED_VALUES: Final = 10_000
"""Fields that the mapping may make of one CDS/ISIS record: a keyword list can be split at every character."""
# --- Dublin Core --------------------------------------------------------------------------------------------
DC_STATEMENTS: Final = 5_000
"""Values of one Dublin Core description; each becomes up to three fields, and MARC_FIELDS is 20,000."""
DSPACE_FILE_BYTES: Final = 8 * MIB
"""One metadata file of a DSpace archive (dublin_core.xml, contents, collections, handle), which is read whole."""
# --- spreadsheets -------------------------------------------------------------------------------------------
SPREADSHEET_BYTES: Final = 64 * MIB
"""One .xlsx, .ods or .xls file, which is held in memory. A list of 100,000 books stays under 20 MB."""
SPREADSHEET_UNPACKED_BYTES: Final = 512 * MIB
"""All parts of an .xlsx or .ods together, unpacked."""
SPREADSHEET_CELLS: Final = 4_000_000
"""Rows times columns of the rectangle that holds all filled cells of a sheet, over all sheets: it is held in memory
whole, so two cells in opposite corners cost as much as a full sheet."""
SPREADSHEET_COLUMNS: Final = 1_000
"""Columns of one row. The widest list of books we have seen has 60."""
SPREADSHEET_SHEETS: Final = 500
"""Sheets of one workbook; a library that keeps one for every storeroom and month stays under 200."""
SPREADSHEET_ROW_CHARACTERS: Final = 1 * MIB
"""One row of a CSV file. A cell of Excel ends at 32,767 characters."""
SPREADSHEET_ROW_LINES: Final = 200
"""Lines that one row of a CSV file may take: a quotation mark left open would swallow the rest of the file."""
SPREADSHEET_BAD_ROWS: Final = 1_000
"""Rows of a CSV file that break off before the whole file is refused; each costs the reading of SPREADSHEET_ROW_LINES
lines again."""
SPREADSHEET_CELL_CHARACTERS: Final = 32_767
"""One cell: what Excel itself can hold. A longer one could not be sent back to be corrected."""
SPREADSHEET_COPIES: Final = 1_000
"""Copies that one row may stand for, counted or as a range of accession numbers ("VN.1 - VN.99999999")."""
SPREADSHEET_MAPPING_BYTES: Final = 1 * MIB
"""A kept mapping of columns: some hundred headings of some hundred letters."""

# --- XML ----------------------------------------------------------------------------------------------------
XML_DEPTH: Final = 100
"""Nested elements. METS with deep structure maps stays under 40."""
XML_PROLOG_BYTES: Final = 64 * KIB
"""Declaration, comments and instructions before the root element; a DOCTYPE could hide behind a longer one."""
XML_ATTRIBUTES: Final = 500
"""Attributes of one element; libxml2 itself has no limit."""
XML_TEXT_BYTES: Final = 8 * MIB
"""One text or attribute value; below libxml2's own 10 MB so that the error is ours and names this limit."""
XML_ELEMENT_BYTES: Final = 64 * MIB
"""One record element of a stream, whole."""
XML_ELEMENTS: Final = 1_000_000
"""Elements inside one record element, or in a document that is read whole. Four bytes of `<b/>` take 100 in memory."""

# --- OAI-PMH ------------------------------------------------------------------------------------------------
OAI_BODY_BYTES: Final = 64 * KIB
"""A POST body. The longest legal request is a token and a verb."""
OAI_QUERY_BYTES: Final = 16 * KIB
"""A GET query string."""
OAI_ARGUMENTS: Final = 16
"""Arguments of one request, known or not. The protocol knows six."""
OAI_ANSWER_BYTES: Final = 64 * MIB
"""One answer of a repository that is being checked. Pages end at a few megabytes; ours can be set to more."""
MANIFEST_LINE_BYTES: Final = 4 * KIB
"""One line of a manifest or of a partner's list: an identifier, a date and a hash stay under 300."""
PARTNERS: Final = 5_000
"""Clients without a name that are told apart in the log of who harvests; a client can call itself anything."""
OAI_CLIENTS: Final = 10_000
"""Clients whose budgets are remembered at a time; whoever has not asked for longest is forgotten first."""
PROVENANCE_STEPS: Final = 20
"""Repositories that handed a record on before it came here. Nobody has seen a chain of more than four."""
SET_SPEC_CHARACTERS: Final = 64
"""A setSpec of the store. It stands in every resumption token, which must stay below 200 characters."""

# --- connections to others ----------------------------------------------------------------------------------
URL_CHARACTERS: Final = 4_000
"""An address that is called. Some resumption tokens are long; most servers refuse addresses of 8,000."""
REDIRECTS: Final = 5
"""Redirects of one request; each is checked like a new address."""
NETWORK_CHUNK: Final = 256 * KIB
"""Bytes read from a connection at once."""
ANSWER_SENT_BYTES: Final = 256 * MIB
"""One answer as it is sent. The largest page of a repository we have heard of is 60 MB."""
ANSWER_BYTES: Final = 1 * GIB
"""The same unpacked."""
ANSWER_BYTES_PER_SECOND: Final = 100
"""Slower than this over minutes is not a weak line but a server that will never finish."""
RETRY_SECONDS: Final = 6 * 3600
"""The longest wait that another server can ask for or that failures lead to; the next run asks anew."""
# --- Z39.50 -------------------------------------------------------------------------------------------------
Z3950_PDU_BYTES: Final = 1 * MIB
"""A request. The longest captured from a client, a query of five terms, has 221 bytes."""
BER_DEPTH: Final = 100
"""Nested elements of one PDU. An RPN query of RPN_DEPTH levels with one attribute to a term stays below it."""
BER_INTEGER_BYTES: Final = 8
"""An INTEGER. Nothing in Z39.50 counts beyond 64 bits."""
BER_OID_ARCS: Final = 32
"""Numbers of one object identifier; those of Z39.50 have seven to nine."""
BER_ELEMENTS: Final = 20_000
"""Members of one SEQUENCE OF."""
RPN_DEPTH: Final = 64
"""Levels of a type-1 query."""
RPN_OPERANDS: Final = 200
"""Terms and result sets of a type-1 query."""
RPN_ATTRIBUTES: Final = 32
"""Attributes of one operand; the Bath Profile sends six."""
Z3950_TERM_BYTES: Final = 4 * KIB
"""One search term, or one query in CQL or CCL."""
Z3950_NAME_BYTES: Final = 256
"""A result set's name."""
Z3950_DATABASES: Final = 32
"""Databases of one search."""
Z3950_RESULT_SETS: Final = 100
"""Result sets of one session."""
Z3950_RESULT_BYTES: Final = 16 * MIB
"""Memory of the result sets of one session. The oldest are given up for a new one."""
Z3950_RESULTS_BYTES: Final = 256 * MIB
"""Memory of the result sets of all sessions of a process."""
Z3950_UNSENT_BYTES: Final = 128 * MIB
"""Answers of a process that clients have not yet read; beyond, whoever has read nothing for longest is cut off."""
Z3950_PRESENT_RECORDS: Final = 500
"""Records of one present; the client asks again for more."""
Z3950_SCAN_TERMS: Final = 200
"""Terms of one scan."""
Z3950_SORT_KEYS: Final = 8
"""Keys of one sort."""
Z3950_RANGES: Final = 32
"""Ranges of one present."""
Z3950_MESSAGE_FLOOR: Final = 1 * KIB
"""Least preferred message size that a client may set; a record would hardly fit in less."""
Z3950_MESSAGE_BYTES: Final = 1 * MIB
"""Largest message that is agreed on, whatever the client proposes."""
Z3950_PENDING_BYTES: Final = 64 * KIB
"""Requests that one session may send ahead before it is no longer read from; a single larger one is still taken."""
Z3950_UNREAD_SECONDS: Final = 60
"""How long a client may leave an answer unread before it is cut off."""
Z3950_FIRST_SECONDS: Final = 30
"""How long a client may take from the first byte of a request to its last, and from connecting to its Init."""
Z3950_REFUSAL_SECONDS: Final = 1
"""How long a wrong password waits for its answer."""
# --- search -------------------------------------------------------------------------------------------------
SEARCH_WINDOW: Final = 50_000
"""How deep a result may be paged into or kept as a list; behind it the index would sort more than anybody reads."""
SEARCH_WORDS: Final = 500
"""Words and ranges of one query, over all its parts."""
SEARCH_DEPTH: Final = 100
"""Parts of a query inside each other."""
SEARCH_TERM_CHARACTERS: Final = 4_096
"""One term. The longest title asked for as a whole stays under 1,000."""
SEARCH_MASK_LETTERS: Final = 2
"""Letters that a masked word has to spell out: `a*` would read half of the index."""
SEARCH_NEAR_WORDS: Final = 16
"""How far apart the words of a proximity search may stand; the values of a field are kept farther apart than this."""
SEARCH_FACETS: Final = 1_000
"""Values of one facet that an answer may list."""
SEARCH_SCAN: Final = 1_000
"""Headings that one look into a list may bring."""
SEARCH_PASSED: Final = 2_000
"""Headings that one look into the list of a library or a collection passes over on either side."""
SEARCH_FILTERS: Final = 20
"""Filters of one search on the web page; what comes behind them is not looked at."""
SEARCH_LISTED: Final = 1_000
"""Results of one table (CSV) of the search page. Who wants more exports or harvests."""
HEADING_CHARACTERS: Final = 300
"""A heading in the lists to browse; longer ones are cut off. Keys have three bytes a letter, and PostgreSQL indexes
2,700."""

# --- store --------------------------------------------------------------------------------------------------
CLOCK_LEAP_DAYS: Final = 400
"""A clock this far ahead of the last stamp is refused until a person confirms it (`lienthong doctor --accept-clock`):
stamps never go back, so a wrong year would hide every later record in the future."""
LOCAL_ID_CHARACTERS: Final = 200
"""A record's local identifier (field 001 or its substitute)."""

# --- union --------------------------------------------------------------------------------------------------
UNION_RULES_BYTES: Final = 1 * MIB
"""A table of matching rules. The one that comes with the program has some 30 kB."""
UNION_ACT_PAIRS: Final = 2_000
"""Pairs of records that one decision of a person is about: two clusters of forty members have 1,600."""
MATCH_BYTES: Final = 64 * MIB
"""Records that one request compares with the union. A file of 20,000 records stays under 30 MB."""
MATCH_RECORDS: Final = 20_000
"""The same in records: each costs some milliseconds of the server, so that many take a minute or two."""

# --- other libraries' catalogues -----------------------------------------------------------------------------
PEER_PDU_BYTES: Final = 8 * MIB
"""One answer of another Z39.50 target; a larger length is refused by its first bytes, before anything is kept."""
PEER_ANSWER_BYTES: Final = 32 * MIB
"""One answer of another SRU server, unpacked; fifty records of MARCXML have some 400 kB."""
PEER_RECORD_BYTES: Final = 2 * MIB
"""One record of another catalogue. What is larger is left out and told; the others of the answer are kept."""
PEER_RECORDS: Final = 500
"""Records that one search takes from one target, whatever is asked for: nobody reads more."""
PEER_CHUNK: Final = 50
"""Records that one Present or searchRetrieve asks for; many targets refuse or cut larger ones."""
PEER_TARGETS: Final = 64
"""Targets that one search asks at the same time, each in a thread of its own."""
PEER_WAITING: Final = 200
"""Records of one search that wait until somebody takes them; then the targets wait, too."""
PEER_SECONDS: Final = 120
"""The longest time that a target's settings may give it for one search."""
GATEWAY_BYTES: Final = 64 * MIB
"""Records of other catalogues that are held for those who search them through our own doors."""
GATEWAY_SEARCHES: Final = 16
"""Searches in other catalogues that our own doors work on at the same time."""

# --- queries of CQL, PQF and CCL ----------------------------------------------------------------------------
QUERY_CHARACTERS: Final = 8 * KIB
"""One query as text. A person types 100, a program that asks for 200 numbers at once some 5,000."""
QUERY_DEPTH: Final = 50
"""Parentheses (in PQF: operators) inside each other; every engine behind it walks the tree."""
QUERY_OPERATORS: Final = 500
"""Boolean operators of one query."""
QUERY_ATTRIBUTES: Final = 32
"""Attributes of one operand, those inherited from its operators too. Bib-1 has six types."""
QUERY_TERM_CHARACTERS: Final = 1_000
"""One search term: longer than any title."""
QUERY_MASKS: Final = 8
"""Masking characters of one term; each multiplies the words it may stand for."""
QUERY_STEM_CHARACTERS: Final = 2
"""Letters that must stand beside the masking characters of a word: `a*` would be half the catalogue."""
QUERY_NEAR_WORDS: Final = 16
"""How far apart the words of a proximity search may stand; sentences are longer, but nobody asks for more."""

# --- SRU ----------------------------------------------------------------------------------------------------
SRU_QUERY_BYTES: Final = 32 * KIB
"""A GET query string: QUERY_CHARACTERS, escaped."""
SRU_BODY_BYTES: Final = 64 * KIB
"""A POST body."""
SRU_ARGUMENTS: Final = 40
"""Arguments of one request, known or not. SRU 2.0 knows some twenty."""
SRU_RECORDS: Final = 500
"""Records of one answer, whatever maximumRecords asks for."""
SRU_WINDOW: Final = 50_000
"""The last position that startRecord can ask for: an engine has to rank everything before it."""
SRU_KEPT_BYTES: Final = 32 * MIB
"""Memory of a server process for records as they were last given over SRU."""
SRU_ANSWERS_BYTES: Final = 16 * MIB
"""Memory of a server process for whole answers that were given over SRU lately."""
SRU_TERMS: Final = 200
"""Headings of one scan."""
SRU_SORT_KEYS: Final = 8
"""Keys of one order."""
SRU_FACETS: Final = 10
"""Facets of one answer."""
SRU_FACET_TERMS: Final = 100
"""Values of one facet in one answer."""
# --- what libraries send ------------------------------------------------------------------------------------
PUSH_BYTES: Final = 256 * MIB
"""One upload to `/api/v1/push`, as it is sent. A million MARC records have some 200 MB compressed."""
PUSH_PLAIN_BYTES: Final = 4 * GIB
"""The same unpacked."""
PUSH_UPLOADS: Final = 50
"""Uploads of one library that are under way at the same time; those that rested for two weeks are forgotten first."""
PUSH_TOLD: Final = 200
"""Reasons of quarantine that one answer tells; the rest is counted."""
UPLOAD_BYTES: Final = 1 * GIB
"""One file that a person sends through the browser. A million MARC records have some 200 MB compressed."""
UPLOAD_PIECE_BYTES: Final = 4 * MIB
"""One piece of such a file: what a broken line costs to send again."""
UPLOADS_OPEN: Final = 100
"""Files of one library that wait to be read or published; whoever has that many publishes or drops some first."""
RECORD_FORM_BYTES: Final = 1 * MIB
"""One record as a person writes it in a form. The longest real one has some 90 kB."""
COMMENT_CHARACTERS: Final = 2_000
"""What one person says to another about a batch."""
SOURCE_FILE_BYTES: Final = 4 * GIB
"""One file that is fetched from a source, as it is sent."""
FOLDER_FILES: Final = 20_000
"""Files of one folder that is watched or sent, and names that another server's listing may hold."""
FOLDER_DEPTH: Final = 8
"""Folders inside each other there."""
CODING_WINDOW: Final = 8 * MIB
"""Window of a Zstandard body (RFC 9659, 3)."""

# --- sets ---------------------------------------------------------------------------------------------------
SET_QUERY_CHARACTERS: Final = 4_000
"""One saved query; the longest that reads well has a few hundred."""
SET_QUERY_TESTS: Final = 100
"""Comparisons in one saved query: each is made for every record that is published."""
SET_QUERY_DEPTH: Final = 20
"""Brackets and negations inside each other."""
SETS_DEFINED: Final = 200
"""Saved queries and collections of one store: all of them are asked of every record."""
COLLECTION_RECORDS: Final = 2_000
"""Records put into a collection, or taken out, at once: it is one commit, and somebody waits for the page."""

# --- figures ------------------------------------------------------------------------------------------------
AGENT_CHARACTERS: Final = 400
"""Characters of a User-Agent that are looked at to tell robots; browsers say fewer than 300."""
ROBOT_PATTERNS: Final = 5_000
"""Patterns of one list of robots: COUNTER's own has some 400."""
CLICKS: Final = 100_000
"""Clicks of half a minute that are remembered to count double ones once; a province has a hundred."""

# --- REST ---------------------------------------------------------------------------------------------------
API_BODY_BYTES: Final = 2 * MIB
"""One JSON body of `/api/v1`: a record of the longest kind, escaped. Files have `UPLOAD_BYTES`."""

SOURCE_TRIALS: Final = 40
"""Trials of addresses that run or wait for their turn in one process: each is a thread, and programs ask for many."""

API_PAGE: Final = 200
"""Entries of one page of a list."""

API_CLIENTS: Final = 20_000
"""Tokens and addresses whose requests of the last minute one process counts; the one seen longest ago is forgotten."""

# --- accounts -----------------------------------------------------------------------------------------------
PASSWORD_CHARACTERS: Final = 12
"""Characters that a password needs at least: shorter ones are in every list of leaked passwords."""
PASSWORD_BYTES: Final = 1 * KIB
"""A longer password is no password: hashing it would only cost time."""
SIGN_IN_FREE: Final = 5
"""Wrong passwords for one account from one address before waits begin; more than anybody mistypes in a row."""
SIGN_IN_FREE_LOGIN: Final = 20
"""The same for one account from anywhere, but from where its owner came in lately."""
SIGN_IN_FREE_ADDRESS: Final = 40
"""The same from one address for whatever accounts: a whole library may stand behind it, who tries a list does not."""
SIGN_IN_WAIT_SECONDS: Final = 900
"""The longest wait. Four guesses an hour find nothing; a wait without end would let anybody lock out anybody."""

# --- cataloguing --------------------------------------------------------------------------------------------
DRAFT_BYTES: Final = 256 * KIB
"""One record as it is being written, as lines of text. The longest of 150,000 real records has 60 kB."""
DRAFT_LINES: Final = 2_000
"""Its fields; each is a row of a form in the browser."""
DRAFTS: Final = 200
"""Drafts of one person. Whoever has more has forgotten them."""
EDITOR_FORM_BYTES: Final = 2 * MIB
"""One form of the editor as it is sent: every letter of Vietnamese with marks takes up to nine bytes there."""
LOOKUPS: Final = 8
"""Searches in other libraries' catalogues that one web process runs at the same time; each asks all its targets at
once."""
LOOKUP_HITS: Final = 1_000
"""Records that one such search keeps."""
LOOKUP_BYTES: Final = 32 * MIB
"""The same in bytes."""
