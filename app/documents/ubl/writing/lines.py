"""One line of an invoice."""

from typing import Final

from lxml import etree

from app.documents.model.lines import InvoiceLine
from app.documents.safe_input.tree import CBC, Element
from app.documents.ubl.dialect import TaxTotalAs
from app.documents.ubl.writing.elements import aggregate, identified, leaf, money, optional, plain
from app.documents.ubl.writing.parties import write_address
from app.documents.ubl.writing.taxes import write_allowances, write_taxes
from app.domain.invoice_details import Delivery, Goods
from app.domain.parties import Address

# The schema wants ids that nothing refers to; the samples leave them empty.
_NO_ID: Final = ""


def write_line(root: Element, index: int, line: InvoiceLine, currency: str, *, seat: Address, tax: TaxTotalAs) -> None:
    """`seat` is the seller's address, which is where the schema wants one of a licence's issuer."""
    written = aggregate(root, "InvoiceLine")
    leaf(written, "ID", str(index))
    optional(written, "Note", line.note)
    quantity = etree.SubElement(written, CBC + "InvoicedQuantity")
    quantity.set("unitCode", line.unit)
    quantity.text = plain(line.quantity)
    money(written, "LineExtensionAmount", line.base, currency)
    if line.line_reference is not None:
        leaf(aggregate(written, "OrderLineReference"), "LineID", line.line_reference)
    if line.delivery is not None:
        _delivery(written, line.delivery, seat)
    write_allowances(written, line.allowances, currency)
    write_taxes(written, line.taxes, line.withholdings, currency, tax)
    _item(written, line)
    money(aggregate(written, "Price"), "PriceAmount", line.unit_price, currency)


def _delivery(line: Element, delivery: Delivery, seat: Address) -> None:
    written = aggregate(line, "Delivery")
    if delivery.address is not None:
        write_address(written, delivery.address, "DeliveryAddress")
    if delivery.incoterms is not None:
        identified(aggregate(written, "DeliveryTerms"), "INCOTERMS", delivery.incoterms)
    if delivery.customs_id is None and delivery.transport_mode is None and delivery.licence_line is None:
        return
    shipment = aggregate(written, "Shipment")
    leaf(shipment, "ID", _NO_ID)
    if delivery.customs_id is not None:
        leaf(aggregate(shipment, "GoodsItem"), "RequiredCustomsID", delivery.customs_id)
    if delivery.transport_mode is not None:
        leaf(aggregate(shipment, "ShipmentStage"), "TransportModeCode", delivery.transport_mode)
    if delivery.licence_line is not None:
        declaration = aggregate(aggregate(shipment, "TransportHandlingUnit"), "CustomsDeclaration")
        leaf(declaration, "ID", _NO_ID)
        issuer = aggregate(declaration, "IssuerParty")
        identified(aggregate(issuer, "PartyIdentification"), "ALICIDIBSATIRKOD", delivery.licence_line)
        write_address(issuer, seat)


def _item(line: Element, sold: InvoiceLine) -> None:
    item, goods = aggregate(line, "Item"), sold.goods or Goods()
    leaf(item, "Name", sold.name)
    optional(item, "ModelName", goods.model_name)
    if sold.sku is not None:
        leaf(aggregate(item, "SellersItemIdentification"), "ID", sold.sku)
    for mark in sold.marks:
        identified(aggregate(item, "AdditionalItemIdentification"), mark.scheme, mark.value)
    if goods.classification is not None:
        leaf(aggregate(item, "CommodityClassification"), "ItemClassificationCode", goods.classification)
    if goods.trace_id is not None or goods.serial_id is not None:
        instance = aggregate(item, "ItemInstance")
        optional(instance, "ProductTraceID", goods.trace_id)
        optional(instance, "SerialID", goods.serial_id)
