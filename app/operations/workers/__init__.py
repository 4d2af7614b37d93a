"""The workers: how each stage is put together, started, and asked for its health."""
