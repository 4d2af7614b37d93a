"""Webhooks as a person handles them: who is told of what, and what became of it."""

import socket
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import MappingProxyType
from typing import Final, NoReturn
from urllib.parse import urlsplit

from app.domain.documents import DocumentState
from app.domain.time import utc_now
from app.operations.errors import NotFoundError, NotPossibleError, RefusedInputError
from app.settings import settings
from app.store import Delivery, DeliveryState, Endpoint, NewEndpoint, Store
from app.store.webhooks.endpoints import EVERY_TYPE, MOST_ENDPOINTS
from app.webhooks.addresses import url_error, why_refused
from app.webhooks.events import OF_STATE, REQUEST_COMPLETED, TYPES, trial

# What the accounting interface calls them.
ALIASES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "accounting/EDIErrorSent": REQUEST_COMPLETED,
        "accounting/invoiceCreated": OF_STATE[DocumentState.ISSUED],
        "accounting/documentCreated": OF_STATE[DocumentState.ISSUED],
    }
)
MOST_SHOWN: Final = 200
LONGEST_DESCRIPTION: Final = 255
_HTTPS: Final = 443


@contextmanager
def opened() -> Iterator["Webhooks"]:
    """Those of this installation. Raises StoreError."""
    known = settings()
    with Store.open(known) as store:
        yield Webhooks(store, loopback=known.webhook_loopback)


class Webhooks:
    """What a person does with them; `loopback`: this machine may be called, and http is enough.

    Each method blocks, and raises NotFoundError for a webhook, or a delivery, that there is not, and StoreError.
    """

    def __init__(self, store: Store, *, loopback: bool) -> None:
        self._store = store
        self._endpoints = store.webhook_endpoints()
        self._log = store.webhook_log()
        self._loopback = loopback

    def add(
        self, business: str, url: str, *, types: Sequence[str], actor: str, description: str | None = None
    ) -> NewEndpoint:
        """An address that is told of these types of events from now on; none is all. Its secret is shown once.

        Raises RefusedInputError for an address that must not be called, a type that there is not and a business that is
        not known, NotPossibleError where the business has too many, and SecretsUnreadableError.
        """
        wanted = _types(types)
        if description is not None and len(description) > LONGEST_DESCRIPTION:
            raise RefusedInputError(f"A description has at most {LONGEST_DESCRIPTION} characters.")
        if business not in self._store.businesses():
            raise RefusedInputError(f"There is no business {business}: see `faturaflow config show`.")
        self._refuse_address(url)
        made = self._endpoints.add(business, url, wanted, actor=actor, description=description)
        if made is None:
            raise NotPossibleError(f"{business} has {MOST_ENDPOINTS} webhooks already: remove one first.")
        return made

    def all(self, business: str | None = None) -> tuple[Endpoint, ...]:
        """Every address, or those of one business, without secrets."""
        return self._endpoints.all(business)

    def get(self, endpoint_id: str) -> Endpoint:
        """One address."""
        return self._endpoints.find(endpoint_id) or _missing(endpoint_id)

    def pause(self, endpoint_id: str, *, actor: str, why: str | None = None) -> Endpoint:
        """Nothing more is sent; what comes waits. Raises NotPossibleError where it is paused already."""
        self.get(endpoint_id)
        if not self._endpoints.pause(endpoint_id, actor=actor, why=why):
            raise NotPossibleError(f"{endpoint_id} is paused already.")
        return self.get(endpoint_id)

    def resume(self, endpoint_id: str, *, actor: str) -> Endpoint:
        """All that waits is sent, in its order. Raises NotPossibleError where it is not paused."""
        self.get(endpoint_id)
        if not self._endpoints.resume(endpoint_id, actor=actor):
            raise NotPossibleError(f"{endpoint_id} is not paused.")
        return self.get(endpoint_id)

    def rotate(self, endpoint_id: str, *, actor: str) -> NewEndpoint:
        """A new secret, shown once; the one before signs too for a day. Raises SecretsUnreadableError."""
        made = self._endpoints.rotate(endpoint_id, actor=actor)
        return made or _missing(endpoint_id)

    def remove(self, endpoint_id: str, *, actor: str) -> None:
        """Forgets the address, with all that waits for it."""
        if not self._endpoints.remove(endpoint_id, actor=actor):
            _missing(endpoint_id)

    def deliveries(
        self, endpoint_id: str, *, state: DeliveryState | None = None, before: int | None = None, limit: int = 50
    ) -> tuple[Delivery, ...]:
        """The latest deliveries to an address, at most MOST_SHOWN, or those `before` the one of this number."""
        self.get(endpoint_id)
        return self._log.page(endpoint_id, state=state, before=before, limit=min(limit, MOST_SHOWN))

    def redeliver(self, endpoint_id: str, delivery_id: int, *, actor: str) -> Delivery:
        """An event once more, as a new delivery with the event's id; one that waits still is returned as it is."""
        self.get(endpoint_id)
        made = self._log.redeliver(endpoint_id, delivery_id, actor=actor)
        if made is None:
            raise NotFoundError(f"There is no delivery {delivery_id} to {endpoint_id}; those that are old are deleted.")
        return made

    def test(self, endpoint_id: str) -> Delivery:
        """An event of type `webhook.test`, which the worker sends; what became of it is in the deliveries."""
        business = self.get(endpoint_id).business
        made = self._log.put(endpoint_id, trial(business, endpoint_id, f"{uuid.uuid4()}", utc_now()))
        return made or _missing(endpoint_id)

    def _refuse_address(self, url: str) -> None:
        """As at each call: by its form, and by every address that its name has now."""
        why = url_error(url, loopback=self._loopback)
        if why is None:
            found = (why_refused(address, loopback=self._loopback) for address in _addresses(url))
            why = next(filter(None, found), None)
        if why is not None:
            raise RefusedInputError(f"This address is not called: {why}.")


def _missing(endpoint_id: str) -> NoReturn:
    raise NotFoundError(f"There is no webhook {endpoint_id}: see `faturaflow webhooks list`.")


def _types(given: Sequence[str]) -> list[str]:
    wanted = [ALIASES.get(each, each) for each in given]
    unknown = sorted(set(wanted) - {EVERY_TYPE, *TYPES})
    if unknown:
        raise RefusedInputError(f"There is no type {', '.join(unknown)} of event. There are: {', '.join(TYPES)}.")
    return [EVERY_TYPE] if not wanted or EVERY_TYPE in wanted else wanted


def _addresses(url: str) -> list[str]:
    parts = urlsplit(url)
    try:
        found = socket.getaddrinfo(parts.hostname, parts.port or _HTTPS, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as fault:
        raise RefusedInputError(f"{parts.hostname} has no address now: {fault}.") from fault
    return [str(place[0]) for *_, place in found]
