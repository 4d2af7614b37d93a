"""The demonstration: a whole installation on one machine, a stream of orders, and books that must balance."""
