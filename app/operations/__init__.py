"""What an operator does: for the command line, the web and the HTTP API alike.

Every function takes plain values, returns values, and blocks while it asks Kafka, the store or a provider: a server
calls it in a thread. Where this installation is comes from its settings.
"""
