"""The exchange rates of Turkey's central bank (TCMB): its bulletin of each working day, read over HTTP."""
