"""libyaz as a process: a line of PQF in, the query as libyaz writes it again out; `!` where it refuses the line.

A process of its own, since libyaz ends the process at a query that is nested too deep.
"""

import ctypes
import ctypes.util
import sys

name = ctypes.util.find_library("yaz")
if name is None:
    sys.exit(77)
yaz = ctypes.CDLL(name)
for function in ("odr_createmem", "yaz_pqf_create", "yaz_pqf_parse", "wrbuf_alloc", "wrbuf_cstr"):
    getattr(yaz, function).restype = ctypes.c_void_p
DECODE = 0

for line in sys.stdin:
    memory = ctypes.c_void_p(yaz.odr_createmem(DECODE))
    parser = ctypes.c_void_p(yaz.yaz_pqf_create())
    query = yaz.yaz_pqf_parse(parser, memory, line.rstrip("\n").encode())
    if query is None:
        print("!", flush=True)
    else:
        buffer = ctypes.c_void_p(yaz.wrbuf_alloc())
        yaz.yaz_rpnquery_to_wrbuf(buffer, ctypes.c_void_p(query))
        print(ctypes.string_at(yaz.wrbuf_cstr(buffer)).decode(), flush=True)
    yaz.odr_destroy(memory)
