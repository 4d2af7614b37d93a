"""A simulator of the test-only provider's API."""
