"""`/api/v1` for programs: one table of operations, from which both the doors and their description are made."""
