"""Documents that the invoice refers to, and files in it."""

import base64
from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.invoice_info.enums import InvoiceType
from app.domain.invoice_info.fields import MOST_BASE64
from app.domain.invoice_info.model import AdditionalDocument, DatedReference, InvoiceInfo, ReturnedInvoice
from tests.documents.invoice_info.infos import PDF, TODAY, WHOLE, attached, found

NOTE = DatedReference(issue_date=TODAY, value="EIR2026000000001")
RETURNED = ReturnedInvoice(invoice_number="ABC2026000000001", issue_date=TODAY)


def test_delivery_notes_are_referred_to_or_replaced() -> None:
    assert found(replace(WHOLE, despatch_document_reference=(NOTE, NOTE))) == set()
    assert found(replace(WHOLE, is_despatch=True)) == set()
    assert found(replace(WHOLE, is_despatch=True, despatch_document_reference=(NOTE,))) == {
        ("ISDespatch", "DESPATCH_CONTRADICTION")
    }


@pytest.mark.parametrize("number", ["A-123456", "1", "Seri A 17", "EIR20260000000011"])
def test_a_printed_delivery_note_has_whatever_number_its_printer_gave_it(number: str) -> None:
    notes = (NOTE, DatedReference(issue_date=TODAY, value=number))
    assert found(replace(WHOLE, despatch_document_reference=notes)) == set()


def test_an_orders_document_needs_the_order() -> None:
    order = DatedReference(issue_date=TODAY, value="any number 1")
    assert found(replace(WHOLE, order_reference_document=attached(), order_reference=order)) == set()
    assert found(replace(WHOLE, order_reference=order)) == set()
    assert found(replace(WHOLE, order_reference_document=attached())) == {
        ("OrderReference", "ORDER_REFERENCE_REQUIRED")
    }


@pytest.mark.parametrize("kind", [InvoiceType.IADE, InvoiceType.TEVKIFATIADE])
def test_a_return_names_what_it_takes_back(kind: InvoiceType) -> None:
    assert found(replace(WHOLE, invoice_type=kind, return_invoice_info=(RETURNED, RETURNED))) == set()
    assert found(replace(WHOLE, invoice_type=kind)) == {("ReturnInvoiceInfo", "RETURN_INVOICE_REQUIRED")}


def test_a_sale_takes_nothing_back() -> None:
    assert found(replace(WHOLE, return_invoice_info=(RETURNED,))) == {
        ("ReturnInvoiceInfo", "RETURN_INVOICE_NOT_ALLOWED")
    }


def test_a_returned_invoice_has_sixteen_characters_and_is_not_of_tomorrow() -> None:
    wrong = ReturnedInvoice(invoice_number="A-1", issue_date=TODAY + timedelta(days=1))
    info = replace(WHOLE, invoice_type=InvoiceType.IADE, return_invoice_info=(RETURNED, wrong))
    assert found(info) == {
        ("ReturnInvoiceInfo[1].InvoiceNumber", "RETURN_NUMBER_FORMAT"),
        ("ReturnInvoiceInfo[1].IssueDate", "RETURN_DATE_AFTER_ISSUE"),
    }


def test_the_models_own_example_of_a_returned_number_is_taken() -> None:
    example = ReturnedInvoice(invoice_number="EAR0000000000001", issue_date=TODAY)
    assert found(replace(WHOLE, invoice_type=InvoiceType.IADE, return_invoice_info=(example,))) == set()


SGK = replace(WHOLE, invoice_type=InvoiceType.SGK)
OF_SGK = ("DOSYA_NO", "MUKELLEF_ADI", "MUKELLEF_KODU")
NOTHING: set[tuple[str, str]] = set()
LACKING = {("AdditionalDocumentReferences", "SGK_DOCUMENT_REQUIRED")}


