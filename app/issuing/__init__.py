"""The issuer: one external effect per key, journaled around every call (design, section 5)."""
