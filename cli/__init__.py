"""The command line: one thin file for each group of commands, over the same services the web pages use."""
