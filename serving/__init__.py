"""The only place that wires: settings → store → rooms → web pages and protocols, Z39.50, and the work behind them.

A module for each kind of process, so that each reads what it does and nothing else; `server.py` starts them. `web` is
all that HTTP asks for, `http` who listens for it, `z3950` the other door, `work` what goes on behind both.
"""
