"""The evidence that exactly one document exists: ids, facts, the provider's words, and what follows from them."""
