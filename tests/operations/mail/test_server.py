"""One mail handed to a mail server: what each of its answers means, and what is kept of them."""

import ssl
from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest
from pydantic import SecretStr

from app.operations.errors import NotPossibleError
from app.operations.mail.server import Delivery, MailServer, deliver, mail_server
from app.settings import Settings
from providers.base import MailTaken, NotSent, Refused, Unknown
from tests.harness.mail_server import HANG_UP, LOOPBACK, FakeMailServer, certificate_for_loopback, mail_server_running

SENDER = "fatura@shop.example"
ADDRESS = "muhasebe@example.test"
PASSWORD = "correct horse"


@pytest.fixture
def fake() -> Iterator[FakeMailServer]:
    with mail_server_running() as running:
        yield running


def message(content: str = "Fatura ektedir.") -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = SENDER, ADDRESS, "Fatura"
    made.set_content(content)
    return made


def at(fake: FakeMailServer) -> MailServer:
    return MailServer(host=LOOPBACK, port=fake.port, security="none", sender=SENDER)


def send(fake: FakeMailServer, **answers: str) -> Delivery:
    fake.answers.update(answers)
    return deliver(at(fake), message(), ADDRESS)


def kept(delivery: Delivery) -> str:
    """All that is kept of an outcome."""
    return repr(delivery)


def test_a_mail_that_the_server_takes_is_taken(fake: FakeMailServer) -> None:
    assert send(fake) == MailTaken()
    assert [each["To"] for each in fake.mails] == [ADDRESS]
    assert fake.recipients == [f"rcpt TO:<{ADDRESS}>"]
    assert fake.said[0] == "ehlo shop.example"


def test_a_greylisted_mail_is_not_sent_and_may_be_tried_again_later(fake: FakeMailServer) -> None:
    delivery = send(fake, rcpt=f"451 4.7.1 <{ADDRESS}> greylisted, try again")
    assert isinstance(delivery, NotSent)
    assert not delivery.needs_owner
    assert "451" in delivery.why
    assert "send it again later" in delivery.why
    assert ADDRESS not in kept(delivery)


@pytest.mark.parametrize(
    "answers", [{"rcpt": f"550 5.1.1 {ADDRESS} is unknown"}, {"mail": "550 not from you"}, {"content": "554 spam"}]
)
def test_what_the_server_refuses_for_good_is_refused_in_its_words(
    fake: FakeMailServer, answers: dict[str, str]
) -> None:
    delivery = send(fake, **answers)
    assert isinstance(delivery, Refused)
    assert delivery.errors[0].code.startswith("SMTP_55")
    assert ADDRESS not in kept(delivery)
    assert fake.mails == []


def test_a_mail_that_is_too_large_is_refused_before_it_is_sent(fake: FakeMailServer) -> None:
    fake.offers = ["SIZE 1000"]
    delivery = deliver(at(fake), message("x" * 2000), ADDRESS)
    assert isinstance(delivery, Refused)
    assert "the server takes 1000" in delivery.errors[0].message
    assert not [each for each in fake.said if each.lower().startswith("mail")]


def test_a_server_that_finds_a_mail_too_large_itself_has_refused_it(fake: FakeMailServer) -> None:
    delivery = send(fake, content="552 5.3.4 message too big")
    assert isinstance(delivery, Refused)
    assert delivery.errors[0].code == "SMTP_552"


def test_without_an_answer_to_its_content_it_is_not_known_whether_a_mail_goes(fake: FakeMailServer) -> None:
    assert isinstance(send(fake, content=HANG_UP), Unknown)


@pytest.mark.parametrize("word", ["ehlo", "mail", "rcpt"])
def test_a_connection_that_ends_before_the_content_has_sent_nothing(fake: FakeMailServer, word: str) -> None:
    delivery = send(fake, **{word: HANG_UP})
    assert isinstance(delivery, NotSent)
    assert not delivery.needs_owner


