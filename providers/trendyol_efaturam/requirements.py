"""What Trendyol's models ask beyond a sound invoice, and what of an order they have no field for."""

from collections.abc import Iterator
from typing import Final

from app.documents.model.parties import is_company
from app.documents.prepared import Content
from app.domain.commands import DocumentOrder
from app.domain.documents import DocumentType
from app.domain.errors import FieldError
from app.domain.invoice_info import InvoiceInfo, fields_of
from app.domain.invoice_info.enums import Sending
from app.domain.parties import Buyer
from providers.preparing import registered_buyer_errors
from providers.trendyol_efaturam.mapping import MEANS_BY_CODE, means_in
from providers.trendyol_efaturam.options import Options, Version

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
NAME_LENGTHS: Final = range(2, 128)
TEXT_LENGTHS: Final = range(2, 256)


def requirements_of(content: Content, options: Options) -> Iterator[FieldError]:
    """Every reason why Trendyol would refuse this document, or would lose something of it."""
    order = content.order
    by_v2 = content.document_type is DocumentType.EARSIV and options.earsiv_api is Version.V2
    if order.invoice_info is not None:
        yield from _info_errors(order.invoice_info, (*NOWHERE, *(NOT_IN_V2 if by_v2 else ())))
        yield from _means_errors(order, content.document_type)
    if by_v2 and order.earsiv_series is not None:
        given = order.invoice_info is not None and order.invoice_info.invoice_serie_or_number is not None
        path = f"{INFO}.InvoiceSerieOrNumber" if given else "$.order.earsiv_series"
        yield _unsupported(path, "v2 has no known field for a series: the account's default is used")
    if content.person is not None:
        yield from _buyer_errors(content.person.buyer)
    if content.document_type is DocumentType.EFATURA:
        yield from registered_buyer_errors(content.person)


def _info_errors(info: InvoiceInfo, nowhere: tuple[str, ...]) -> Iterator[FieldError]:
    said = fields_of(info)
    for name in nowhere:
        if name in said:
            yield _unsupported(f"{INFO}.{name}", f"Trendyol has no field for {name}")
    if info.send_type is Sending.KAGIT:
        yield _unsupported(f"{INFO}.SendType", "Trendyol sends electronically and has no field for paper")


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
            yield _unsupported(f"{INFO}.PaymentMeansInfo.{name}", f"Trendyol has no field for {name} alone")
    sold = means_in(order, document_type)
    if given.code not in MEANS_BY_CODE or (sold is not None and MEANS_BY_CODE[given.code] != sold):
        known = ", ".join(sorted(MEANS_BY_CODE))
        message = f"is not one of {known}, or is another payment than that of the internet sale"
        yield _unsupported(f"{INFO}.PaymentMeansInfo.Code", message)


def _buyer_errors(buyer: Buyer) -> Iterator[FieldError]:
    is_title = buyer.tax_number is not None and is_company(buyer.tax_number)
    name = f"{buyer.name} {buyer.family_name}" if is_title and buyer.family_name else buyer.name
    for place, value, lengths in (
        ("name", name, NAME_LENGTHS),
        ("address.city", buyer.address.city, TEXT_LENGTHS),
    ):
        if len(value) not in lengths:
            message = f"has {len(value)} characters; Trendyol takes {lengths.start} to {lengths.stop - 1}"
            yield _unsupported(f"$.person.buyer.{place}", message)


def _unsupported(path: str, message: str) -> FieldError:
    return FieldError(path=path, code="NOT_AT_THIS_PROVIDER", message=message)
