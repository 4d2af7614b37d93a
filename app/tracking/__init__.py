"""Documents as the status topic tells them; a read model in a database comes with the screen."""
