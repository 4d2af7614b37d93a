"""Records to bytes and back: the codec, Avro, the schema registry, headers and dead letters."""
