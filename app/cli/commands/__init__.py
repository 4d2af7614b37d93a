"""One module for each command: it parses, calls an operation, and prints."""
