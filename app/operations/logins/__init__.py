"""Logins at providers, as workers and a person's commands use them: the adapter of one, and its session."""
