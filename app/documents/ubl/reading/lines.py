"""One line out of its element."""

from dataclasses import replace

from app.documents.model.lines import InvoiceLine
from app.documents.safe_input.tree import Element, content, leaf, leaves
from app.documents.ubl.reading.elements import amount, code, one, raw, text, unreadable
from app.documents.ubl.reading.parties import read_address
from app.documents.ubl.reading.taxes import read_allowances, read_taxes, read_withholdings
from app.domain.invoice_details import Delivery, Goods, Identification
from app.domain.money import to_kurus


def read_line(element: Element) -> InvoiceLine:
    """Its amount is after its allowances, where it is written before them too: its taxes and the document's show which.

    Raises UnreadableError also where quantity, price and allowances do not come to the line's amount.
    """
    quantity = leaf(element, "InvoicedQuantity")
    line = InvoiceLine(
        name=text(element, "Item/Name"),
        quantity=amount(element, "InvoicedQuantity"),
        unit=quantity.get("unitCode", "") if quantity is not None else "",
        unit_price=amount(element, "Price/PriceAmount"),
        base=amount(element, "LineExtensionAmount"),
        taxes=read_taxes(element),
        line_reference=raw(element, "OrderLineReference/LineID"),
        sku=raw(element, "Item/SellersItemIdentification/ID"),
        note=raw(element, "Note"),
        allowances=read_allowances(element),
        withholdings=read_withholdings(element),
        marks=_marks(element),
        goods=_goods(element),
        delivery=_delivery(element),
    )
    before = to_kurus(line.quantity * line.unit_price)
    after = before - line.allowance + line.charge
    if line.base not in {before, after}:
        message = "quantity x price, with allowances and charges or without, is not LineExtensionAmount"
        raise unreadable(element, "LINE_AMOUNT", message)
    return replace(line, base=after)


def _marks(element: Element) -> tuple[Identification, ...]:
    ids = leaves(element, "Item/AdditionalItemIdentification/ID")
    return tuple(Identification(scheme=each.get("schemeID", ""), value=content(each)) for each in ids)


def _goods(element: Element) -> Goods | None:
    found = Goods(
        model_name=raw(element, "Item/ModelName"),
        classification=code(element, "Item/CommodityClassification/ItemClassificationCode"),
        trace_id=raw(element, "Item/ItemInstance/ProductTraceID"),
        serial_id=raw(element, "Item/ItemInstance/SerialID"),
    )
    return None if found == Goods() else found


def _delivery(element: Element) -> Delivery | None:
    delivery = one(element, "Delivery")
    if delivery is None:
        return None
    address = one(delivery, "DeliveryAddress")
    terms = (each for each in leaves(delivery, "DeliveryTerms/ID") if each.get("schemeID") == "INCOTERMS")
    handling = "Shipment/TransportHandlingUnit/CustomsDeclaration/IssuerParty/PartyIdentification/ID"
    licence = (each for each in leaves(delivery, handling) if each.get("schemeID") == "ALICIDIBSATIRKOD")
    return Delivery(
        address=None if address is None else read_address(address),
        incoterms=next((content(each) for each in terms), None),
        transport_mode=code(delivery, "Shipment/ShipmentStage/TransportModeCode"),
        customs_id=raw(delivery, "Shipment/GoodsItem/RequiredCustomsID"),
        licence_line=next((content(each) for each in licence), None),
    )
