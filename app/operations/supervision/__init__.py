"""Everything that an installation needs, run on one machine: started, watched, started again, and ended in order."""
