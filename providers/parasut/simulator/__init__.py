"""A simulator of Paraşüt's API."""
