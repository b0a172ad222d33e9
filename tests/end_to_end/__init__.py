"""The product as its users start it: processes, files and sockets."""
