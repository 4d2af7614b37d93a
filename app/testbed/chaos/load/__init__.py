"""What a chaos run is fed: orders, unusual orders, and operators at work."""
