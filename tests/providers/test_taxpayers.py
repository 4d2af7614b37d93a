"""What a buyer's mailboxes mean for an e-Fatura."""

import pytest

from app.domain.documents import DocumentType
from providers.base import NotSent, Refused, Registration, Unclear
from providers.taxpayers import mailbox_in, registration_in

SILENT = Unclear(why="HTTP 503: later", retry_after=7.0, needs_owner=True)


@pytest.mark.parametrize(
    ("mailboxes", "chosen"),
    [
        (["urn:mail:a", "urn:mail:defaultpk@example.com"], "urn:mail:defaultpk@example.com"),
        (["urn:mail:a", "urn:mail:b"], "urn:mail:a"),
    ],
)
def test_an_efatura_goes_to_the_default_mailbox_else_to_the_first(mailboxes: list[str], chosen: str) -> None:
    assert mailbox_in(mailboxes) == chosen
    assert registration_in(mailboxes) is Registration.REGISTERED


def test_a_buyer_without_a_mailbox_gets_an_earsiv_instead() -> None:
    found = mailbox_in([])
    assert isinstance(found, Refused)
    assert found.instead is DocumentType.EARSIV
    assert registration_in([]) is Registration.NOT_REGISTERED


def test_a_register_that_gives_no_answer_decides_nothing_and_nothing_is_sent() -> None:
    why = "the register of taxpayers gave no answer: HTTP 503: later"
    assert mailbox_in(SILENT) == NotSent(why=why, retry_after=7.0, needs_owner=True)
    assert registration_in(SILENT) == SILENT
