"""What is kept of webhooks: who wants to be called, what they are to be told, and what became of each call."""
