"""Which partitions a worker owns, for how long the group grants them, and how a worker ends."""
