"""The store: libraries, records with every version, change sets, renderings, the feed and the change sequence, jobs."""
