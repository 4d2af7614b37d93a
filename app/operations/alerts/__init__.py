"""A person is told by mail of what does not go on without one."""
