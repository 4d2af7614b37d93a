"""Testbook: a bookkeeping service of our own invention, for tests and demonstrations only.

No such company exists. It stands for the providers that refuse no repeated reference: there a second call makes a
second document, and only looking before sending again prevents it.
"""