def with_documents(*codes: str, value: str | None = "1") -> InvoiceInfo:
    documents = tuple(AdditionalDocument(id="1", document_type_code=code, document_type=value) for code in codes)
    return replace(SGK, additional_document_references=documents)


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        *((kind, OF_SGK) for kind in ("SAGLIK_ECZ", "SAGLIK_HAS", "SAGLIK_OPT", "SAGLIK_MED")),
        ("ABONELIK", OF_SGK[:1]),
        ("MAL_HIZMET", OF_SGK[:1]),
        ("DIGER", ()),
    ],
)
def test_social_security_wants_the_documents_of_what_the_invoice_is_for(kind: str, wanted: tuple[str, ...]) -> None:
    assert found(with_documents(*wanted), accounting_cost=kind) == NOTHING
    for left_out in wanted:
        lacking = with_documents(*(code for code in wanted if code != left_out))
        assert found(lacking, accounting_cost=kind) == LACKING


def test_where_the_kind_is_not_known_social_security_gets_what_some_kind_has_and_no_mixture() -> None:
    assert found(SGK) == found(with_documents("DOSYA_NO")) == found(with_documents(*OF_SGK)) == NOTHING
    assert found(with_documents("MUKELLEF_KODU")) == found(with_documents("DOSYA_NO", "MUKELLEF_ADI")) == LACKING


def test_a_document_of_social_security_without_its_value_counts_as_none() -> None:
    assert found(with_documents("DOSYA_NO", value=None), accounting_cost="MAL_HIZMET") == LACKING


def test_other_types_than_sgk_need_no_document_of_it() -> None:
    assert found(WHOLE, accounting_cost="SAGLIK_ECZ") == NOTHING


def content(beginning: bytes) -> str:
    return base64.b64encode(beginning + b"...").decode()


@pytest.mark.parametrize(
    ("name", "mime", "beginning"),
    [
        ("a.doc", "application/msword", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
        ("a.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", b"PK\x03\x04"),
        ("a.ppt", "application/vnd.ms-powerpoint", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
        ("a.pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation", b"PK\x03\x04"),
        ("a.pdf", "application/pdf", b"%PDF-"),
        ("a.jpg", "image/jpeg", b"\xff\xd8\xff"),
        ("a.jpeg", "image/jpeg", b"\xff\xd8\xff"),
        ("Sözleşme 1.1.PNG", "Image/PNG", b"\x89PNG\r\n\x1a\n"),
    ],
)
def test_the_eight_types_of_files_are_taken_and_nothing_else_under_their_names(
    name: str, mime: str, beginning: bytes
) -> None:
    path = "AdditionalDocumentReferences[0].Attachment"
    good = attached(name, mime, content(beginning))
    assert found(replace(WHOLE, additional_document_references=(good,))) == set()
    assert found(replace(WHOLE, additional_document_references=(attached(name, mime, content(b"MZ")),))) == {
        (f"{path}.Base64Data", "FILE_CONTENT_MISMATCH")
    }
    assert found(replace(WHOLE, additional_document_references=(attached(name, "text/xml", content(beginning)),))) == {
        (f"{path}.MimeCode", "MIME_CODE_MISMATCH")
    }


@pytest.mark.parametrize("name", ["a.exe", "a.xml", "a.pdf.zip", "pdf", "a.", "a.pdf "])
def test_any_other_file_is_refused_wherever_it_is_attached(name: str) -> None:
    order = DatedReference(issue_date=TODAY, value="1")
    info = replace(
        WHOLE,
        order_reference=order,
        order_reference_document=attached(name),
        additional_document_references=(attached(), attached(name)),
    )
    assert found(info) == {
        ("OrderReferenceDocument.Attachment.FileName", "FILE_TYPE_NOT_ALLOWED"),
        ("AdditionalDocumentReferences[1].Attachment.FileName", "FILE_TYPE_NOT_ALLOWED"),
    }


def test_all_files_together_fit_into_what_one_may_have() -> None:
    half = PDF + "A" * (MOST_BASE64 // 2 - len(PDF))
    files = (attached(content=half), attached(content=half))
    assert len(half) * 2 == MOST_BASE64
    assert found(replace(WHOLE, additional_document_references=files)) == set()
    assert found(replace(WHOLE, additional_document_references=(*files, attached()))) == {
        ("AdditionalDocumentReferences", "ATTACHMENTS_TOO_LARGE")
    }
