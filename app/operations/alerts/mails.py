"""The mails: each finding once, when it has lasted for some minutes, and what there is once a day."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, time, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from typing import Final

import structlog

from app.domain.time import ISTANBUL
from app.operations.alerts.findings import Finding
from app.operations.mail.server import Delivery
from app.store.alerts import AlertStore, KnownAlert
from providers.base import MailTaken, Unknown

# What passes by itself is no mail: a start, a connection that is tried again.
LASTS: Final = timedelta(minutes=5)
# A bookkeeper's day begins.
DIGEST_AT: Final = time(8)
_NAME: Final = "Faturaflow"

log = structlog.get_logger(__name__)
Send = Callable[[EmailMessage, str], Delivery]


class Alerts:
    """Tells these addresses. `sender`: where the mails come from; `send` hands one over to an address."""

    def __init__(self, store: AlertStore, to: Sequence[str], *, sender: str, send: Send) -> None:
        self._store = store
        self._to = tuple(to)
        self._sender = sender
        self._send = send

    def tell(self, found: Sequence[Finding], now: datetime) -> None:
        """Mails what is new, and the day's digest when it is time. What no server takes is tried at the next look."""
        by_key = {each.key: each for each in found}
        known = self._store.keep(by_key.keys())
        new = [each.key for each in known if each.told_at is None and now - each.since >= LASTS]
        if new and self._mailed("Faturaflow: dikkat", [by_key[key] for key in new], now):
            self._store.told(new)
        self._digest(by_key, known, now)

    def _digest(self, by_key: Mapping[str, Finding], known: Sequence[KnownAlert], now: datetime) -> None:
        here = now.astimezone(ISTANBUL)
        lasting = [by_key[each.key] for each in known if now - each.since >= LASTS]
        if here.time() < DIGEST_AT or not lasting or self._store.is_digested(here.date()):
            return
        if self._mailed(f"Faturaflow: {here:%d.%m.%Y} özeti", lasting, now):
            self._store.digested(here.date())

    def _mailed(self, subject: str, found: Sequence[Finding], now: datetime) -> bool:
        """Whether a server has taken it for anyone; one that may have taken it is not asked again."""
        taken = False
        for to in self._to:
            delivery = self._send(_message(subject, found, sender=self._sender, to=to, at=now), to)
            taken = taken or isinstance(delivery, MailTaken | Unknown)
            if not isinstance(delivery, MailTaken):
                log.warning("a mail was not taken", subject=subject, why=type(delivery).__name__)
        return taken


def _message(subject: str, found: Sequence[Finding], *, sender: str, to: str, at: datetime) -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = subject
    message["From"] = Address(_NAME, addr_spec=sender)
    message["To"] = Address(addr_spec=to)
    message["Date"] = format_datetime(at.astimezone(ISTANBUL))
    message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2])
    turkish, english = (
        "\n".join(f"- {getattr(each, language)}" for each in found) for language in ("turkish", "english")
    )
    message.set_content(f"{turkish}\n\n{english}\n")
    return message
