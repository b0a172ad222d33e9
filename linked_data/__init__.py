"""Linked data: a record as a graph, in every serialisation, by content negotiation."""
