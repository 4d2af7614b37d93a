"""Documents by e-mail: by the provider where it mails, else by the installation's own mail server."""
