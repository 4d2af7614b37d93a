"""Reading and writing from outside of a consumer group: clients, readers, producers, lag."""
