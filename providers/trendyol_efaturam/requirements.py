"""What Trendyol's models ask beyond a sound invoice, and what of an order they have no field for."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from decimal import Decimal
from typing import Final

from app.documents.model.parties import is_company
from app.documents.prepared import Content
from app.domain.commands import DocumentOrder
from app.domain.documents import DocumentType
from app.domain.errors import FieldError
from app.domain.invoice_details import Delivery, FurtherTax, Identification, LineDetails
from app.domain.invoice_info import InvoiceInfo, fields_of
from app.domain.invoice_info.enums import InvoiceType, Sending
from app.domain.invoice_types import reason_of, type_of
from app.domain.money import to_kurus
from app.domain.orders import LineKind, OrderLine
from app.domain.parties import Buyer
from providers.base.capabilities import PLAIN_TYPES
from providers.preparing import no_place, registered_buyer_errors, without_a_place
from providers.trendyol_efaturam.mapping import MEANS_BY_CODE, TAX_TYPES, means_in
from providers.trendyol_efaturam.options import Options, Version

_PLAIN: Final = LineDetails()
INFO: Final = "$.order.invoice_info"
# The models have no field for these.
NOWHERE: Final = (
    "TemplateUUID",
    "TemplateBase64String",
    "ISDespatch",
    "OrderReferenceDocument",
    "AdditionalDocumentReferences",
    "PaymentTermsInfo",
    "OKCInfo",
)
NOT_IN_V2: Final = ("DespatchDocumentReference", "ReturnInvoiceInfo")
# A market hall's mark (künye).
TAG: Final = "KUNYENO"
TAG_LENGTH: Final = 19
# What Trendyol takes of a delivery, and its length.
REGISTERED_FIELDS: Final[Mapping[str, int]] = {"customs_id": 12, "licence_line": 11}
MICRO_EXPORT_FIELDS: Final[Mapping[str, int]] = {"customs_id": 12, "incoterms": 3}
EXPORT_OF_GOODS: Final = "301"
NAME_LENGTHS: Final = range(2, 128)
TEXT_LENGTHS: Final = range(2, 256)


def requirements_of(content: Content, options: Options) -> Iterator[FieldError]:
    """Every reason why Trendyol would refuse this document, or would lose something of it."""
    order = content.order
    by_v2 = content.document_type is DocumentType.EARSIV and options.earsiv_api is Version.V2
    if order.invoice_info is not None:
        yield from _info_errors(order.invoice_info, (*NOWHERE, *(NOT_IN_V2 if by_v2 else ())))
        yield from _means_errors(order, content.document_type)
    if by_v2:
        yield from without_a_place(order, "Trendyol's v2", PLAIN_TYPES, frozenset())
    else:
        yield from _line_errors(order)
        yield from _delivery_errors(order, content.document_type)
    if by_v2 and order.earsiv_series is not None:
        given = order.invoice_info is not None and order.invoice_info.invoice_serie_or_number is not None
        path = f"{INFO}.InvoiceSerieOrNumber" if given else "$.order.earsiv_series"
        yield no_place(path, "v2 has no known field for a series: the account's default is used")
    if content.person is not None:
        yield from _buyer_errors(content.person.buyer)
    if content.document_type is DocumentType.EFATURA:
        yield from registered_buyer_errors(content.person)


def _info_errors(info: InvoiceInfo, nowhere: tuple[str, ...]) -> Iterator[FieldError]:
    said = fields_of(info)
    for name in nowhere:
        if name in said:
            yield no_place(f"{INFO}.{name}", f"Trendyol has no field for {name}")
    if info.send_type is Sending.KAGIT:
        yield no_place(f"{INFO}.SendType", "Trendyol sends electronically and has no field for paper")


def _means_errors(order: DocumentOrder, document_type: DocumentType) -> Iterator[FieldError]:
    """Its payment has one word for how it was paid; an account would need its bank's name and branch."""
    given = order.invoice_info.payment_means_info if order.invoice_info else None
    if given is None:
        return
    for name, value in (
        ("ChannelCode", given.channel_code),
        ("PayeeFinancialAccountID", given.payee_financial_account_id),
    ):
        if value is not None:
            yield no_place(f"{INFO}.PaymentMeansInfo.{name}", f"Trendyol has no field for {name} alone")
    sold = means_in(order, document_type)
    if given.code not in MEANS_BY_CODE or (sold is not None and MEANS_BY_CODE[given.code] != sold):
        known = ", ".join(sorted(MEANS_BY_CODE))
        message = f"is not one of {known}, or is another payment than that of the internet sale"
        yield no_place(f"{INFO}.PaymentMeansInfo.Code", message)


