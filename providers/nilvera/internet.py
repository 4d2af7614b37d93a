"""The internet sale (`InternetInfo`) as Nilvera's model writes it."""

from app.documents.internet_sale import sale_of
from app.domain.commands import DocumentOrder
from app.domain.parties import Carrier
from providers.exact_json import JsonValue


def sale(order: DocumentOrder, carriers: tuple[Carrier, ...]) -> dict[str, JsonValue] | None:
    """The block, or None for an order from no website. The order must be free of `sale_faults`."""
    told = sale_of(order, carriers)
    if told is None:
        return None
    return {
        "WebSite": told.web_site,
        "PaymentMethod": told.payment_method.value,
        "PaymentMethodName": told.payment_method_name,
        "PaymentDate": told.payment_date.isoformat() if told.payment_date else None,
        "TransporterName": told.transporter_name,
        "TransporterRegisterNumber": told.transporter_register_number,
        "TransportDate": told.transport_date.isoformat() if told.transport_date else None,
    }
