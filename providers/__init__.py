"""Provider adapters: one folder each, behind the one protocol of `providers.base`."""
