"""From a prepared invoice to XML that has passed every rule."""

from dataclasses import replace

from app.documents.checked_ubl import checked_ubl
from app.documents.checking import Mode
from app.documents.model.invoice import Invoice
from app.documents.prepared import DocumentErrors, prepare_invoice
from app.documents.safe_input.tree import text
from app.documents.safe_input.xml import parse
from app.domain.documents import DocumentType
from app.domain.invoice_info import InvoiceInfo
from app.domain.invoice_info.model import AdditionalDocument
from tests.providers.examples import FACTS, ISSUED_AT, command

OURS = "ABC2026000000007"


def prepared(number: str | None = None, **changes: object) -> Invoice:
    invoice = prepare_invoice(command(**changes), FACTS, DocumentType.EARSIV, ISSUED_AT, number)
    assert isinstance(invoice, Invoice)
    return invoice


def number_of(invoice: Invoice) -> str:
    xml = checked_ubl(invoice, mode=Mode.TEST)
    assert isinstance(xml, bytes)
    return text(parse(xml), "ID")


def test_a_number_of_ours_is_written_and_a_series_gets_a_placeholder() -> None:
    assert number_of(prepared(OURS)) == OURS
    assert number_of(prepared()) == "ABC2026000000001"
    assert number_of(prepared(earsiv_series=None)) == "XXX2026000000001"


def test_the_providers_references_and_notes_are_in_the_document_beside_the_orders() -> None:
    reference = AdditionalDocument(id="ORDER-first", document_type_code="CUST_INV_ID")
    xml = checked_ubl(prepared(), mode=Mode.TEST, references=(reference,), notes=("Gönderim Şekli: ELEKTRONIK",))
    assert isinstance(xml, bytes)
    root = parse(xml)
    assert b"<cbc:ID>ORDER-first</cbc:ID><cbc:IssueDate>2026-05-02</cbc:IssueDate>" in xml
    assert text(root, "Note") == "Teşekkürler"
    assert "Gönderim Şekli: ELEKTRONIK".encode() in xml


def test_what_cannot_be_written_is_refused_with_its_path_in_the_order() -> None:
    looks_like_ours = AdditionalDocument(id="gonderimSekli", document_type="KAGIT")
    info = InvoiceInfo(additional_document_references=(looks_like_ours,))
    errors = checked_ubl(prepared(invoice_info=info), mode=Mode.TEST)
    assert isinstance(errors, DocumentErrors)
    (error,) = errors.errors
    assert (error.path, error.code) == (
        "$.order.invoice_info.AdditionalDocumentReferences[0]",
        "REFERENCE_RESERVED",
    )


def test_what_only_the_xml_shows_has_its_path_of_elements_in_the_message() -> None:
    invoice = prepared()
    seller = replace(invoice.seller, tax_number="1234567890")
    errors = checked_ubl(replace(invoice, seller=seller), mode=Mode.PRODUCTION)
    assert isinstance(errors, DocumentErrors)
    assert any("AccountingSupplierParty" in error.message for error in errors.errors)
