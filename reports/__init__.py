"""Figures for those who answer for the libraries: uses, holdings, harvests, quality of records.

Everything is counted beside the work and never in its way; a number always leads to the records behind it.
"""
