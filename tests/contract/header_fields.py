"""Each field of an InvoiceInfo, alone: an order that has it, and what must be found of it in what the provider has."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

from app.domain.documents import DocumentType
from app.domain.invoice_info import InvoiceInfo
from app.domain.invoice_info.enums import InvoiceType, Platform, Sending
from app.domain.invoice_info.model import (
    AdditionalDocument,
    Attachment,
    CashRegisterSlip,
    DatedReference,
    InternetSale,
    PaymentMeans,
    PaymentTerms,
    ReturnedInvoice,
    TaxExemptionReasons,
    model_name,
)
from app.domain.payment import PaymentMethod
from providers.base import UnpreparableError
from providers.registry import provider
from tests.contract.case import Case
from tests.contract.cases import CASES
from tests.documents.invoice_info.infos import PDF, XSLT
from tests.providers.examples import FACTS, ISSUED_AT, LINE, command

UUID: Final = "0f8fad5b-d9cb-469f-a165-70867728950e"
CURRENCY: Final = "$.order.currency"
DAY: Final = date(2026, 4, 28)
# ISO's form, and the one that people write.
ON_DAY: Final = ("2026-04-28", "28/04/2026")
ON_NEXT_DAY: Final = ("2026-04-29", "29/04/2026")
ON_DUE_DATE: Final = ("2026-06-01", "01/06/2026")
TAKEN_BACK: Final = ReturnedInvoice(invoice_number="ABC2026000000009", issue_date=DAY)
EXEMPT: Final = {"lines": (replace(LINE, vat_rate=Decimal(0), vat_exemption_code="335"),)}
NO_SALE: Final[Mapping[str, Any]] = {"website": None, "carrier": None}
EVERY: Final = frozenset(DocumentType)
ARCHIVE: Final = frozenset({DocumentType.EARSIV, DocumentType.SALES_INVOICE})
FILE: Final = Attachment(base64_data=PDF, mime_code="application/pdf", file_name="terms.pdf")
DOCUMENT: Final = AdditionalDocument(
    id="AD-4711", issue_date=DAY, document_type="Sözleşme", document_type_code="KOD", attachment=FILE
)
SALE: Final = InternetSale(
    web_site="www.example.com",
    payment_method=PaymentMethod.INTERMEDIARY,
    payment_method_name="Deneme Ödeme",
    payment_date=DAY,
    transporter_name="Örnek Taşıma",
    transporter_register_number="9876543217",
    transport_date=date(2026, 4, 29),
)
MEANS: Final = PaymentMeans(code="42", due_date=date(2026, 6, 1), note="Havale")
DOCUMENT_WORDS: Final = ("AD-4711", ON_DAY, "Sözleşme", "KOD", PDF, "application/pdf", "terms.pdf")
Word = str | tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Field:
    """One field with a value. `words`: what a document has of it, or one of several; `order`: what its order has.

    `of_order`: the order's own field that says the same, by which it is refused as well.
    """

    name: str
    info: InvoiceInfo
    words: tuple[Word, ...]
    order: Mapping[str, Any] = field(default_factory=dict)
    of_order: str = ""
    document_types: frozenset[DocumentType] = EVERY

    def __str__(self) -> str:
        return self.name

    @property
    def of_the_model(self) -> str:
        """The model's field, in our spelling: without a part of it, and without what kind of value it has."""
        return self.name.partition(" ")[0].partition(".")[0]

    @property
    def model_name(self) -> str:
        """Its name in the model, with the part of it or the kind of value that is given."""
        path, blank, kind = self.name.partition(" ")
        return ".".join(map(model_name, path.split("."))) + blank + kind


def _field(
    name: str,
    *words: Word,
    order: Mapping[str, Any] | None = None,
    of_order: str = "",
    types: frozenset[DocumentType] = EVERY,
    **given: Any,
) -> Field:
    info = InvoiceInfo(**given)
    return Field(name=name, info=info, words=words, order=order or {}, of_order=of_order, document_types=types)


