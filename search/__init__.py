"""Finding records: one interface over the index, whatever engine is behind it and whatever door asks."""
