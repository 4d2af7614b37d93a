"""An invoice out of a JSON file: what cannot be read, then what cannot be calculated, each in one list."""

from collections.abc import Callable, Iterator
from decimal import Decimal, localcontext
from functools import cache
from typing import Final

from pydantic import TypeAdapter, ValidationError

from app.documents.codelists import codes
from app.documents.from_json.input_model import AllowanceEntry, InvoiceEntry, LineEntry, TaxEntry
from app.documents.model.taxes import VAT
from app.documents.safe_input.json import JsonRefused, bounded, parsed
from app.domain.errors import FieldError
from app.domain.field_errors import field_errors

# GİB bounds an amount to fifteen digits before the point.
LARGEST: Final = Decimal(10) ** 15
# A product of quantity and price is exact with so many digits.
_PRECISION: Final = 60


def read(raw: bytes) -> InvoiceEntry:
    """The invoice in the file, fit to be calculated. Raises JsonRefused with every reason."""
    inside = bounded(parsed(raw))
    if not isinstance(inside, dict):
        raise JsonRefused.at((), "WRONG_TYPE", "should be an object")
    try:
        entry = _adapter().validate_python(inside)
    except ValidationError as error:
        errors = field_errors(error)
    else:
        with localcontext(prec=_PRECISION):
            errors = tuple(fault for rule in RULES for fault in rule(entry))
        if not errors:
            return entry
    raise JsonRefused(errors)  # outside: an exception beside it would carry the content into a traceback


@cache
def _adapter() -> TypeAdapter[InvoiceEntry]:
    """Made when it is first needed: every command would pay for it otherwise."""
    return TypeAdapter(InvoiceEntry)


def line_amounts(entry: InvoiceEntry) -> Iterator[FieldError]:
    """Quantity x price has a bound, and an allowance is an amount or a percentage."""
    for path, line in _lines(entry):
        if line.quantity * line.unit_price >= LARGEST:
            yield FieldError(path=f"{path}.quantity", code="AMOUNT_TOO_LARGE", message="times the price is too much")
        for index, each in enumerate(line.allowances):
            yield from _allowance(each, f"{path}.allowances[{index}]")


def _allowance(entry: AllowanceEntry, path: str) -> Iterator[FieldError]:
    if (entry.amount is None) == (entry.percent is None):
        yield FieldError(path=path, code="AMOUNT_OR_PERCENT", message="has an amount or a percentage, not both")


def line_taxes(entry: InvoiceEntry) -> Iterator[FieldError]:
    """A tax has a rate or an amount per unit; a line has VAT, and once."""
    for path, line in _lines(entry):
        if sum(each.code == VAT for each in line.taxes) != 1:
            message = f"have tax {VAT} (VAT) exactly once, if need be with the rate 0 and its reason"
            yield FieldError(path=f"{path}.taxes", code="VAT_ONCE", message=message)
        for index, each in enumerate(line.taxes):
            yield from _tax(each, f"{path}.taxes[{index}]")


def _tax(entry: TaxEntry, path: str) -> Iterator[FieldError]:
    if (entry.rate is None) == (entry.per_unit is None):
        yield FieldError(path=path, code="RATE_OR_PER_UNIT", message="has a rate or an amount per unit, not both")
    if entry.exemption_text is not None and entry.exemption_code is None:
        yield FieldError(path=f"{path}.exemption_code", code="REQUIRED", message="is missing beside its text")


def withholdings(entry: InvoiceEntry) -> Iterator[FieldError]:
    """A kind of withholding is GİB's, and its rate one of those that GİB takes."""
    for path, line in _lines(entry):
        if line.withholding is None:
            continue
        known = codes("withholding_codes").get(line.withholding.code)
        if known is None:
            message = "is no kind of withholding in GİB's list"
            yield FieldError(path=f"{path}.withholding.code", code="WITHHOLDING_CODE_UNKNOWN", message=message)
        elif line.withholding.rate is None and not known["percent_current"]:
            message = "is missing: GİB's list has no present rate of this kind"
            yield FieldError(path=f"{path}.withholding.rate", code="REQUIRED", message=message)


def document_charges(entry: InvoiceEntry) -> Iterator[FieldError]:
    """A charge bears VAT of its own; an allowance takes that of what it lowers."""
    for index, each in enumerate(entry.allowances):
        path = f"$.allowances[{index}].vat_rate"
        if each.is_charge and each.vat_rate is None:
            yield FieldError(path=path, code="REQUIRED", message="is missing: a charge bears VAT of its own")
        if not each.is_charge and each.vat_rate is not None:
            message = "an allowance is spread over the VAT rates of the lines"
            yield FieldError(path=path, code="VAT_RATE_NOT_ALLOWED", message=message)


def _lines(entry: InvoiceEntry) -> Iterator[tuple[str, LineEntry]]:
    return ((f"$.lines[{index}]", line) for index, line in enumerate(entry.lines))


RULES: Final[tuple[Callable[[InvoiceEntry], Iterator[FieldError]], ...]] = (
    line_amounts,
    line_taxes,
    withholdings,
    document_charges,
)
