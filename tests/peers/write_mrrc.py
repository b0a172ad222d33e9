"""The records of a file as MARCXML by mrrc: python write_mrrc.py FILE ROUNDS; CPU seconds of each round."""

import sys
import time

import mrrc

for _ in range(int(sys.argv[2])):
    start = time.process_time()
    for record in mrrc.MARCReader(sys.argv[1]):
        mrrc.record_to_xml(record).encode()
    print(time.process_time() - start)
