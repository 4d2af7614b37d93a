"""What an operator does: for the command line, the web and the HTTP API alike."""
