"""What is to be done next for a command: pure functions of its facts, the rules and the time."""
