"""The facts of the e-Arşiv report travel as the provider reads them, and are found again in whichever dialect."""

from dataclasses import replace
from datetime import date

import pytest

from app.documents.checking import Mode, Severity, check
from app.documents.from_json.calculation import invoice_of
from app.documents.model.invoice import Invoice
from app.documents.model.profiles import Profile
from app.documents.ubl import Dialect, build, parse
from app.documents.ubl.dialect import DespatchAs, ReportFacts, TaxTotalAs
from app.domain.invoice_info.enums import Platform, Sending
from app.domain.invoice_info.model import InternetSale, InvoiceInfo
from app.domain.payment import PaymentMethod
from tests.documents.ubl.pairs import entry_for, with_info

TODAY = date(2026, 11, 1)
CARD = InternetSale(
    web_site="www.example.com",
    payment_method=PaymentMethod.CARD,
    payment_date=date(2026, 3, 1),
    transporter_name="Deneme Kargo",
    transporter_register_number="9000170714",
    transport_date=date(2026, 3, 2),
)
COURIER = replace(CARD, transporter_name="Artificial Courier", transporter_register_number="99999999068")
WALLET = replace(CARD, payment_method=PaymentMethod.INTERMEDIARY, payment_method_name="Deneme Cüzdan")
SITE_AND_METHOD = InternetSale(web_site="www.example.com", payment_method=PaymentMethod.CARD)
SAY_THE_SENDING_MODE = [
    ReportFacts.PATHS,
    ReportFacts.SENDING_TYPE,
    ReportFacts.SALE_REFERENCE,
    ReportFacts.VALUE_IDS,
]
WITHOUT_NAME = replace(WALLET, payment_method_name=None)


def sold_online(sale: InternetSale) -> Invoice:
    entry = entry_for(Profile.EARSIVFATURA, "SATIS")
    entry = replace(entry, seller=replace(entry.seller, website="www.example.com"))
    return invoice_of(with_info(entry, sales_platform=Platform.INTERNET, internet_info=sale))


def read_again(invoice: Invoice, report: ReportFacts) -> InvoiceInfo:
    return parse(build(invoice, dialect=Dialect(report=report))).info


@pytest.mark.parametrize(
    ("report", "sale", "found"),
    [
        *((ReportFacts.PATHS, sale, sale) for sale in (CARD, COURIER, WALLET, SITE_AND_METHOD)),
        *((ReportFacts.NOTES, sale, sale) for sale in (CARD, COURIER, WALLET, SITE_AND_METHOD)),
        *((ReportFacts.EXTENSION_CODES, sale, sale) for sale in (CARD, COURIER)),
        (ReportFacts.EXTENSION_CODES, WALLET, WITHOUT_NAME),
        *((ReportFacts.VALUE_IDS, sale, sale) for sale in (CARD, COURIER, SITE_AND_METHOD)),
        (ReportFacts.VALUE_IDS, WALLET, WITHOUT_NAME),
        *((ReportFacts.SENDING_TYPE, sale, sale) for sale in (CARD, COURIER)),
        (ReportFacts.SENDING_TYPE, WALLET, replace(WITHOUT_NAME, payment_method=PaymentMethod.OTHER)),
        (ReportFacts.SALE_REFERENCE, CARD, SITE_AND_METHOD),
        (ReportFacts.NONE, CARD, None),
    ],
)
def test_an_internet_sale_is_found_again_as_far_as_the_dialect_has_room(
    report: ReportFacts, sale: InternetSale, found: InternetSale | None
) -> None:
    info = read_again(sold_online(sale), report)
    assert info.internet_info == found
    assert info.sales_platform is (Platform.INTERNET if found else Platform.NORMAL)


@pytest.mark.parametrize("report", ReportFacts)
def test_no_rule_of_anybody_objects_to_a_dialect(report: ReportFacts) -> None:
    content = build(sold_online(CARD), dialect=Dialect(report=report))
    found = check(content, "invoice.xml", mode=Mode.PRODUCTION, today=TODAY)
    assert [each for each in found if each.severity is not Severity.INFO] == []


