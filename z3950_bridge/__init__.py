"""Z39.50 and SRU, both ways: records of ours found from inside any library system, and theirs found from here."""
