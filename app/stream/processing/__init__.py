"""The running worker: batches in, records and table entries out, work beside them, and its health."""
