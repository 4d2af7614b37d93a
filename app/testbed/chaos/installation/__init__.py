"""The chaos run's installation: broker, registry, store, businesses and supervised workers."""
