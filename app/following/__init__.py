"""Topics followed into a database: what is made of their records, and the offsets behind them, are one transaction."""
