"""UBL as JSON: names, lists and values as the service's samples and its schema have them."""

from decimal import Decimal

import pytest
from lxml import etree

from app.documents.safe_input.tree import Element
from providers.hepsiburada_efaturam.ubl_json import Spelling, json_of

XMLNS = (
    'xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2" '
    'xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2" '
    'xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2" '
    'xmlns:ext="urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2"'
)
TOTAL = '<cac:TaxTotal><cbc:TaxAmount currencyID="TRY">20.00</cbc:TaxAmount></cac:TaxTotal>'


def invoice(content: str) -> Element:
    return etree.fromstring(f"<Invoice {XMLNS}>{content}</Invoice>")


def test_a_tax_total_is_a_list_in_a_document_and_one_object_in_a_line() -> None:
    made = json_of(invoice(f"{TOTAL}<cac:InvoiceLine>{TOTAL}</cac:InvoiceLine>"))
    total = {"TaxAmount": {"currencyId": "TRY", "value": Decimal("20.00")}}
    assert made == {"TaxTotal": [total], "InvoiceLine": [{"TaxTotal": total}]}


def test_a_note_is_a_list_in_a_document_and_in_a_line_and_one_object_elsewhere() -> None:
    note = "<cbc:Note>x</cbc:Note>"
    made = json_of(
        invoice(f"{note}{note}<cac:PaymentTerms>{note}</cac:PaymentTerms><cac:InvoiceLine>{note}</cac:InvoiceLine>")
    )
    leaf = {"value": "x"}
    assert made == {"Note": [leaf, leaf], "PaymentTerms": {"Note": leaf}, "InvoiceLine": [{"Note": [leaf]}]}


@pytest.mark.parametrize(
    ("xml", "spelling", "expected"),
    [
        ("<cbc:UBLVersionID>2.1</cbc:UBLVersionID>", Spelling.SAMPLES, {"UblVersionId": {"value": "2.1"}}),
        ("<cbc:UUID>a</cbc:UUID>", Spelling.SAMPLES, {"Uuid": {"value": "a"}}),
        ("<cbc:ID>a</cbc:ID>", Spelling.SAMPLES, {"Id": {"value": "a"}}),
        ('<cbc:ID schemeID="VKN">a</cbc:ID>', Spelling.SAMPLES, {"Id": {"schemeId": "VKN", "value": "a"}}),
        ('<cbc:ID schemeID="VKN">a</cbc:ID>', Spelling.UBL, {"ID": {"schemeID": "VKN", "value": "a"}}),
        ("<cbc:WebsiteURI>a</cbc:WebsiteURI>", Spelling.SAMPLES, {"WebsiteURI": {"value": "a"}}),
        ("<cbc:CopyIndicator>false</cbc:CopyIndicator>", Spelling.SAMPLES, {"CopyIndicator": {"value": False}}),
        ("<cbc:IssueTime>12:00:00</cbc:IssueTime>", Spelling.SAMPLES,
         {"IssueTime": {"value": "12:00:00.0000000+03:00"}}),
        ("<cbc:LineCountNumeric>2</cbc:LineCountNumeric>", Spelling.SAMPLES,
         {"LineCountNumeric": {"value": Decimal(2)}}),
        ("<cbc:ID/>", Spelling.SAMPLES, {"Id": {"value": ""}}),
    ],
)  # fmt: skip
def test_names_and_values_are_those_of_the_samples(xml: str, spelling: Spelling, expected: object) -> None:
    assert json_of(invoice(xml), spelling) == expected


def test_what_the_signer_writes_is_left_out() -> None:
    signers = "<ext:UBLExtensions/><cac:Signature><cbc:ID>1</cbc:ID></cac:Signature>"
    assert json_of(invoice(f"{signers}<cbc:ID>a</cbc:ID>")) == {"Id": {"value": "a"}}


def test_what_is_there_twice_and_is_no_list_is_not_dropped() -> None:
    with pytest.raises(ValueError, match="TaxTotal is there twice"):
        json_of(invoice(f"<cac:InvoiceLine>{TOTAL}{TOTAL}</cac:InvoiceLine>"))
