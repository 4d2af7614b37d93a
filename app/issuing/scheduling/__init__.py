"""Which command is worked on next: queues, quotas, circuit breakers and recovery."""
