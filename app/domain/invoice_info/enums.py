"""The model's enumerations. Each value has a name and a number; either is read, and either can be written."""

from collections.abc import Callable
from enum import Enum, StrEnum
from typing import Annotated, TypeVar

from pydantic import BeforeValidator, PlainSerializer, SerializationInfo
from pydantic_core import PydanticCustomError

E = TypeVar("E", bound=Enum)


class InvoiceType(Enum):
    """What kind of invoice it is; the names are UBL-TR's `InvoiceTypeCode`."""

    SATIS = 0  # a sale
    IADE = 1  # a return
    ISTISNA = 2  # exempt from VAT
    TEVKIFAT = 3  # the buyer withholds VAT
    IHRACKAYITLI = 4  # sold to be exported
    IPTAL = 5  # in the model's list, and not a type of UBL-TR
    OZELMATRAH = 6  # VAT on a special base
    SGK = 7  # to the social security institution
    TEVKIFATIADE = 8  # the return of one with withholding
    KOMISYONCU = 9  # by a commission agent
    HKSSATIS = 10  # a market hall's sale
    HKSKOMISYONCU = 11  # a market hall's commission agent
    KONAKLAMAVERGISI = 12  # with accommodation tax


class Platform(Enum):
    """Where the sale was made."""

    NORMAL = 0
    INTERNET = 1


class Sending(Enum):
    """How the buyer gets the invoice: on paper or electronically. There is no value 0."""

    KAGIT = 1
    ELEKTRONIK = 2


class EnumsAs(StrEnum):
    """How enumerations are written."""

    NAME = "name"
    NUMBER = "number"


def _reader(kind: type[E]) -> Callable[[object], E]:
    allowed = ", ".join(f"{each.name} ({each.value})" for each in kind)

    def read(value: object) -> E:
        for each in kind:
            # `True` is an integer to Python, and no invoice type.
            if value is each or value == each.name or (type(value) is int and value == each.value):
                return each
        raise PydanticCustomError("NOT_ALLOWED", "should be one of {allowed}, by name or number", {"allowed": allowed})

    return read


def _written(value: Enum | None, info: SerializationInfo) -> str | int | None:
    if value is None:
        return None
    return int(value.value) if info.context is EnumsAs.NUMBER else value.name


InvoiceTypeField = Annotated[InvoiceType, BeforeValidator(_reader(InvoiceType)), PlainSerializer(_written)]
PlatformField = Annotated[Platform, BeforeValidator(_reader(Platform)), PlainSerializer(_written)]
SendingField = Annotated[Sending, BeforeValidator(_reader(Sending)), PlainSerializer(_written)]
