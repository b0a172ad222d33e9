"""MARC in every form a library has it: bytes to `Record` and back. Pure functions; nothing here knows a store."""
