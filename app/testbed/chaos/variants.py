"""What else may be so in a run: chosen by the binary digits of its seed, or by options."""

from enum import StrEnum


class Variant(StrEnum):
    """One circumstance that holds for a whole run. Their sequence is for life: it is that of a seed's binary digits."""

    AVRO = "AVRO"
    """Values are Avro under a registry's ids instead of JSON."""
    POSTGRESQL = "POSTGRESQL"
    """The store is a PostgreSQL of the run's own instead of SQLite."""
    STORE_RESTORED = "STORE_RESTORED"
    """The store is lost in the middle of the run, and an older copy of it is put back."""
    CONFIG_CHANGED = "CONFIG_CHANGED"
    """Policies change again and again, and a connection gets another key."""
    MINUTES = "MINUTES"
    """Holds and bounds of silence fall due after a minute; some requests wait for an order that never comes."""
    LARGE = "LARGE"
    """Providers are long-winded, and some orders have hundreds of lines."""
    TWINS = "TWINS"
    """One taxpayer has two businesses."""
    PROVIDERS = "PROVIDERS"
    """Every provider has a business, an issuer and its simulator."""
    SIGN_THROUGH = "SIGN_THROUGH"
    """What waits for a signature is taken back and issued at another provider, while people sign and cancel some."""


Variants = frozenset[Variant]
NONE: Variants = frozenset()


def variants_of(seed: int) -> Variants:
    """Those whose digit of the seed is 1, the last digit first: seed 0 has none, 511 has all, 512 is like 0."""
    return frozenset(variant for digit, variant in enumerate(Variant) if seed >> digit & 1)
