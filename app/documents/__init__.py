"""What stands on a document: parties, lines and tax arithmetic. Pure; the providers' mappings read it."""