# What is made up has as much of an order as its tests need.
REAL: Final = tuple(case for case in CASES if not provider(case.name).is_made_up)
FIELDS: Final = (
    _field("template_uuid", UUID, template_uuid=UUID),
    _field("template_base64_string", XSLT, template_base64_string=XSLT),
    _field("invoice_type", ("ISTISNA", "efaturavergimuafiyetkodu"), invoice_type=InvoiceType.ISTISNA, order=EXEMPT),
    _field("invoice_serie_or_number", ('"QZ7"', ">QZ7"), invoice_serie_or_number="QZ7",
           order={"earsiv_series": "QZ7", "efatura_series": "QZ7"}),
    _field("invoice_serie_or_number (16 characters)", "QZ82026000000007", invoice_serie_or_number="QZ82026000000007",
           order={"earsiv_series": "QZ8", "efatura_series": "QZ8"}),
    _field("uuid", UUID, uuid=UUID),
    _field("issue_date", ("2026-04-27", "27/04/2026"), issue_date=datetime(2026, 4, 27, 9, tzinfo=UTC),
           order={"issue_date_days_back": 5, "order_date": date(2026, 4, 25)}),
    _field("currency_code", "EUR", currency_code="EUR", of_order=CURRENCY,
           order={"currency": "EUR", "exchange_rate": Decimal("48.1234")}),
    _field("exchange_rate", "48.1234", exchange_rate=Decimal("48.1234"), of_order=CURRENCY,
           order={"currency": "EUR", "exchange_rate": Decimal("48.1234")}),
    _field("tax_exemption_reason_info", "335", order=EXEMPT,
           tax_exemption_reason_info=TaxExemptionReasons(kdv_exemption_reason_code="335")),
    _field("is_despatch", ("İrsaliye yerine geçer", '"ISDespatch": true', '"shipment_included": true'),
           is_despatch=True),
    _field("sales_platform", "www.example.com", types=ARCHIVE, order=NO_SALE,
           sales_platform=Platform.INTERNET, internet_info=SALE),
    _field("send_type", ("KAGIT", "Paper"), types=ARCHIVE, order=NO_SALE, send_type=Sending.KAGIT),
    _field("despatch_document_reference", "EIR2026000000001", ON_DAY,
           despatch_document_reference=(DatedReference(value="EIR2026000000001", issue_date=DAY),)),
    _field("order_reference", "PO-77", ON_DAY,
           order_reference=DatedReference(value="PO-77", issue_date=DAY)),
    _field("order_reference_document", "PO-77", *DOCUMENT_WORDS, order_reference_document=DOCUMENT,
           order_reference=DatedReference(value="PO-77", issue_date=DAY)),
    _field("additional_document_references", *DOCUMENT_WORDS, additional_document_references=(DOCUMENT,)),
    _field("return_invoice_info", "ABC2026000000009", ON_DAY, "IADE", invoice_type=InvoiceType.IADE,
           return_invoice_info=(TAKEN_BACK,)),
    _field("payment_terms_info", "Gecikme faizi", "1.25", "12.75",
           payment_terms_info=PaymentTerms(percent=Decimal("1.25"), amount=Decimal("12.75"), note="Gecikme faizi")),
    _field("payment_means_info", ("42", "EFT"), ON_DUE_DATE, "Havale", order={**NO_SALE, "payment": None},
           payment_means_info=MEANS),
    _field("payment_means_info.channel_code", (">7<", '"ChannelCode": "7"', "42, 7, Havale"),
           order={**NO_SALE, "payment": None}, payment_means_info=replace(MEANS, channel_code="7")),
    _field("payment_means_info.payee_financial_account_id", "TR330006100519786457841326",
           order={**NO_SALE, "payment": None},
           payment_means_info=replace(MEANS, payee_financial_account_id="TR330006100519786457841326")),
    _field("okc_info", "12-OKC", ON_DAY, "09:30:00", "ZNO-7", "AB12345678", "E-ARSIV",
           okc_info=CashRegisterSlip(id="12-OKC", issue_date=DAY, time="09:30", z_no="ZNO-7",
                                     end_point_id="AB12345678", document_description="E-ARSIV")),
    _field("internet_info", "www.example.com", ("ODEMEARACISI", "MEDIATOR", "payment-platform"), "Deneme Ödeme", ON_DAY,
           "Örnek Taşıma", "9876543217", ON_NEXT_DAY, types=ARCHIVE, order=NO_SALE,
           sales_platform=Platform.INTERNET, internet_info=SALE),
)  # fmt: skip
# A reason of special consumption tax is its tax's, in the lines; intake refuses it by name.
OF_A_TAX: Final = (TaxExemptionReasons, "otv_exemption_reason_code")


def given_fields() -> Iterator[tuple[type, str]]:
    """Each field of any record that one of these gives a value, an InvoiceInfo's own among them."""
    for each in FIELDS:
        yield InvoiceInfo, each.of_the_model
        yield from _inside(each.info)


def _inside(value: object) -> Iterator[tuple[type, str]]:
    if isinstance(value, tuple):
        for each in value:
            yield from _inside(each)
    elif is_dataclass(value):
        for each in fields(value):
            inside = getattr(value, each.name)
            if inside is not None and not isinstance(value, InvoiceInfo):
                yield type(value), each.name
            yield from _inside(inside)


def refusals(case: Case, each: Field) -> tuple[str, ...]:
    """The fields of the InvoiceInfo for which this provider refuses an order with this one; empty when it is made."""
    adapter = case.connect("https://provider.example")
    order = command(person=case.person, **{**case.order, **each.order}, invoice_info=each.info)
    try:
        adapter.prepare(order, FACTS, case.document_type, ISSUED_AT, case.number(each.name))
    except UnpreparableError as refused:
        return tuple(error.path.removeprefix("$.order.invoice_info.") for error in refused.errors)
    return ()


def places() -> dict[str, tuple[str, str]]:
    """For each field, by the model's name: the providers that carry it, and those that refuse it by its name.

    A provider that refuses it of some documents alone is among both, with which these are.
    """
    return {each.model_name: _places_of(each) for each in FIELDS}


def _places_of(each: Field) -> tuple[str, str]:
    cases = [case for case in REAL if case.document_type in each.document_types]
    refusing = [bool(refusals(case, each)) for case in cases]
    carrying = {case.name for case, refused in zip(cases, refusing, strict=True) if not refused}
    refused = (case for case, refused in zip(cases, refusing, strict=True) if refused)
    return _listed(carrying), _listed({c.name + (f" ({_kind(c)})" if c.name in carrying else "") for c in refused})


def _kind(case: Case) -> str:
    chosen = (f"`{name}: {case.options[name]}`" for name in ("earsiv_api", "numbers") if name in case.options)
    return ", ".join((case.document_type, *chosen))


def _listed(names: set[str]) -> str:
    return "; ".join(sorted(names)) or "none"
