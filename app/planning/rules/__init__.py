"""What each kind of event does to its order: one module per rule; the fold calls them."""
