"""Documents as values: from orders and JSON to invoices, their rules, XML and pages. Pure but for rendering.

An adapter calls `prepared` and reads the values of `model`.
"""
