"""The topics' names, what each must be, the identities that are for life, and making them so."""
