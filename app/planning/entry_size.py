"""How large an order's entry may be, and what it forgets before it outgrows a record. By its state alone.

The same events give the same state, in whatever batches they came.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Final

from app.domain.errors import FieldError
from app.domain.invoice_info import InvoiceInfo
from app.domain.orders import (
    GoodwillGranted,
    InvoiceCorrected,
    InvoiceRequested,
    LinesCancelled,
    LoggedEvent,
    OrderAmended,
    OrderPlaced,
    OrderReturned,
)
from app.planning.order_entries import encode
from app.planning.planned_document import PlannedDocument
from app.planning.state import OrderState

# What one submitted event may let the entry grow to. A record of 1 MiB has room for it, its key and its headers.
MOST_ENTRY_BYTES: Final = 900_000
# What people decide has room beside whatever upstream has sent, and what issuers report beside both; the
# changelog takes 2 MiB.
RESERVED_BYTES: Final = 300_000
# A line or a document with its texts has less than 10 kB: an entry of so few parts need not be measured.
FEW_PARTS: Final = 60
# As many ids of events have the bytes of one such part, or as many of a producer's own fields.
IDS_IN_A_PART: Final = 100
EXTENSIONS_IN_A_PART: Final = 4


# With more files than this an entry would have no room for the order's other events.
MOST_FILE_CHARACTERS: Final = 600_000


class EntryTooLargeError(Exception):
    """The order's state would not fit into a record of its changelog."""


def fitted(state: OrderState, *, most: int = MOST_ENTRY_BYTES) -> OrderState:
    """The state as it can be written: without what can be done without, where it would be larger than `most` bytes.

    Raises EntryTooLargeError when even then it is.
    """
    if is_surely_small(state) or len(encode(state)) <= most:
        return state
    for forget in FORGETTING:
        state = forget(state)
        if len(encode(state)) <= most:
            return state
    raise EntryTooLargeError(f"the order's state would exceed {most} bytes")


def is_surely_small(state: OrderState) -> bool:
    """Whether no texts could make it large: few parts, few of a producer's own, and no InvoiceInfo with its files."""
    parts = len(state.answers) + len(state.lines) + len(state.documents) + len(state.seen) // IDS_IN_A_PART
    if state.placed is not None:
        if has_info(state.placed.body):
            return False
        parts += extension_parts(state.placed)
    for held in state.held:
        if has_info(held.event.body):
            return False
        parts += parts_of(held.event)
    for document in state.documents.values():
        if has_info(document.request):
            return False
        parts += len(document.lines)
    parts += sum(1 + len(credit.lines) for credit in state.credits)
    return parts <= FEW_PARTS


def parts_of(event: LoggedEvent) -> int:
    """What a held event adds to the parts of its order."""
    parts = 1 + extension_parts(event)
    match event.body:
        case OrderPlaced() | OrderAmended() | OrderReturned() | GoodwillGranted() | InvoiceCorrected() as body:
            return parts + len(body.lines)
        case InvoiceRequested() | LinesCancelled() as body:
            return parts + len(body.line_references)
        case _:
            return parts


def extension_parts(event: LoggedEvent) -> int:
    """What a producer's own fields add, those of the event and those of its lines."""
    lines = event.body.lines if isinstance(event.body, OrderPlaced) else ()
    fields = len(event.extensions or ()) + sum(len(line.extensions) for line in lines if line.extensions)
    return -(-fields // EXTENSIONS_IN_A_PART)


def has_info(body: object) -> bool:
    """Whether it carries InvoiceInfo, whose files may be of any size."""
    return isinstance(body, OrderPlaced | InvoiceRequested) and body.invoice_info is not None


def without_answers(state: OrderState) -> OrderState:
    """A repeat is decided anew: it finds its document, or the same error."""
    return replace(state, answers={})


def without_ended_requests(state: OrderState) -> OrderState:
    """No document is made any more from the request of one that has ended."""
    return replace(state, documents={key: without_request(document) for key, document in state.documents.items()})


def without_request(document: PlannedDocument) -> PlannedDocument:
    """The same document, without its request if it has ended and nothing is asked about it."""
    return replace(document, request=None) if document.is_dead and not document.may_live_after_all else document


# In this sequence, until the state fits.
FORGETTING: Final[tuple[Callable[[OrderState], OrderState], ...]] = (without_answers, without_ended_requests)


def file_errors(info: InvoiceInfo, kept: Iterable[LoggedEvent | InvoiceRequested | None]) -> Iterator[FieldError]:
    """Files that would leave no room for the rest of the order. `kept` is what its entry holds already."""
    size = file_characters(info)
    if size and size + sum(map(_files_in, kept)) > MOST_FILE_CHARACTERS:
        message = f"the files of an order's events may have {MOST_FILE_CHARACTERS} characters of base64 together"
        yield FieldError(path="$.body.invoice_info", code="FILES_TOO_LARGE", message=message)


def file_characters(info: InvoiceInfo) -> int:
    """How much of it is base64."""
    documents = (info.order_reference_document, *info.additional_document_references)
    files = [each.attachment.base64_data for each in documents if each and each.attachment]
    return sum(map(len, files)) + len(info.template_base64_string or "")


def _files_in(kept: LoggedEvent | InvoiceRequested | None) -> int:
    body = kept.body if isinstance(kept, LoggedEvent) else kept
    if isinstance(body, OrderPlaced | InvoiceRequested) and body.invoice_info is not None:
        return file_characters(body.invoice_info)
    return 0
