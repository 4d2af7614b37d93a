"""JSON, XML and stylesheets that come from outside, read within bounds and without executing anything."""
