"""What an operator sets up: businesses, logins, topics, designs, and the machine itself."""
