"""The accounting interface: each accepted request is one event on `orders.v1`, acknowledged before it is answered."""
