"""A simulator of Trendyol E-Faturam's API."""
