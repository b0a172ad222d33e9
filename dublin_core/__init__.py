"""Dublin Core, simple and qualified, MODS, and digital items: from MARC and to MARC, as pure functions."""
