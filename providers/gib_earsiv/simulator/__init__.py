"""A simulator of GİB's e-Arşiv portal."""
