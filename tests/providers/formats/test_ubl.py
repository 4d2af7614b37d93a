"""UBL for the providers that take XML: made, told apart, masked, packed."""

import io
import zipfile
from decimal import Decimal

import pytest

from app.documents.checking import Mode
from app.documents.model.invoice import Invoice
from app.documents.prepared import prepare_invoice
from app.documents.ubl.dialect import ReportFacts
from app.domain.documents import DocumentState, DocumentType
from providers.base import Different
from providers.contacts import buyer_key
from providers.formats.envelopes import state_of_envelope
from providers.formats.ubl import compared, dialect_of, mask_of, summary_of, xml_of
from providers.formats.zips import only_file_in, zipped
from providers.preparing import CheckedDocument
from tests.providers.examples import FACTS, ISSUED_AT, SELLER_VKN, TCKN, command, document_order

OPTIONS = {"internet_sale": "paths"}


def document(name: str = "first", number: str | None = None) -> CheckedDocument:
    made = command(name)
    invoice = prepare_invoice(made, FACTS, DocumentType.EARSIV, ISSUED_AT, number)
    assert isinstance(invoice, Invoice)
    return CheckedDocument(
        invoice=invoice,
        buyer=buyer_key(invoice.customer),
        order=document_order(),
        document_type=DocumentType.EARSIV,
        reference=made.document_id,
        issued_at=ISSUED_AT,
        number=number,
    )


def xml(name: str = "first", number: str | None = None, unnumbered: str = "") -> str:
    return xml_of(document(name, number), mode=Mode.TEST, dialect=dialect_of(OPTIONS), unnumbered=unnumbered)


def test_a_summary_has_what_tells_one_document_from_another() -> None:
    found = summary_of(xml(number="ABC2026000000007"))
    assert (found.uuid, found.number) == (command().document_id, "ABC2026000000007")
    assert (found.seller, found.buyer, found.order_reference) == (SELLER_VKN, TCKN, "ORDER-first")
    assert (found.profile, found.type, found.currency) == ("EARSIVFATURA", "SATIS", "TRY")
    assert (found.tax_exclusive, found.payable) == (Decimal("100.00"), Decimal("120.00"))


def test_another_document_is_different_by_name_and_a_number_counts_where_it_is_ours() -> None:
    sent, other = summary_of(xml()), summary_of(xml("second"))
    assert compared(sent, sent, None) is None
    different = compared(other, sent, None)
    assert isinstance(different, Different)
    assert "order_reference is ORDER-second, not ORDER-first" in different.detail
    assert isinstance(compared(sent, sent, "ABC2026000000007"), Different)


def test_a_document_that_its_provider_numbers_has_what_the_provider_wants_in_the_numbers_place() -> None:
    empty, placeholder = summary_of(xml()), summary_of(xml(unnumbered="ABC2026000000000"))
    assert (empty.number, placeholder.number) == ("", "ABC2026000000000")
    assert compared(empty, placeholder, None) is None


def test_the_buyer_of_a_document_is_hidden_and_the_country_is_not() -> None:
    said = mask_of(xml())(f"Ayşe Örnek, {TCKN}, Deneme Sokak 1, ayse@example.test, Türkiye")
    assert said == "***, ***, ***, ***, Türkiye"
    assert mask_of(None)("Ayşe") == mask_of("no xml")("Ayşe") == "Ayşe"


def test_where_an_internet_sale_is_written_is_an_option_and_a_misspelt_one_is_refused() -> None:
    assert dialect_of(OPTIONS).report is ReportFacts.PATHS
    assert dialect_of({}).report is ReportFacts.NONE
    with pytest.raises(ValueError, match="internet_sale must be one of"):
        dialect_of({"internet_sale": "none"})


def test_a_zip_is_the_same_at_any_time_and_is_read_back() -> None:
    packed = zipped("1.xml", b"<a/>")
    assert packed == zipped("1.xml", b"<a/>")
    assert only_file_in(packed) == b"<a/>"


def test_what_is_no_zip_of_one_file_of_a_documents_size_is_none() -> None:
    two = io.BytesIO()
    with zipfile.ZipFile(two, "w") as archive:
        archive.writestr("1", b"")
        archive.writestr("2", b"")
    bomb = zipped("1.xml", bytes(17 * 1024 * 1024))
    assert len(bomb) < 50_000
    cut = zipped("1.xml", b"<a/>")[:30]
    assert [only_file_in(each) for each in (two.getvalue(), bomb, cut, b"", b"%PDF-1.4")] == [None] * 5


@pytest.mark.parametrize(
    ("code", "state"),
    [
        (1000, DocumentState.PROCESSING),
        (1200, DocumentState.PROCESSING),
        (1220, DocumentState.PROCESSING),
        (1162, DocumentState.REJECTED),
        (1163, None),
        (1215, DocumentState.REJECTED),
        (1300, DocumentState.DELIVERED),
        (1400, None),
    ],
)
def test_an_envelopes_code_says_what_became_of_its_document(code: int, state: DocumentState | None) -> None:
    assert state_of_envelope(code) is state
