"""The vocabulary of the system: identity, money, parties, orders, documents. Pure; imports nothing of ours."""
