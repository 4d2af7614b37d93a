"""What proves the product and is no part of a merchant's installation: demo, chaos, benchmarks, generator."""
