"""What an invoice has beside its prices and its InvoiceInfo: further taxes, withholding, marks, exports, SGK's fields.

The words are UBL-TR's; GİB's codes are checked by `app.documents`.
"""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Final

from pydantic import Field

from app.domain.lexical import NUMBER, Day, Flag
from app.domain.money import Amount, Rate
from app.domain.parties import Address
from app.domain.record import record
from app.domain.text import STRICT, Name

MOST_TAXES: Final = 10
MOST_MARKS: Final = 200
MOST_IDS: Final = 20
NotNegative = Annotated[Amount, Field(ge=0)]
KurusAmount = Annotated[Decimal, Field(ge=0, max_digits=14, decimal_places=2, allow_inf_nan=False), NUMBER]
# GİB's codes of taxes have four digits, those of withholdings and reasons three.
TaxCode = Annotated[str, Field(pattern=r"^[0-9]{4}$")]
ShortCode = Annotated[str, Field(pattern=r"^[0-9]{3}$")]
_TIME: Final = r"^([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]$"
TimeOfDay = Annotated[str, Field(pattern=_TIME)]


class Detail(StrEnum):
    """Each thing that these records may have, by the name of its field: a provider has a place for it, or has not."""

    WITHHOLDING = "withholding"
    TAXES = "taxes"
    SPECIAL_BASE = "special_base"
    MARKS = "marks"
    GOODS = "goods"
    DELIVERY = "delivery"
    ACCOUNTING_COST = "accounting_cost"
    PERIOD = "period"
    SELLER_IDS = "seller_ids"
    BUYER_IDS = "buyer_ids"
    VAT_DEFERRED = "vat_deferred"


@record
class Identification:
    """An id of a scheme of GİB's list: a shipment mark, a number plate, a medicine's number."""

    __pydantic_config__ = STRICT

    scheme: Annotated[str, Field(pattern=r"^[A-Za-z0-9_]{1,32}$")]
    value: Name


@record
class PerUnit:
    """A tax by piece or by measure: so much of the currency for each `unit`."""

    __pydantic_config__ = STRICT

    amount: NotNegative
    unit: Annotated[str, Field(pattern=r"^[A-Z0-9]{2,3}$")] = "C62"


@record
class Delivery:
    """Where a line goes and how, for exports and export-registered sales.

    `customs_id` is the tariff number (GTİP) of twelve characters; `licence_line` the line of the buyer's inward
    processing licence (DİİB) of eleven; `transport_mode` a code of UN/ECE recommendation 19.
    """

    __pydantic_config__ = STRICT

    address: Address | None = None
    incoterms: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] | None = None
    transport_mode: Annotated[str, Field(pattern=r"^[0-9]$")] | None = None
    customs_id: Name | None = None
    licence_line: Name | None = None


@record
class Goods:
    """What some profiles want to know of a line's item. `classification` is that of investments, 01 to 04."""

    __pydantic_config__ = STRICT

    model_name: Name | None = None
    classification: Annotated[str, Field(pattern=r"^[0-9]{2}$")] | None = None
    trace_id: Name | None = None
    serial_id: Name | None = None


@record
class Period:
    """The time that an invoice is for: a stay, a month, a charging of a vehicle."""

    __pydantic_config__ = STRICT

    start_date: Day
    end_date: Day
    start_time: TimeOfDay | None = None
    end_time: TimeOfDay | None = None


@record
class FurtherTax:
    """A tax beside VAT, by a rate in percent or by piece; `exemption_code` is the reason for none."""

    __pydantic_config__ = STRICT

    code: TaxCode
    rate: Rate | None = None
    per_unit: PerUnit | None = None
    exemption_code: ShortCode | None = None


@record
class WithheldVat:
    """The kind of delivery or service (601 to 627, 801 to 825) whose VAT the buyer withholds.

    `rate` is the withheld part in percent; without one it is GİB's present one.
    """

    __pydantic_config__ = STRICT

    code: ShortCode
    rate: Rate | None = None


@record
class LineDetails:
    """What a line of an order has beside its price. `special_base` is the base of its VAT for the whole line."""

    __pydantic_config__ = STRICT

    withholding: WithheldVat | None = None
    taxes: Annotated[tuple[FurtherTax, ...], Field(max_length=MOST_TAXES)] = ()
    special_base: KurusAmount | None = None
    marks: Annotated[tuple[Identification, ...], Field(max_length=MOST_MARKS)] = ()
    goods: Goods | None = None
    delivery: Delivery | None = None


@record
class InvoiceDetails:
    """What an order's documents have beside their InvoiceInfo.

    `accounting_cost` is what an invoice to SGK is for; `vat_deferred`: the VAT of an export-registered sale is not
    part of what is payable.
    """

    __pydantic_config__ = STRICT

    accounting_cost: Name | None = None
    period: Period | None = None
    seller_ids: Annotated[tuple[Identification, ...], Field(max_length=MOST_IDS)] = ()
    buyer_ids: Annotated[tuple[Identification, ...], Field(max_length=MOST_IDS)] = ()
    vat_deferred: Flag = False


def details_in(details: LineDetails | InvoiceDetails) -> tuple[Detail, ...]:
    """Those that are given."""
    named = (each for each in Detail if hasattr(details, each.value))
    return tuple(each for each in named if getattr(details, each.value) not in (None, (), False))
