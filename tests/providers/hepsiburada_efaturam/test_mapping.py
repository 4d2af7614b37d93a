"""The `InvoiceInfo` that is sent: the document, what is beside it, and the options of a connection."""

import json
from dataclasses import replace
from typing import Any

import pytest

from app.domain.commands import InvoiceCommand
from app.domain.documents import DocumentType
from app.domain.payment import Payment, PaymentMethod
from providers.base import UnpreparableError
from tests.providers.examples import CONSUMER, TAXPAYER, command, connected, prepared_by
from tests.providers.hepsiburada_efaturam.service import NAME


def sent(made: InvoiceCommand, document_type: DocumentType = DocumentType.EARSIV, **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(prepared_by(NAME, made, document_type, **more).request)
    return found


def efatura(**more: Any) -> dict[str, Any]:
    return sent(command(person=TAXPAYER), DocumentType.EFATURA, **more)


def test_an_e_arsiv_is_a_ubl_document_with_the_report_s_facts_beside_it() -> None:
    made = sent(command())
    invoice = made["Invoice"]
    assert invoice["ProfileId"] == {"value": "EARSIVFATURA"}
    assert invoice["Uuid"] == {"value": command().document_id}
    assert invoice["IssueDate"] == {"value": "2026-05-02"}
    assert invoice["IssueTime"] == {"value": "00:30:00.0000000+03:00"}
    assert invoice["OrderReference"] == {"Id": {"value": "ORDER-first"}, "IssueDate": {"value": "2026-04-30"}}
    assert invoice["LegalMonetaryTotal"]["PayableAmount"] == {"currencyId": "TRY", "value": 120.0}
    assert made["LocalDocumentId"] == command().document_id
    assert made["EArchiveInvoiceInfo"] == {
        "DeliveryType": "Electronic",
        "InternetSalesInfo": {
            "WebAddress": "shop.example",
            "PaymentType": "KREDIKARTI/BANKAKARTI",
            "PaymentDate": "2026-04-30T00:00:00",
            "ShipmentInfo": {
                "SendDate": "2026-05-02T00:00:00",
                "Carier": {"SenderTcknVkn": "9876543217", "SenderName": "Deneme Kargo"},
            },
        },
    }
    assert not any("Additional" in name for name in invoice), "the facts are nowhere in the document itself"


def test_an_e_fatura_has_no_facts_of_the_report() -> None:
    made = efatura()
    assert "EArchiveInvoiceInfo" not in made
    assert made["Invoice"]["ProfileId"] == {"value": "TEMELFATURA"}
    assert made["Scenario"] == "eInvoice"


def test_no_login_is_in_a_request_that_is_kept() -> None:
    for made in (sent(command()), efatura()):
        assert "userInfo" not in made
        assert "a password" not in json.dumps(made)


@pytest.mark.parametrize(("series", "expected"), [("ABC", "ABC"), (None, "")])
def test_a_series_is_sent_alone_and_without_one_the_number_is_empty(series: str | None, expected: str) -> None:
    assert sent(command(earsiv_series=series))["Invoice"]["Id"] == {"value": expected}


def test_our_number_is_sent_whole() -> None:
    made = sent(command(), number="ORN2026000000001", numbers="ours")
    assert made["Invoice"]["Id"] == {"value": "ORN2026000000001"}


def test_the_scenario_says_what_the_document_is_or_is_left_to_the_service() -> None:
    assert sent(command())["Scenario"] == "eArchive"
    assert sent(command(), scenario="automated")["Scenario"] == 0


def test_the_spelling_is_an_option() -> None:
    assert sent(command(), spelling="UUID")["Invoice"]["UUID"] == {"value": command().document_id}


def test_the_buyer_gets_mail_where_the_owner_wants_it_and_there_is_an_address() -> None:
    mailing = {"EnableNotification": True, "To": "ayse@example.test", "Attachment": {"Xml": True, "Pdf": True}}
    assert sent(command(), mail="buyer")["Notification"] == {"Mailing": [mailing]}
    assert "Notification" not in sent(command())
    nowhere = replace(CONSUMER, buyer=replace(CONSUMER.buyer, email=None))
    assert "Notification" not in sent(command(person=nowhere), mail="buyer")


@pytest.mark.parametrize(
    ("payment", "expected"),
    [
        (Payment(method=PaymentMethod.OTHER, name="Takas"), {"PaymentType": "DIGER - Takas"}),
        (Payment(method=PaymentMethod.INTERMEDIARY, name="Aracı A.Ş.", paid_on=command().order.order_date),  # type: ignore[union-attr]
         {"PaymentType": "ODEMEARACISI", "PaymentMidierName": "Aracı A.Ş."}),
    ],
)  # fmt: skip
def test_how_it_was_paid_is_in_the_service_s_words(payment: Payment, expected: dict[str, str]) -> None:
    sale = sent(command(payment=payment))["EArchiveInvoiceInfo"]["InternetSalesInfo"]
    assert {name: sale.get(name) for name in expected} == expected


def test_an_e_fatura_to_nobody_in_particular_is_refused() -> None:
    with pytest.raises(UnpreparableError, match="registered taxpayer"):
        prepared_by(NAME, command(person=None), DocumentType.EFATURA)


@pytest.mark.parametrize("option", ["spelling", "scenario", "repeats"])
def test_an_option_with_a_value_that_it_has_not_is_refused(option: str) -> None:
    with pytest.raises(ValueError, match=f"option {option} must be one of"):
        connected(NAME, **{option: "perhaps"})


def test_a_repeat_is_safe_only_where_the_owner_says_so() -> None:
    assert not connected(NAME).capabilities.unique_reference
    assert connected(NAME, repeats="refused").capabilities.unique_reference
