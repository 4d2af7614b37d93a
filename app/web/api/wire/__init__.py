"""Bodies as they are on the wire: the interface's names in camelCase, ours in the same spelling.

A model checks the form and makes the fields of an `OrderEvent`; the domain's own types and rules check the content.
"""
