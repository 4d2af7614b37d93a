"""A simulator of DİA's web services v3."""
