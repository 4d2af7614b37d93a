"""Orders, documents and dead letters, read back from the topics; a read model in a database comes with the screen."""
