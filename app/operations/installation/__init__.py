"""What an operator sets up: businesses, logins, topics, templates, and the machine itself."""
