"""What goes wrong in a chaos run: the schedule, and what carries it out."""
