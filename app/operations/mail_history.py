"""How a document reaches its buyer by e-mail, as far as it is known here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.domain.documents import DocumentStatus
from app.settings import settings
from app.store import MailRecord, Store, StoreError
from providers.options import mails_buyer
from providers.registry import PROVIDERS, provider


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailing:
    """Each mail that a person has asked for, the oldest first.

    `gives_address`: whether the provider is given the buyer's address to mail to, as the connection is set now; None
    where it mails nothing by itself, or there is no connection.
    """

    mails: Sequence[MailRecord]
    gives_address: bool | None


def mailing_of(document: DocumentStatus) -> Mailing | str:
    """What the store has of it; a sentence where it cannot be read, for the document itself is shown without it."""
    try:
        with Store.open(settings()) as store:
            options = {each.name: each.options for each in store.connections(document.business)}
            mails = store.mails().of(document.document_id)
    except StoreError as away:
        return str(away)
    own = options.get(document.connection)
    return Mailing(mails=mails, gives_address=None if own is None else _gives_address(document.provider, own))


def _gives_address(name: str, options: Mapping[str, str]) -> bool | None:
    """Under these options of a connection; None for a provider that there is no more, too."""
    if name not in PROVIDERS:
        return None
    return mails_buyer(options, default=provider(name).capabilities().mails_buyer)
