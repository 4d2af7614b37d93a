"""The issuer: one external effect per command, written down in a journal before and after every call."""
