"""Webhooks: what happened to documents, orders and requests, sent to the systems that asked to be told."""
