"""A simulator of Nilvera's API."""
