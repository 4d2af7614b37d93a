"""A simulator of Hepsiburada E-Faturam's service, in JSON and over SOAP."""
