"""What all simulators share: misbehaviour on request, a record of what was made, a server on loopback.

Imported by the simulators only; an adapter never sees it.
"""
