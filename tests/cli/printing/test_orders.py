"""What a person reads of an order that was amended and partly given back, and of what its documents are for."""

import pytest

from app.cli.printing.documents import intent_in_words
from app.cli.printing.orders import order_as_json, print_order
from tests.planning.credits import credit_document, granted, invoiced, returned
from tests.planning.events import Log, document_id, line
from tests.planning.rules.test_amendment import amended, begun, person
from tests.planning.rules.test_correction import CHEAPER, GIVEN_BACK, RIGHT, WRONG, correction
from tests.tracking.read_model.test_documents_shown import COMPANY, CONSUMER
from tests.tracking.test_contents import tracked


def printed(log: Log, capsys: pytest.CaptureFixture[str]) -> str:
    print_order(tracked(log))
    return capsys.readouterr().out


def words_of(log: Log, document: str) -> str:
    return next(intent_in_words(each.latest) for each in tracked(log).documents if each.latest.document_id == document)


def test_an_amended_order_is_shown_as_it_is_now_with_who_changed_what(capsys: pytest.CaptureFixture[str]) -> None:
    log = begun()
    log.append(amended(line("2", "80.00")), person=COMPANY, actor="ayse", reason="a company invoice was wanted")
    out = printed(log, capsys)
    assert "in TRY, for Örnek Kırtasiye (1234567890)" in out
    assert "as it is since 2026-11-02 12:00:02+03:00: OrderAmended" in out
    assert "80.00" in out
    change = "OrderAmended by ayse: line 2; for Örnek Kırtasiye (1234567890), why: a company invoice was wanted"
    assert change in out


def test_a_persons_tax_number_is_masked(capsys: pytest.CaptureFixture[str]) -> None:
    log = begun()
    log.append(amended(), person=CONSUMER)
    out = printed(log, capsys)
    assert "for Deneme Alıcı (100•••••146)" in out
    assert "10000000146" not in out


def test_an_order_that_was_never_amended_says_nothing_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    out = printed(begun(), capsys)
    assert "in TRY, for Birinci Alıcı\n" in out
    assert "as it is since" not in out
    assert "CAME BACK" not in out
    assert person("Birinci Alıcı").buyer.address.street not in out


def test_a_line_shows_what_came_back_and_what_was_credited(capsys: pytest.CaptureFixture[str]) -> None:
    log = invoiced()
    log.append(returned("R-1", _1=2))
    log.append(granted("G-1", _1="10.00"))
    out = printed(log, capsys)
    assert "CAME BACK  CREDITED" in out
    (row,) = (each for each in out.splitlines() if each.startswith("1 "))
    assert row.split()[-2:] == ["2", "210.00"]
    said = order_as_json(tracked(log))["lines"]
    assert [(each["returned"], each["credited"]) for each in said] == [("2", "210.00"), ("0", "0")]


def test_what_a_document_is_for_is_said_in_words() -> None:
    log = invoiced()
    invoice = document_id("1", "2")
    assert words_of(log, invoice) == "invoice"
    log.append(returned("R-1", _1=1))
    log.append(granted("G-1", _2="5.00"))
    assert words_of(log, credit_document(log, 0)) == f"return R-1 of {invoice[:13]}"
    assert words_of(log, credit_document(log, 1)) == f"price difference G-1 of {invoice[:13]}"


def test_a_wrong_invoice_and_the_right_one_name_each_other() -> None:
    log = invoiced()
    log.append(correction(CHEAPER))
    log.append(GIVEN_BACK)
    assert words_of(log, WRONG) == f"invoice, corrected by {RIGHT[:13]}"
    assert words_of(log, RIGHT) == f"invoice, corrects {WRONG[:13]}"
