"""The independent check of a chaos run: it shares no code with what it judges."""
