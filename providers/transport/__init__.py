"""How an adapter talks to its provider: HTTP, JSON and SOAP, logins that expire and sessions that are leased."""