def test_a_server_that_is_not_there_has_sent_nothing(fake: FakeMailServer) -> None:
    assert isinstance(deliver(replace(at(fake), port=1), message(), ADDRESS), NotSent)


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    return certificate_for_loopback(tmp_path)


def encrypted(fake: FakeMailServer, certificate: Path) -> MailServer:
    fake.offers = ["STARTTLS", "AUTH PLAIN LOGIN"]
    fake.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    fake.tls.load_cert_chain(certificate)
    return replace(at(fake), security="starttls", user="shop", password=PASSWORD)


def trusting(certificate: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=certificate)


def test_login_and_mail_are_encrypted(fake: FakeMailServer, certificate: Path) -> None:
    server = encrypted(fake, certificate)
    assert deliver(server, message(), ADDRESS, trusted=trusting(certificate)) == MailTaken()
    words = [each.split(" ")[0].lower() for each in fake.said]
    assert words.index("starttls") < words.index("auth") < words.index("mail")


def test_a_certificate_that_is_not_trusted_gets_neither_login_nor_mail(fake: FakeMailServer, certificate: Path) -> None:
    delivery = deliver(encrypted(fake, certificate), message(), ADDRESS)
    assert isinstance(delivery, NotSent)
    assert delivery.needs_owner
    assert "certificate is not trusted" in delivery.why
    assert [each.lower() for each in fake.said] == ["ehlo shop.example", "starttls"]


@pytest.mark.parametrize(("offers", "answers"), [([], {}), (["STARTTLS"], {"starttls": "454 TLS not available"})])
def test_a_server_that_refuses_tls_gets_neither_login_nor_mail(
    fake: FakeMailServer, offers: list[str], answers: dict[str, str]
) -> None:
    fake.offers, fake.answers = offers, answers
    server = replace(at(fake), security="starttls", user="shop", password=PASSWORD)
    assert isinstance(deliver(server, message(), ADDRESS), NotSent)
    assert not [each for each in fake.said if each.lower().startswith(("auth", "mail"))]


def test_a_login_that_is_refused_needs_its_owner_and_shows_no_password(fake: FakeMailServer, certificate: Path) -> None:
    server = encrypted(fake, certificate)
    fake.answers["auth"] = f"535 5.7.8 shop with {PASSWORD} is not welcome"
    delivery = deliver(server, message(), ADDRESS, trusted=trusting(certificate))
    assert isinstance(delivery, NotSent)
    assert delivery.needs_owner
    assert "the mail server refused the login" in delivery.why
    assert PASSWORD not in kept(delivery)
    assert PASSWORD not in repr(server)
    assert fake.mails == []


GIVEN = {"smtp_host": LOOPBACK, "smtp_from": SENDER, "smtp_security": "none"}


def test_a_server_is_what_the_settings_say() -> None:
    known = Settings(**{**GIVEN, "smtp_user": "shop", "smtp_password": SecretStr(PASSWORD), "smtp_port": 2525})
    assert mail_server(known) == MailServer(
        host=LOOPBACK, port=2525, security="none", sender=SENDER, user="shop", password=PASSWORD
    )


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"smtp_host": None, "smtp_from": None}, "set FATURAFLOW_SMTP_HOST and FATURAFLOW_SMTP_FROM"),
        ({"smtp_from": None}, "set FATURAFLOW_SMTP_FROM to send"),
        ({"smtp_from": "Shop <fatura@shop.example>"}, "must be one e-mail address"),
        ({"smtp_user": "shop"}, "belong together"),
        ({"smtp_password": SecretStr(PASSWORD)}, "belong together"),
        ({"smtp_host": "mail.shop.example"}, "for a server on this machine alone"),
        ({"smtp_host": "192.0.2.1"}, "for a server on this machine alone"),
    ],
)
def test_what_is_missing_or_unsafe_is_said_with_what_to_set(changes: dict[str, object], sentence: str) -> None:
    with pytest.raises(NotPossibleError, match=sentence):
        mail_server(Settings(**{**GIVEN, **changes}))
