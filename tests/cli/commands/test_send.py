"""A document that a person sends by e-mail, at the simulated provider and by our own mail server."""

import json
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from typer.testing import Result

from app.domain.documents import DocumentState, DocumentStatus
from app.operations import documents
from app.operations.documents import DocumentContent
from app.settings import settings
from app.tracking.documents import track
from tests.cli.commands.conftest import run
from tests.harness.mail_server import HANG_UP, LOOPBACK, FakeMailServer, mail_server_running

pytestmark = pytest.mark.usefixtures("business")
ADDRESS = "muhasebe@example.test"
HIDDEN = "m***@example.test"
OTHER = "ortak@example.test"


def send(document: DocumentStatus, *addresses: str, more: tuple[str, ...] = ()) -> Result:
    words = [word for each in addresses for word in ("--email", each)]
    return run("documents", "send", document.document_id, *words, "--actor", "ayşe", *more)


def shown(document: DocumentStatus, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.setattr(documents, "_content_of", lambda _: None)
    found: dict[str, Any] = json.loads(run("documents", "show", document.document_id, "--json").stdout)
    return found


def test_an_order_without_an_address_is_not_said_to_give_one(
    issued: DocumentStatus, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = DocumentContent(amount=Decimal(1), currency="TRY", buyer="Deneme", buyer_tax_number=None)
    monkeypatch.setattr(documents, "_content_of", lambda _: content)
    lines = run("documents", "show", issued.document_id).stdout
    assert "buyer by mail     the order has no address\n" in lines


def mailed_by(provider: str) -> list[str]:
    with urllib.request.urlopen(f"{provider}/_simulator/record") as answer:  # noqa: S310 - the simulator, on loopback
        return [each["to"] for each in json.load(answer)["mails"]]


def next_fault(provider: str, fault: str) -> None:
    body = json.dumps({"next": [fault]}).encode()
    request = urllib.request.Request(f"{provider}/_simulator/misbehaviour", body, method="PUT")  # noqa: S310
    urllib.request.urlopen(request).close()  # noqa: S310 - the simulator, on loopback


def test_the_provider_mails_it_to_each_address_where_it_can(issued: DocumentStatus, provider: str) -> None:
    before = mailed_by(provider)
    done = send(issued, ADDRESS, OTHER)
    assert done.exit_code == 0, done.output
    assert mailed_by(provider)[len(before) :] == [ADDRESS, OTHER]
    assert done.stdout.splitlines() == [f"{HIDDEN}: taken by nilvera", "o***@example.test: taken by nilvera"]


def test_what_became_of_a_mail_is_shown_with_its_document(
    issued: DocumentStatus, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert send(issued, ADDRESS, more=("--reason", "asked for by telephone")).exit_code == 0
    found = shown(issued, monkeypatch)
    (mail,) = found["mails"]
    assert (mail["recipient"], mail["via"], mail["outcome"]) == (HIDDEN, "nilvera", "SENT")
    assert (mail["actor"], mail["why"]) == ("ayşe", "asked for by telephone")
    assert found["gives_address"] is True
    lines = run("documents", "show", issued.document_id).stdout
    assert f"{HIDDEN}: taken by nilvera, by ayşe, why: asked for by telephone" in lines
    assert "the address is given to the provider" in lines
    assert ADDRESS not in lines


def test_after_a_lost_answer_it_is_not_known_and_not_sent_again(
    issued: DocumentStatus, provider: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = mailed_by(provider)
    next_fault(provider, "LOST_ANSWER")
    done = send(issued, ADDRESS)
    assert (done.exit_code, mailed_by(provider)[len(before) :]) == (1, [ADDRESS])
    assert f"{HIDDEN}: not known whether nilvera has sent it" in done.stdout
    assert [each["outcome"] for each in shown(issued, monkeypatch)["mails"]] == ["UNKNOWN"]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeMailServer]:
    """Our own mail server, as the settings name it."""
    with mail_server_running() as fake:
        for name, value in {"HOST": LOOPBACK, "PORT": str(fake.port), "SECURITY": "none"}.items():
            monkeypatch.setenv(f"FATURAFLOW_SMTP_{name}", value)
        monkeypatch.setenv("FATURAFLOW_SMTP_FROM", "fatura@shop.example")
        settings.cache_clear()
        yield fake


def test_our_own_server_sends_the_providers_pdf_where_the_provider_mails_none(
    issued_efatura: DocumentStatus, server: FakeMailServer, provider: str
) -> None:
    before = mailed_by(provider)
    done = send(issued_efatura, ADDRESS)
    assert done.exit_code == 0, done.output
    (mail,) = server.mails
    (attached,) = mail.iter_attachments()
    assert (mail["To"], mail["Subject"]) == (ADDRESS, f"{issued_efatura.number} numaralı e-Fatura")
    assert "fatura@shop.example" in mail["From"]
    assert (attached.get_content_type(), attached.get_filename()) == ("application/pdf", f"{issued_efatura.number}.pdf")
    assert attached.get_content().startswith(b"%PDF")
    assert f"{HIDDEN}: taken by the mail server" in done.stdout
    assert mailed_by(provider) == before


def test_a_mail_server_that_does_not_answer_to_the_content_leaves_it_unknown(
    issued_efatura: DocumentStatus, server: FakeMailServer
) -> None:
    server.answers["content"] = HANG_UP
    done = send(issued_efatura, ADDRESS)
    assert (done.exit_code, "not known whether the mail server has sent it" in done.stdout) == (1, True)


def test_one_refused_address_keeps_no_other_from_its_mail(
    issued_efatura: DocumentStatus, server: FakeMailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.answers["rcpt"] = f"550 no {ADDRESS}"
    assert send(issued_efatura, ADDRESS, OTHER).exit_code == 1
    mails = shown(issued_efatura, monkeypatch)["mails"]
    assert [(each["via"], each["outcome"]) for each in mails] == [("SMTP", "REFUSED"), ("SMTP", "REFUSED")]
    assert ADDRESS not in json.dumps(mails)


def test_without_a_mail_server_it_is_said_what_to_set(
    issued_efatura: DocumentStatus, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = send(issued_efatura, ADDRESS)
    assert done.exit_code == 1
    assert "set FATURAFLOW_SMTP_HOST and FATURAFLOW_SMTP_FROM" in done.stderr
    assert shown(issued_efatura, monkeypatch)["mails"] == []


@pytest.mark.parametrize(
    "state",
    [each for each in DocumentState if each not in {"ISSUED", "DELIVERED", "ACCEPTED"}],
)
def test_only_a_legal_document_is_sent(
    issued: DocumentStatus, monkeypatch: pytest.MonkeyPatch, provider: str, state: DocumentState
) -> None:
    monkeypatch.setattr(documents, "all_documents", lambda: track([replace(issued, state=state)]))
    before, done = mailed_by(provider), send(issued, ADDRESS)
    assert (done.exit_code, "only a legal document is sent" in done.stderr) == (1, True)
    assert mailed_by(provider) == before


@pytest.mark.parametrize(
    "addresses",
    [("alici",), ("a@b.co,c@d.co",), ("Alıcı <a@b.co>",), (ADDRESS, "a@b.co\nBcc: c@d.co"), ("",)],
)
def test_an_address_that_is_none_sends_nothing_and_is_not_repeated(
    issued: DocumentStatus, provider: str, addresses: tuple[str, ...]
) -> None:
    before, done = mailed_by(provider), send(issued, *addresses)
    assert (done.exit_code, "cannot be mailed to" in done.stderr) == (1, True)
    assert not [each for each in addresses if each and each in done.stderr]
    assert mailed_by(provider) == before


def test_more_addresses_than_a_person_means_are_refused(issued: DocumentStatus) -> None:
    done = send(issued, *(f"a{number}@example.test" for number in range(11)))
    assert (done.exit_code, "Give one to 10 addresses, not 11" in done.stderr) == (1, True)


def test_without_an_address_or_an_actor_there_is_no_command(issued: DocumentStatus) -> None:
    assert run("documents", "send", issued.document_id, "--actor", "ayşe").exit_code == 2
    assert run("documents", "send", issued.document_id, "--email", ADDRESS).exit_code == 2
