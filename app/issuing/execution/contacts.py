"""The contacts that a worker has found or made of late: a buyer of many orders is not asked for each time."""

from collections import OrderedDict
from typing import Final

from app.issuing.journal.facts import ProviderAccount
from app.issuing.ports import Clock, ProviderConnection
from providers.base import BuyerKey, Done

# A megabyte or two.
MOST_REMEMBERED: Final = 10_000
# A person may delete a contact, or merge two, at any time; what is made out to one that is gone is refused.
FRESH_SECONDS: Final = 3600.0

Key = tuple[ProviderAccount, BuyerKey]


class KnownContacts:
    """The provider's names of contacts, by account and buyer. Bounded, and never durable."""

    def __init__(self, clock: Clock, *, most: int = MOST_REMEMBERED) -> None:
        self._clock = clock
        self._most = most
        # The oldest first.
        self._known: OrderedDict[Key, tuple[Done, float]] = OrderedDict()

    def known(self, connection: ProviderConnection, buyer: BuyerKey | None) -> Done | None:
        """The contact of this buyer with these details, where it was seen within the hour."""
        key = _key(connection, buyer)
        contact, until = self._known.get(key, (None, 0.0)) if key else (None, 0.0)
        return contact if self._clock.monotonic() < until else None

    def remember(self, connection: ProviderConnection, buyer: BuyerKey | None, contact: Done) -> None:
        """It is there, as the provider has just said."""
        if key := _key(connection, buyer):
            self._known.pop(key, None)
            self._known[key] = (contact, self._clock.monotonic() + FRESH_SECONDS)
            if len(self._known) > self._most:
                self._known.popitem(last=False)

    def forget(self, connection: ProviderConnection, buyer: BuyerKey | None) -> None:
        """Something that is made out to it was refused: it is asked for again next time."""
        if key := _key(connection, buyer):
            self._known.pop(key, None)


def _key(connection: ProviderConnection, buyer: BuyerKey | None) -> Key | None:
    return (connection.account, buyer) if connection.account and buyer else None
