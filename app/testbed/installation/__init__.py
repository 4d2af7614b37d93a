"""An installation of its own on this machine: Kafka, topics, configuration, simulators and workers."""
