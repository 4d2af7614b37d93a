"""The file, line by line: what each has, or why it cannot be read.

It is published in two dialects: semicolons, decimal commas and `d/m/yyyy HH:MM`; or commas, decimal points and
`m/d/yyyy HH:MM` (`yyyy-mm-dd HH:MM:SS` where a tool has written it again). Times are London's; a byte order mark may
be before either. Each physical line is read by itself, so that a stray quotation mark costs one line and not the
rest of the file.
"""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from app.domain.text import printable
from app.sources.errors import SourceError
from app.sources.online_retail.summary import RefusalReason, RefusedLine

COLUMNS: Final = (
    "InvoiceNo",
    "StockCode",
    "Description",
    "Quantity",
    "InvoiceDate",
    "UnitPrice",
    "CustomerID",
    "Country",
)
LONDON: Final = ZoneInfo("Europe/London")
FIRST_LINE: Final = 2
# The shop's data lies in 2009 to 2011; a year outside is a misread date, and far ones overflow in other time zones.
YEARS: Final = range(2000, 2100)
INVOICE: Final = re.compile(r"[A-Z]?[0-9]{1,20}")
# Digits only: the number goes into the order's note, where no name may slip in.
CUSTOMER: Final = re.compile(r"([0-9]{0,10})(\.0)?")  # tools that take it for a number write 17850.0
LONGEST_STOCK_CODE: Final = 64
LONGEST_DESCRIPTION: Final = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvDialect:
    """How one dialect of the file is written. `number` has the bounds of the domain's Amount and Quantity."""

    separator: str
    number: re.Pattern[str]
    moments: tuple[str, ...]

    @property
    def header(self) -> str:
        """The first line."""
        return self.separator.join(COLUMNS)


DIALECTS: Final = (
    CsvDialect(separator=";", number=re.compile(r"-?[0-9]{1,12}(,[0-9]{1,8})?"), moments=("%d/%m/%Y %H:%M",)),
    CsvDialect(
        separator=",",
        number=re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,8})?"),
        moments=("%m/%d/%Y %H:%M", "%Y-%m-%d %H:%M:%S"),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RetailLine:
    """One readable line. `position` counts the lines of its invoice from 1, refused ones too, wherever they are."""

    line_number: int
    invoice: str
    position: int
    stock_code: str
    description: str
    quantity: Decimal
    moment: datetime
    unit_price: Decimal
    customer: str | None

    @property
    def cancels(self) -> bool:
        """It belongs to a cancellation, not to an order."""
        return self.invoice.startswith("C")

    def refused(self, reason: RefusalReason, detail: str | None = None) -> RefusedLine:
        """The line as the summary has it."""
        return RefusedLine(
            line_number=self.line_number,
            invoice=self.invoice,
            stock_code=self.stock_code,
            reason=reason,
            detail=detail,
        )


def read_lines(source: Iterable[str]) -> Iterator[RetailLine | RefusedLine]:
    """Gives each line of the file after its header: read, or refused.

    Raises SourceError when the header is neither dialect's.
    """
    numbered = enumerate(source, start=1)
    _, header = next(numbered, (1, ""))
    dialect = _dialect_of(header)
    positions: Counter[str] = Counter()
    for line_number, raw in numbered:
        text = raw.rstrip("\r\n")
        if not text:
            continue
        # Counted before the line is understood: repairing one line must not move the references of its neighbours.
        invoice = _cell(text, 0, dialect)
        positions[invoice] += 1
        try:
            yield _read(text, line_number, positions[invoice], dialect)
        except (ValueError, csv.Error) as error:
            yield RefusedLine(
                line_number=line_number,
                invoice=invoice[:LONGEST_STOCK_CODE],
                stock_code=_cell(text, 1, dialect)[:LONGEST_STOCK_CODE],
                reason=RefusalReason.UNREADABLE_LINE,
                detail=str(error),
            )


def _dialect_of(header: str) -> CsvDialect:
    written = header.removeprefix("\ufeff").rstrip("\r\n")
    for dialect in DIALECTS:
        if tuple(cell.strip() for cell in written.split(dialect.separator)) == COLUMNS:
            return dialect
    raise SourceError(
        f"This is not an Online Retail file: its first line must be {DIALECTS[0].header}, or with commas."
    )


def _cell(text: str, index: int, dialect: CsvDialect) -> str:
    """A cell of a line that may be unreadable."""
    cells = text.split(dialect.separator, maxsplit=index + 1)
    return cells[index].strip() if index < len(cells) else ""


def _read(text: str, line_number: int, position: int, dialect: CsvDialect) -> RetailLine:
    if "\N{REPLACEMENT CHARACTER}" in text:
        raise ValueError("is not UTF-8")
    (cells,) = csv.reader([printable(text)], delimiter=dialect.separator, strict=True)
    if len(cells) != len(COLUMNS):
        raise ValueError(f"has {len(cells)} columns instead of {len(COLUMNS)}")
    invoice, stock_code, description, quantity, moment, unit_price, customer, _ = (cell.strip() for cell in cells)
    return RetailLine(
        line_number=line_number,
        invoice=_matching(INVOICE, invoice, "InvoiceNo"),
        position=position,
        stock_code=_bounded(stock_code, 1, LONGEST_STOCK_CODE, "StockCode"),
        description=_bounded(description, 0, LONGEST_DESCRIPTION, "Description"),
        quantity=_number(quantity, "Quantity", dialect),
        moment=_moment(moment, dialect),
        unit_price=_number(unit_price, "UnitPrice", dialect),
        customer=_matching(CUSTOMER, customer, "CustomerID").removesuffix(".0") or None,
    )


def _matching(pattern: re.Pattern[str], text: str, column: str) -> str:
    if not pattern.fullmatch(text):
        raise ValueError(f"{column} is unreadable")
    return text


def _bounded(text: str, least: int, most: int, column: str) -> str:
    if not least <= len(text) <= most:
        raise ValueError(f"{column} must have {least} to {most} characters")
    return text


def _number(text: str, column: str, dialect: CsvDialect) -> Decimal:
    return Decimal(_matching(dialect.number, text, column).replace(",", "."))


def _moment(text: str, dialect: CsvDialect) -> datetime:
    moment = next(filter(None, (_moment_as(text, each) for each in dialect.moments)), None)
    if moment is None:
        raise ValueError("InvoiceDate is no date")
    if moment.year not in YEARS:
        raise ValueError(f"InvoiceDate lies outside {YEARS.start} to {YEARS.stop - 1}")
    return moment


def _moment_as(text: str, written: str) -> datetime | None:
    try:
        return datetime.strptime(text, written).replace(tzinfo=LONDON)
    except ValueError:
        return None
