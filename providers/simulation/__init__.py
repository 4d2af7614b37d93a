"""What all simulators share: misbehaviour on request, a ledger that remembers the truth, a server on loopback.

Imported by the simulators only; an adapter never sees it.
"""