@pytest.mark.parametrize(
    "report", [ReportFacts.PATHS, ReportFacts.SENDING_TYPE, ReportFacts.SALE_REFERENCE, ReportFacts.VALUE_IDS]
)
@pytest.mark.parametrize("sending", Sending)
def test_the_sending_mode_is_found_again(report: ReportFacts, sending: Sending) -> None:
    invoice = invoice_of(with_info(entry_for(Profile.EARSIVFATURA, "SATIS"), send_type=sending))
    assert parse(build(invoice, dialect=Dialect(report=report))) == invoice


@pytest.mark.parametrize("place", ["DocumentTypeCode", "DocumentType"])
def test_references_whose_id_is_the_value_are_read_too(place: str) -> None:
    told = {
        "SEND_TYPE": "ELEKTRONIK",
        "IS_INTERNET": ".",
        "INT_WEBSITE": "www.example.com",
        "INT_PAYMENT_METHOD": "KREDIKARTI/BANKAKARTI",
        "INT_PAYMENTDATE": "2026-03-01",
    }
    references = "".join(
        f"<cac:AdditionalDocumentReference><cbc:ID>{value}</cbc:ID><cbc:IssueDate>2026-03-02</cbc:IssueDate>"
        f"<cbc:{place}>{name}</cbc:{place}></cac:AdditionalDocumentReference>"
        for name, value in told.items()
    )
    silent = build(sold_online(CARD), dialect=Dialect(report=ReportFacts.NONE)).decode()
    content = silent.replace("<cac:Signature>", f"{references}<cac:Signature>", 1).encode()
    found = parse(content).info
    assert (found.send_type, found.sales_platform) == (Sending.ELEKTRONIK, Platform.INTERNET)
    assert found.internet_info == replace(SITE_AND_METHOD, payment_date=date(2026, 3, 1))
    assert found.additional_document_references == ()


def test_a_payment_of_the_header_stays_beside_the_sales() -> None:
    invoice = sold_online(CARD)
    content = build(invoice, dialect=Dialect(report=ReportFacts.SENDING_TYPE))
    assert content.count(b"<cac:PaymentMeans>") == 1
    assert parse(content) == invoice


def test_an_efatura_says_nothing_of_the_report() -> None:
    invoice = invoice_of(entry_for(Profile.TEMELFATURA, "SATIS"))
    plain = build(invoice, dialect=Dialect(report=ReportFacts.NONE))
    assert all(build(invoice, dialect=Dialect(report=each)) == plain for each in ReportFacts)


@pytest.mark.parametrize("despatch", DespatchAs)
def test_an_invoice_may_stand_for_its_delivery_note(despatch: DespatchAs) -> None:
    invoice = invoice_of(with_info(entry_for(Profile.EARSIVFATURA, "SATIS"), is_despatch=True))
    content = build(invoice, dialect=Dialect(despatch=despatch))
    assert "İrsaliye yerine geçer" in content.decode()
    assert parse(content) == invoice


@pytest.mark.parametrize("written", ["İRSALİYE YERİNE GEÇER", "İRSALIYE YERINE GEÇER.", "irsaliye yerine geçer"])
def test_the_delivery_note_s_sentence_is_known_in_every_case(written: str) -> None:
    invoice = invoice_of(with_info(entry_for(Profile.EARSIVFATURA, "SATIS"), is_despatch=True))
    content = build(invoice, dialect=Dialect(despatch=DespatchAs.NOTE)).decode()
    assert parse(content.replace("İrsaliye yerine geçer", written).encode()) == invoice


def test_the_total_of_taxes_has_the_withheld_vat_in_it_or_not() -> None:
    invoice = invoice_of(entry_for(Profile.TEMELFATURA, "TEVKIFAT"))
    less = invoice.vat - invoice.withheld
    for total_as, shown in ((TaxTotalAs.LESS_WITHHOLDING, less), (TaxTotalAs.WHOLE, invoice.vat)):
        content = build(invoice, dialect=Dialect(tax_total=total_as))
        assert f'<cac:TaxTotal><cbc:TaxAmount currencyID="TRY">{shown}</cbc:TaxAmount>' in content.decode()
        assert parse(content) == invoice
