"""The installation's mail server: its settings, and one mail handed to it.

A mail that was handed over is taken, not delivered. Once its content was sent and no answer came, it is not known
whether it goes: everything before that is certain to have sent nothing.
"""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from ipaddress import ip_address
from typing import Final, Literal

from app.domain.errors import FieldError
from app.domain.parties import is_mailbox
from app.operations.errors import NotPossibleError
from app.settings import Settings
from providers.base import MailTaken, NotSent, Refused, Unknown
from providers.masking import Mask, without_secrets

# For each of the few exchanges; a person waits.
SECONDS: Final = 20.0
FINE: Final = frozenset({250, 251})
# From here on a reply is a refusal for good; below it, for now.
FOR_GOOD: Final = 500
TOO_LARGE: Final = 552
Delivery = MailTaken | NotSent | Refused | Unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """Where mails are handed over, and from whom. Without a user there is no login."""

    host: str
    port: int
    security: Literal["starttls", "tls", "none"]
    sender: str
    user: str | None = None
    password: str = field(default="", repr=False)


def mail_server(settings: Settings) -> MailServer:
    """The server that the settings name. Raises NotPossibleError with what to set."""
    host, sender, password = settings.smtp_host, settings.smtp_from, settings.smtp_password
    if not host or not sender:
        needed = {"FATURAFLOW_SMTP_HOST": host, "FATURAFLOW_SMTP_FROM": sender}
        missing = [name for name, value in needed.items() if not value]
        raise NotPossibleError(f"No mail server is set: set {' and '.join(missing)} to send documents by your own.")
    if not is_mailbox(sender):
        raise NotPossibleError("FATURAFLOW_SMTP_FROM must be one e-mail address, such as fatura@example.com.")
    if (settings.smtp_user is None) is not (password is None):
        raise NotPossibleError("FATURAFLOW_SMTP_USER and FATURAFLOW_SMTP_PASSWORD belong together.")
    if settings.smtp_security == "none" and not _is_loopback(host):
        raise NotPossibleError("FATURAFLOW_SMTP_SECURITY may be none for a server on this machine alone.")
    return MailServer(
        host=host,
        port=settings.smtp_port,
        security=settings.smtp_security,
        sender=sender,
        user=settings.smtp_user,
        password=password.get_secret_value() if password else "",
    )


def deliver(server: MailServer, message: EmailMessage, to: str, *, trusted: ssl.SSLContext | None = None) -> Delivery:
    """Hands one mail over, once. What the server says is kept without addresses and without the password.

    `trusted`: whose certificates count; those of this machine unless it is given.
    """
    try:
        with _session(server, trusted or ssl.create_default_context()) as session:
            return _handed_over(session, server, message.as_bytes(policy=SMTP), to)
    except smtplib.SMTPAuthenticationError as error:
        return NotSent(why=f"the mail server refused the login: {_said(error, server)}", needs_owner=True)
    except smtplib.SMTPNotSupportedError:
        return NotSent(why="the mail server offers no STARTTLS, or no login that can be used", needs_owner=True)
    except ssl.SSLCertVerificationError as error:
        return NotSent(why=f"the mail server's certificate is not trusted: {error.verify_message}", needs_owner=True)
    except (OSError, smtplib.SMTPException) as error:
        return NotSent(why=f"the mail server does not answer as it should: {_said(error, server)}")


@contextmanager
def _session(server: MailServer, trusted: ssl.SSLContext) -> Iterator[smtplib.SMTP]:
    """A session that may send: encrypted as the settings say, and logged in."""
    name = server.sender.rpartition("@")[2]
    if server.security == "tls":
        session: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, name, timeout=SECONDS, context=trusted)
    else:
        session = smtplib.SMTP(server.host, server.port, name, timeout=SECONDS)
    try:
        if server.security == "starttls":
            session.starttls(context=trusted)
        session.ehlo_or_helo_if_needed()
        if server.user is not None:
            session.login(server.user, server.password)
        yield session
        with suppress(OSError, smtplib.SMTPException):
            session.quit()
    finally:
        session.close()


def _handed_over(session: smtplib.SMTP, server: MailServer, content: bytes, to: str) -> Delivery:
    most = session.esmtp_features.get("size", "")
    if most.isdecimal() and 0 < int(most) < len(content):
        return _refused(TOO_LARGE, f"the mail has {len(content)} bytes, and the server takes {most}")
    size = (f"size={len(content)}",) if session.has_extn("size") else ()
    for code, said in (session.mail(server.sender, size), session.rcpt(to)):
        if code not in FINE:
            return _reply(code, said, server)
    try:
        return _reply(*session.data(content), server)
    except smtplib.SMTPDataError as error:
        return _reply(error.smtp_code, error.smtp_error, server)
    except (OSError, smtplib.SMTPServerDisconnected):
        return Unknown(why="the mail was sent to the server, and no answer came")


def _reply(code: int, said: bytes | str, server: MailServer) -> Delivery:
    """What a reply to an envelope or a content means."""
    if code in FINE:
        return MailTaken()
    sentence = _hidden(said.decode(errors="replace") if isinstance(said, bytes) else said, server)
    if code >= FOR_GOOD:
        return _refused(code, sentence)
    return NotSent(why=f"the mail server does not take it now ({code} {sentence}): send it again later")


def _refused(code: int, sentence: str) -> Refused:
    return Refused(errors=(FieldError(path="$", code=f"SMTP_{code}", message=sentence),))


def _said(error: Exception, server: MailServer) -> str:
    said = error.smtp_error if isinstance(error, smtplib.SMTPResponseException) else str(error) or type(error).__name__
    return _hidden(said.decode(errors="replace") if isinstance(said, bytes) else said, server)


def _hidden(text: str, server: MailServer) -> str:
    return Mask()(without_secrets(text, [server.password] if server.password else []))


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
