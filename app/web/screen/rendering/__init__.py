"""From values to HTML: the templates, and the forms of money, dates and times."""
