"""The schema's history, in steps that are never changed once released; `app.store.database.migrate` runs them."""
