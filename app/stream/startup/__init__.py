"""Whether a group may start: its offsets and changelogs against the broker, before the worker exists."""
