"""An internet sale: the e-Arşiv report says where, how and when it was paid, and who carries it."""

from collections.abc import Iterator
from typing import Final

from app.documents.invoice_info.rules.circumstances import Circumstances
from app.documents.invoice_info.rules.errors import error_at
from app.domain.errors import FieldError
from app.domain.invoice_info.enums import Platform, Sending
from app.domain.invoice_info.model import InvoiceInfo
from app.domain.parties import ANONYMOUS_TCKN, is_tckn, is_vkn
from app.domain.payment import PaymentMethod
from app.domain.text import NO_WEB_SITE, are_web_sites

NAMED: Final = frozenset({PaymentMethod.INTERMEDIARY, PaymentMethod.OTHER})


def internet_sale_is_told(info: InvoiceInfo) -> Iterator[FieldError]:
    """With what the report asks for."""
    if info.sales_platform is Platform.INTERNET and info.internet_info is None:
        message = "an internet sale says its web site, its payment and its carrier"
        yield error_at("InternetInfo", "INTERNET_INFO_REQUIRED", message)


def only_an_internet_sale_is_told(info: InvoiceInfo) -> Iterator[FieldError]:
    """Of any other, one of both fields is a mistake."""
    if info.sales_platform is Platform.NORMAL and info.internet_info is not None:
        yield error_at("InternetInfo", "INTERNET_INFO_NOT_ALLOWED", "SalesPlatform says that this is no internet sale")


def internet_sale_is_sent_electronically(info: InvoiceInfo) -> Iterator[FieldError]:
    """A missing SendType is reported by another rule."""
    if info.sales_platform is Platform.INTERNET and info.send_type is Sending.KAGIT:
        yield error_at("SendType", "SEND_TYPE_NOT_ELEKTRONIK", "the invoice of an internet sale is sent as ELEKTRONIK")


def web_sites(info: InvoiceInfo) -> Iterator[FieldError]:
    """Addresses, or hosts alone; several are separated by semicolons."""
    if info.internet_info is None:
        return
    if not are_web_sites(info.internet_info.web_site):
        yield error_at("InternetInfo.WebSite", "WEB_SITE_INVALID", NO_WEB_SITE)


def name_of_the_payment(info: InvoiceInfo) -> Iterator[FieldError]:
    """The intermediary's, or what the other method is."""
    sale = info.internet_info
    if sale is not None and sale.payment_method in NAMED and sale.payment_method_name is None:
        message = f"{sale.payment_method} needs the name of the intermediary or of the method"
        yield error_at("InternetInfo.PaymentMethodName", "PAYMENT_NAME_REQUIRED", message)


def day_of_the_payment(info: InvoiceInfo) -> Iterator[FieldError]:
    """Cash on delivery too: the model asks for its day, though others among the integrators do not."""
    sale = info.internet_info
    if sale is not None and sale.payment_method is not PaymentMethod.OTHER and sale.payment_date is None:
        message = f"{sale.payment_method} needs the day of payment"
        yield error_at("InternetInfo.PaymentDate", "PAYMENT_DATE_REQUIRED", message)


def transporter(info: InvoiceInfo, circumstances: Circumstances) -> Iterator[FieldError]:
    """All three fields, or none where everything is a service."""
    if (sale := info.internet_info) is None:
        return
    carrier = {
        "TransporterName": sale.transporter_name,
        "TransporterRegisterNumber": sale.transporter_register_number,
        "TransportDate": sale.transport_date,
    }
    missing = [field for field, value in carrier.items() if value is None]
    if circumstances.services_only and len(missing) == len(carrier):
        return
    for field in missing:
        message = "goods sold on the internet name their carrier, its tax number and the day of dispatch"
        yield error_at(f"InternetInfo.{field}", "TRANSPORTER_REQUIRED", message)


def transporter_number(info: InvoiceInfo) -> Iterator[FieldError]:
    """A carrier is never the anonymous consumer."""
    number = info.internet_info.transporter_register_number if info.internet_info else None
    if number is not None and (number == ANONYMOUS_TCKN or not (is_vkn(number) or is_tckn(number))):
        message = "is neither a VKN (10 digits) nor a TCKN (11 digits) with right check digits"
        yield error_at("InternetInfo.TransporterRegisterNumber", "TAX_NUMBER_INVALID", message)
