"""libyaz as a process: Z39.50 messages, one behind the other, in; each as libyaz's own codec read and prints it, out.

It ends with 3 behind a message that is not whole, with 4 at one that libyaz does not take for an APDU.
"""

import ctypes
import ctypes.util
import sys

name = ctypes.util.find_library("yaz")
if name is None:
    sys.exit(77)
yaz, libc = ctypes.CDLL(name), ctypes.CDLL(None)
yaz.odr_createmem.restype = libc.fdopen.restype = ctypes.c_void_p
DECODE, PRINT = 0, 2
out = ctypes.c_void_p(libc.fdopen(1, b"w"))

data = sys.stdin.buffer.read()
while data:
    length = yaz.completeBER(data, len(data))
    if length <= 0:
        sys.exit(3)
    reader, printer = (ctypes.c_void_p(yaz.odr_createmem(way)) for way in (DECODE, PRINT))
    yaz.odr_setbuf(reader, ctypes.c_char_p(data), length, 0)
    yaz.odr_setprint(printer, out)
    found = ctypes.c_void_p()
    if not yaz.z_APDU(reader, ctypes.byref(found), 0, None):
        sys.exit(4)
    yaz.z_APDU(printer, ctypes.byref(found), 0, None)
    libc.fflush(out)
    yaz.odr_destroy(reader)
    data = data[length:]