def _line_errors(order: DocumentOrder) -> Iterator[FieldError]:
    kind = type_of(order.invoice_info, order.lines)
    for index, line in enumerate(order.lines):
        path = f"$.order.lines[{index}].details"
        if kind is InvoiceType.HKSSATIS and line.kind is not LineKind.DISCOUNT and not (line.details or _PLAIN).marks:
            yield no_place(f"{path}.marks", f"each line of an HKSSATIS has its {TAG} at Trendyol")
        if line.details is not None:
            yield from _tax_errors(f"{path}.taxes", line, line.details.taxes)
            yield from _withholding_errors(f"{path}.withholding", line.details)
            yield from _mark_errors(f"{path}.marks", line.details.marks)


def _tax_errors(path: str, line: OrderLine, taxes: Iterable[FurtherTax]) -> Iterator[FieldError]:
    """A tax by piece has its price in kuruş, and no unit but the line's; a reason is a number."""
    for index, tax in enumerate(taxes):
        place = f"{path}[{index}]"
        if tax.code not in TAX_TYPES:
            yield no_place(f"{place}.code", f"Trendyol has no word for the tax {tax.code}, or none for its sums")
        if not _is_whole(tax.rate):
            yield no_place(f"{place}.rate", "Trendyol takes whole percentages")
        if tax.exemption_code is not None and tax.exemption_code.startswith("0"):
            yield no_place(f"{place}.exemption_code", "Trendyol takes a reason as a number, which begins with no 0")
        if tax.per_unit is None:
            continue
        if tax.per_unit.unit != line.unit:
            yield no_place(f"{place}.per_unit.unit", "Trendyol has no unit of a tax but that of the line")
        if to_kurus(tax.per_unit.amount) != tax.per_unit.amount:
            yield no_place(f"{place}.per_unit.amount", "Trendyol takes whole kuruş")


def _withholding_errors(path: str, details: LineDetails) -> Iterator[FieldError]:
    if details.withholding is not None and not _is_whole(details.withholding.rate):
        yield no_place(f"{path}.rate", "Trendyol takes whole percentages")


def _mark_errors(path: str, marks: Sequence[Identification]) -> Iterator[FieldError]:
    if marks and [(mark.scheme, len(mark.value)) for mark in marks] != [(TAG, TAG_LENGTH)]:
        yield no_place(path, f"a line at Trendyol has one mark, of the scheme {TAG}, with {TAG_LENGTH} characters")


def _delivery_errors(order: DocumentOrder, document_type: DocumentType) -> Iterator[FieldError]:
    """An export-registered line has a place for some of it, a micro-export (e-Arşiv) for others."""
    kind = type_of(order.invoice_info, order.lines)
    terms = {_delivery_of(line).incoterms for line in order.lines if line.kind is not LineKind.DISCOUNT}
    for index, line in enumerate(order.lines):
        if line.details is None or line.details.delivery is None:
            continue
        path = f"$.order.lines[{index}].details.delivery"
        reason = line.vat_exemption_code or reason_of(order.invoice_info)
        if kind is InvoiceType.IHRACKAYITLI:
            yield from _field_errors(path, line.details.delivery, REGISTERED_FIELDS)
        elif document_type is DocumentType.EARSIV and reason == EXPORT_OF_GOODS:
            yield from _field_errors(path, line.details.delivery, MICRO_EXPORT_FIELDS)
            if len(terms) > 1:
                yield no_place(f"{path}.incoterms", "Trendyol has one delivery term for the whole document")
        else:
            message = f"Trendyol has fields for it in an export-registered sale, or an e-Arşiv of {EXPORT_OF_GOODS}"
            yield no_place(path, message)


def _field_errors(path: str, delivery: Delivery, lengths: Mapping[str, int]) -> Iterator[FieldError]:
    for field in fields(delivery):
        value, length = getattr(delivery, field.name), lengths.get(field.name)
        if length is None and value is not None:
            yield no_place(f"{path}.{field.name}", "Trendyol has no field for it in such a sale")
        if length is not None and len(value or "") != length:
            yield no_place(f"{path}.{field.name}", f"Trendyol takes it with {length} characters, and not without")


def _delivery_of(line: OrderLine) -> Delivery:
    return (line.details or _PLAIN).delivery or Delivery()


def _is_whole(rate: Decimal | None) -> bool:
    return rate is None or rate == int(rate)


def _buyer_errors(buyer: Buyer) -> Iterator[FieldError]:
    is_title = buyer.tax_number is not None and is_company(buyer.tax_number)
    name = f"{buyer.name} {buyer.family_name}" if is_title and buyer.family_name else buyer.name
    for place, value, lengths in (
        ("name", name, NAME_LENGTHS),
        ("address.city", buyer.address.city, TEXT_LENGTHS),
    ):
        if len(value) not in lengths:
            message = f"has {len(value)} characters; Trendyol takes {lengths.start} to {lengths.stop - 1}"
            yield no_place(f"$.person.buyer.{place}", message)
