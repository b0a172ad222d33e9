"""Harvesting: what others hold is fetched, kept, and accounted for, every night, with nobody watching."""
