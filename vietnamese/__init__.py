"""Vietnamese text: canonical form, folding, dictionary order, legacy encodings, names, places. Pure functions."""
