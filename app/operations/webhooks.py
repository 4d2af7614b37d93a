"""Webhooks as a person handles them: who is told of what, and what became of it.

Each raises NotFoundError for an endpoint, or a delivery, that there is not, and StoreError.
"""

import socket
import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import MappingProxyType
from typing import Final
from urllib.parse import urlsplit

from app.domain.time import utc_now
from app.operations.errors import NotFoundError, NotPossibleError, RefusedInputError
from app.settings import settings
from app.store import Delivery, DeliveryState, Endpoint, NewEndpoint, Store
from app.store.webhooks.endpoints import EVERY_TYPE, MOST_ENDPOINTS
from app.webhooks.addresses import url_error, why_refused
from app.webhooks.events import REQUEST_COMPLETED, TYPES, of_state, trial
from app.domain.documents import DocumentState

# What the accounting interface calls them.
ALIASES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "accounting/EDIErrorSent": REQUEST_COMPLETED,
        "accounting/invoiceCreated": of_state(DocumentState.ISSUED),
        "accounting/documentCreated": of_state(DocumentState.ISSUED),
    }
)
MOST_SHOWN: Final = 200
LONGEST_DESCRIPTION: Final = 255


def add_webhook(
    business: str, url: str, *, types: Sequence[str], actor: str, description: str | None = None
) -> NewEndpoint:
    """An address that is told of these types of events from now on; none is all. Its secret is shown once.

    Raises RefusedInputError for an address that must not be called, a type that there is not and a business that is not
    known, NotPossibleError where the business has too many, and SecretsUnreadableError.
    """
    wanted = _types(types)
    _refuse_address(url)
    if description is not None and len(description) > LONGEST_DESCRIPTION:
        raise RefusedInputError(f"A description has at most {LONGEST_DESCRIPTION} characters.")
    with Store.open(settings()) as store:
        if business not in store.businesses():
            raise RefusedInputError(f"There is no business {business}: see `faturaflow config show`.")
        made = store.webhook_endpoints().add(business, url, wanted, actor=actor, description=description)
    if made is None:
        raise NotPossibleError(f"{business} has {MOST_ENDPOINTS} webhooks already: remove one first.")
    return made


def list_webhooks(business: str | None = None) -> tuple[Endpoint, ...]:
    """Every address, or those of one business, without secrets."""
    with Store.open(settings()) as store:
        return store.webhook_endpoints().all(business)


def pause_webhook(endpoint_id: str, *, actor: str, why: str | None = None) -> Endpoint:
    """Nothing more is sent; what comes waits. Raises NotPossibleError where it is paused already."""
    with _known(endpoint_id) as store:
        if not store.webhook_endpoints().pause(endpoint_id, actor=actor, why=why):
            raise NotPossibleError(f"{endpoint_id} is paused already.")
        return _found(store, endpoint_id)


def resume_webhook(endpoint_id: str, *, actor: str) -> Endpoint:
    """All that waits is sent, in its order. Raises NotPossibleError where it is not paused."""
    with _known(endpoint_id) as store:
        if not store.webhook_endpoints().resume(endpoint_id, actor=actor):
            raise NotPossibleError(f"{endpoint_id} is not paused.")
        return _found(store, endpoint_id)


def rotate_webhook(endpoint_id: str, *, actor: str) -> NewEndpoint:
    """A new secret, shown once; the one before signs too for a day. Raises SecretsUnreadableError."""
    with _known(endpoint_id) as store:
        made = store.webhook_endpoints().rotate(endpoint_id, actor=actor)
    if made is None:
        raise _no_such(endpoint_id)
    return made


def remove_webhook(endpoint_id: str, *, actor: str) -> None:
    """Forgets the address, with all that waits for it."""
    with _known(endpoint_id) as store:
        store.webhook_endpoints().remove(endpoint_id, actor=actor)


def list_deliveries(
    endpoint_id: str, *, state: DeliveryState | None = None, before: int | None = None, limit: int = 50
) -> tuple[Delivery, ...]:
    """The latest deliveries to an address, at most MOST_SHOWN, or those `before` the one of this number."""
    with _known(endpoint_id) as store:
        return store.webhook_log().page(endpoint_id, state=state, before=before, limit=min(limit, MOST_SHOWN))


def redeliver(endpoint_id: str, delivery_id: int, *, actor: str) -> Delivery:
    """Sends an event once more, as a new delivery with the event's id; one that waits still is returned as it is."""
    with _known(endpoint_id) as store:
        made = store.webhook_log().redeliver(endpoint_id, delivery_id, actor=actor)
    if made is None:
        raise NotFoundError(f"There is no delivery {delivery_id} to {endpoint_id}; those that are old are deleted.")
    return made


def send_trial(endpoint_id: str) -> Delivery:
    """An event of type `webhook.test`, which the worker sends; what became of it is in the deliveries."""
    with _known(endpoint_id) as store:
        endpoint = _found(store, endpoint_id)
        made = store.webhook_log().put(
            endpoint_id, trial(endpoint.business, endpoint_id, f"{uuid.uuid4()}", utc_now())
        )
    if made is None:
        raise _no_such(endpoint_id)
    return made


def webhook(endpoint_id: str, businesses: Collection[str] | None = None) -> Endpoint:
    """One address. With `businesses`, one of another business is not found either."""
    with _known(endpoint_id) as store:
        endpoint = _found(store, endpoint_id)
    if businesses is not None and endpoint.business not in businesses:
        raise _no_such(endpoint_id)
    return endpoint


def _types(given: Sequence[str]) -> list[str]:
    wanted = [ALIASES.get(each, each) for each in given]
    unknown = sorted(set(wanted) - {EVERY_TYPE, *TYPES})
    if unknown:
        raise RefusedInputError(f"There is no type {', '.join(unknown)} of event. There are: {', '.join(TYPES)}.")
    return [EVERY_TYPE] if not wanted or EVERY_TYPE in wanted else wanted


def _refuse_address(url: str) -> None:
    """As at each call: by its form, and by every address that its name has now."""
    loopback = settings().webhook_loopback
    why = url_error(url, loopback=loopback)
    if why is None:
        parts = urlsplit(url)
        try:
            found = socket.getaddrinfo(parts.hostname, parts.port or 443, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as fault:
            raise RefusedInputError(f"{parts.hostname} has no address now: {fault}.") from fault
        why = next(filter(None, (why_refused(str(place[0]), loopback=loopback) for *_, place in found)), None)
    if why is not None:
        raise RefusedInputError(f"This address is not called: {why}.")


@contextmanager
def _known(endpoint_id: str) -> Iterator[Store]:
    with Store.open(settings()) as store:
        _found(store, endpoint_id)
        yield store


def _found(store: Store, endpoint_id: str) -> Endpoint:
    endpoint = store.webhook_endpoints().find(endpoint_id)
    if endpoint is None:
        raise _no_such(endpoint_id)
    return endpoint


def _no_such(endpoint_id: str) -> NotFoundError:
    return NotFoundError(f"There is no webhook {endpoint_id}: see `faturaflow webhooks list`.")
