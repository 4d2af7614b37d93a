"""Which invoice type an order's lines need, and which lines a type needs: each rule once, for planner and documents."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from app.domain.errors import FieldError
from app.domain.invoice_info.enums import InvoiceType
from app.domain.invoice_info.model import InvoiceInfo
from app.domain.orders import LineKind, OrderLine

ACCOMMODATION_TAX: Final = "0059"
# Special consumption tax on petroleum that is withheld: a TEVKIFAT without withheld VAT.
WITHHELD_SCT: Final = "4171"
# The lists of GİB's reasons that go with VAT: by their first figure.
EXPORT_REGISTERED: Final = "7"
SPECIAL_BASE: Final = "8"
REASONS_BESIDE_VAT: Final = (EXPORT_REGISTERED, SPECIAL_BASE)

T = InvoiceType
# What lines need → the types that have it: where none is given, the first one.
HAVING: Final[Mapping[InvoiceType, tuple[InvoiceType, ...]]] = MappingProxyType(
    {
        T.TEVKIFAT: (T.TEVKIFAT, T.TEVKIFATIADE, T.SGK),
        T.OZELMATRAH: (T.OZELMATRAH, T.IADE, T.SGK),
        T.IHRACKAYITLI: (T.IHRACKAYITLI, T.IADE, T.SGK),
        T.KONAKLAMAVERGISI: (T.KONAKLAMAVERGISI, T.ISTISNA, T.IADE),
    }
)
# What a type is not without.
NEEDING: Final[Mapping[InvoiceType, InvoiceType]] = MappingProxyType(
    {
        T.TEVKIFAT: T.TEVKIFAT,
        T.TEVKIFATIADE: T.TEVKIFAT,
        T.OZELMATRAH: T.OZELMATRAH,
        T.IHRACKAYITLI: T.IHRACKAYITLI,
        T.KONAKLAMAVERGISI: T.KONAKLAMAVERGISI,
    }
)
IN_WORDS: Final[Mapping[InvoiceType, str]] = MappingProxyType(
    {
        T.TEVKIFAT: "a line whose VAT is withheld (details.withholding)",
        T.OZELMATRAH: "a line with a reason for its special base, 801 to 812",
        T.IHRACKAYITLI: "a line with an export-registered reason, 701 to 704",
        T.KONAKLAMAVERGISI: "a line with accommodation tax (details.taxes, code 0059)",
    }
)
del T


def needs_of(lines: Sequence[OrderLine], reason: str | None = None) -> frozenset[InvoiceType]:
    """The types by which these lines differ from a plain sale. `reason`: the InvoiceInfo's for lines that have none."""
    return frozenset(need for line in lines if line.kind is not LineKind.DISCOUNT for need in _needs(line, reason))


def type_of(info: InvoiceInfo | None, lines: Sequence[OrderLine]) -> InvoiceType | None:
    """The type that is given, else the one that these lines need; None for a plain sale, or one of several needs."""
    if info is not None and info.invoice_type is not None:
        return info.invoice_type
    needs = needs_of(lines, reason_of(info))
    return next(iter(needs)) if len(needs) == 1 else None


def reason_of(info: InvoiceInfo | None) -> str | None:
    """The reason that it gives for lines that have none."""
    return info.tax_exemption_reason_info.kdv_exemption_reason_code if info and info.tax_exemption_reason_info else None


def _needs(line: OrderLine, reason: str | None) -> Iterator[InvoiceType]:
    details, code = line.details, line.vat_exemption_code or reason or ""
    taxes = {tax.code for tax in details.taxes} if details else set()
    if (details and details.withholding) or WITHHELD_SCT in taxes:
        yield InvoiceType.TEVKIFAT
    if (details and details.special_base is not None) or code.startswith(SPECIAL_BASE):
        yield InvoiceType.OZELMATRAH
    if code.startswith(EXPORT_REGISTERED):
        yield InvoiceType.IHRACKAYITLI
    if ACCOMMODATION_TAX in taxes:
        yield InvoiceType.KONAKLAMAVERGISI


def type_errors(
    kind: InvoiceType | None, lines: Sequence[OrderLine], reason: str | None, path: str
) -> Iterator[FieldError]:
    """What is wrong with this type, or with none, for these lines. `path` is the type's own."""
    needs = needs_of(lines, reason)
    if kind is None:
        if len(needs) > 1:
            message = f"the lines need {' and '.join(sorted(each.name for each in needs))}: a document has one type"
            yield FieldError(path=path, code="INVOICE_TYPE_AMBIGUOUS", message=message)
        return
    yield from missing_needs(kind, needs, path)
    for need in sorted(needs, key=lambda each: each.name):
        if kind not in HAVING[need]:
            message = f"{kind.name} has no {IN_WORDS[need].removeprefix('a ')}: leave the type out, or the field"
            yield FieldError(path=path, code="INVOICE_TYPE_CONTRADICTION", message=message)


def missing_needs(kind: InvoiceType, needs: Collection[InvoiceType], path: str) -> Iterator[FieldError]:
    """What makes this type, and no line has."""
    needed = NEEDING.get(kind)
    if needed is not None and needed not in needs:
        message = f"{kind.name} needs {IN_WORDS[needed]}"
        yield FieldError(path=path, code="INVOICE_TYPE_CONTRADICTION", message=message)
