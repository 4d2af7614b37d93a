"""A legal document goes to an address that a person names; what became of each mail is kept in the store.

A mail is written down before it leaves. One whose answer was lost is Unknown and not sent again by itself: a second
mail does no harm, but the person decides, and sees both.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Final

from app.domain.documents import LEGAL, DocumentStatus
from app.domain.parties import is_mailbox
from app.operations.documents import find_document, issued_of, read_file
from app.operations.errors import NotFoundError, NotPossibleError, RefusedInputError
from app.operations.logins.asking import SECONDS, ask_provider
from app.operations.mail.message import message_of
from app.operations.mail.server import Delivery, deliver, mail_server
from app.settings import settings
from app.store import MailOutcome, MailRecord, Store
from providers.base import Adapter, MailTaken, NotSent, Refused, SendsMail
from providers.base.reads import FileForm

# A slip of the hand is not sent to a whole list.
MOST_ADDRESSES: Final = 10
OWN_SERVER: Final = "SMTP"
# The first of these that the provider gives: a person opens a PDF everywhere.
PREFERRED: Final = (FileForm.PDF, FileForm.HTML, FileForm.XML)
Send = Callable[[str], Awaitable[Delivery]]


def send_document(
    beginning: str, addresses: Sequence[str], *, actor: str, why: str | None = None
) -> tuple[MailRecord, ...]:
    """Mails a legal document to each address, one mail for each, and returns what became of them.

    The provider mails it where it can; else our own server does, with the provider's file. After a mail that was not
    sent because its owner must act (a refused login), no further one is tried. Raises RefusedInputError for addresses
    that cannot be used, NotPossibleError for a document that is not legal and where nothing can mail it,
    UnavailableError where its file does not come, StoreError, and as `find_document` and `ask_provider` do.
    """
    wanted = checked_addresses(addresses)
    latest = find_document(beginning).latest
    if latest.state not in LEGAL or latest.document_type is None or latest.number is None:
        raise NotPossibleError(f"Document {latest.document_id} is {latest.state}: only a legal document is sent.")
    with Store.open(settings()) as store:

        async def send_all(adapter: Adapter) -> tuple[MailRecord, ...]:
            via, send = await _way_of(store, latest, adapter)
            return await _sent(store, latest, wanted, via, send, actor=actor, why=why)

        return ask_provider(store, latest.business, latest.connection, send_all)


def checked_addresses(addresses: Sequence[str]) -> tuple[str, ...]:
    """Each address once, as it was given. Raises RefusedInputError."""
    found = tuple(dict.fromkeys(each.strip() for each in addresses))
    for place, each in enumerate(found, start=1):
        if not is_mailbox(each):
            raise RefusedInputError(f"Address {place} cannot be mailed to: give one like name@example.com.")
    if not 1 <= len(found) <= MOST_ADDRESSES:
        raise RefusedInputError(f"Give one to {MOST_ADDRESSES} addresses, not {len(found)}.")
    return found


async def _way_of(store: Store, latest: DocumentStatus, adapter: Adapter) -> tuple[str, Send]:
    """By which way it goes, and how one mail is sent."""
    issued = issued_of(latest, adapter)
    if isinstance(adapter, SendsMail) and issued.document_type in adapter.capabilities.mails:
        return latest.provider, lambda to: adapter.send_mail(issued, to, SECONDS)
    return OWN_SERVER, await _by_own_server(store, latest, adapter)


async def _by_own_server(store: Store, latest: DocumentStatus, adapter: Adapter) -> Send:
    """Raises NotPossibleError with what to set, before the provider is asked for anything."""
    server, facts = mail_server(settings()), store.business_facts(latest.business)
    form = next((form for form in PREFERRED if form in adapter.capabilities.downloads), None)
    if form is None:
        raise NotPossibleError(f"{latest.provider} neither mails documents nor gives files: send it from its portal.")
    if facts is None:
        raise NotFoundError(f"There is no business {latest.business}.")
    seller, content = facts.seller, await read_file(adapter, latest, form)

    async def send(to: str) -> Delivery:
        at = datetime.now(UTC)
        message = message_of(latest, seller, form, content, sender=server.sender, to=to, at=at)
        return await asyncio.to_thread(deliver, server, message, to)

    return send


async def _sent(
    store: Store, latest: DocumentStatus, addresses: Sequence[str], via: str, send: Send, *, actor: str, why: str | None
) -> tuple[MailRecord, ...]:
    kept, found = store.mails(), []
    for to in addresses:
        number = kept.begin(latest.document_id, to, via=via, actor=actor, why=why)
        delivery = await send(to)
        found.append(kept.end(number, *_outcome_of(delivery)))
        if isinstance(delivery, NotSent) and delivery.needs_owner:
            break
    return tuple(found)


def _outcome_of(delivery: Delivery) -> tuple[MailOutcome, str | None]:
    match delivery:
        case MailTaken():
            return MailOutcome.SENT, None
        case Refused(errors=errors):
            return MailOutcome.REFUSED, "; ".join(error.message for error in errors)
        case NotSent(why=why):
            return MailOutcome.NOT_SENT, why
        case unknown:
            return MailOutcome.UNKNOWN, unknown.why
