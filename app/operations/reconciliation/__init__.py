"""A provider's own list of a day beside our documents: what differs, as events, and by itself once a day."""
