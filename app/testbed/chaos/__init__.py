"""Chaos: a whole installation under seeded faults, and an independent check of what became of every order."""
