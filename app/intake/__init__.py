"""Orders in: every readable record is stamped and re-keyed or refused, every unreadable one becomes a dead letter."""
