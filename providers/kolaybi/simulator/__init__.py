"""A simulator of KolayBi's API."""
