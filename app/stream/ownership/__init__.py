"""Who owns a partition, how long the group believes it, and how a worker ends."""
