"""The planner: one fold per order decides what is claimed, commanded, answered and published."""
