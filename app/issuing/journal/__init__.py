"""What the journal holds of a command: facts, read into values."""
