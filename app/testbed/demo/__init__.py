"""The demonstration: an installation on one machine, a stream of orders, and a reconciliation that must balance."""
