"""ICU's order for Vietnamese: a JSON list of texts on standard input → their sort keys in hexadecimal, as JSON.

For a Python that has PyICU; with the argument --there it only tries to load it.
"""

import json
import sys

import icu

if "--there" not in sys.argv:
    collator = icu.Collator.createInstance(icu.Locale("vi"))
    print(json.dumps([collator.getSortKey(text).hex() for text in json.load(sys.stdin)]))
