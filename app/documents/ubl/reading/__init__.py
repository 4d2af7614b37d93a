"""From UBL-TR to an invoice: the other way of `writing`, module by module."""
