"""What is reached over HTTP: the accounting interface, its page to try it, and the health of the process."""
