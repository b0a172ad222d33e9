"""Harvesting: what other repositories and libraries hold is fetched, kept, and accounted for, every night, unwatched."""
