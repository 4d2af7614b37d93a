"""What is known of a document when it is to be made, and when it is there; and what keeps one from being made."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from app.domain.commands import DocumentOrder, InvoiceCommand
from app.domain.documents import DocumentType
from app.domain.errors import FieldError
from app.domain.text import STRICT
from app.domain.time import legal_date
from providers.base.capabilities import Capabilities, Step
from providers.base.outcomes import Done


@dataclass(frozen=True, slots=True, kw_only=True)
class BuyerKey:
    """Whose contact a document is made out to: one contact of one `identity` is looked for and made at a time.

    `details`: another value for any other name, number, address or e-mail of the same buyer. Both are hashes.
    """

    __pydantic_config__ = STRICT

    identity: str
    details: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """What is fixed before the first attempt and used by every further one: the document as it will be asked for.

    `request` is the exact body of the legal step. `reference` is our name for the document at the provider. `number` is
    its legal number where we or the order give it, `taxpayer` the tax number under which it was counted. `brought`: its
    ETTN and number that are the order's own, and must be no other document's. `awaits_answer`: its buyer may refuse it,
    and the provider shows the answer. `buyer`: whose contact it needs, where a step makes one. `payable`: what the
    buyer has to pay, in the document's currency; a provider that has computed another sum makes no legal document.
    `is_draft`: INVOICE makes a draft of it, which APPROVAL sends off.
    """

    __pydantic_config__ = STRICT

    reference: str
    document_type: DocumentType
    issued_at: datetime
    request: str
    revision: int = 0
    number: str | None = None
    taxpayer: str | None = None
    awaits_answer: bool = False
    brought: tuple[str, ...] = ()
    buyer: BuyerKey | None = None
    payable: Decimal | None = None
    is_draft: bool = False


@dataclass(frozen=True, slots=True)
class StepInput:
    """What one step works with: the document as it was fixed, and what the steps before it have made.

    `made`: the answer of each earlier step, as the journal has it: the provider's names for a contact or an invoice.
    `known`: where the provider is asked by list, its names of what looks like this document and was there before.
    """

    step: Step
    prepared: Prepared
    made: Mapping[Step, Done] = field(default_factory=dict)
    known: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """A document that is at the provider, as far as it is still known here: what was sent for it is forgotten.

    `reference` is our name for it, `provider_reference` the provider's.
    """

    reference: str
    document_type: DocumentType
    provider_reference: str | None = None
    ettn: str | None = None
    number: str | None = None
    issue_date: date | None = None


class UnpreparableError(Exception):
    """The order cannot become this provider's document; carries every reason. Nothing was sent."""

    def __init__(self, errors: tuple[FieldError, ...]) -> None:
        super().__init__("; ".join(f"{e.path}: {e.message}" for e in errors))
        self.errors = errors


class DatedTooEarlyError(UnpreparableError):
    """The document would be older than the command for it: the clock is wrong, and nothing is wrong with the order."""


# The command's time is the broker's, and two good clocks differ by far less.
MOST_BEHIND: Final = timedelta(minutes=1)


def _is_too_early(issued_at: datetime, asked_at: datetime) -> bool:
    """On a day before it was asked for, or by a clock that is wrong."""
    return asked_at - issued_at > MOST_BEHIND or legal_date(issued_at) < legal_date(asked_at)


def order_of(command: InvoiceCommand, issued_at: datetime) -> DocumentOrder:
    """The order that is to be made into a document of this moment: where every adapter begins.

    A day that the order gives itself is bounded by its business's policy alone. Raises DatedTooEarlyError, and
    ValueError for a command that carries no order.
    """
    if command.order is None:
        raise ValueError(f"command {command.command_id} carries no order")
    if command.order.invoice_info is not None and command.order.invoice_info.issue_date is not None:
        return command.order
    if _is_too_early(issued_at, command.occurred_at):
        dated, asked = (f"{moment:%Y-%m-%d %H:%M:%S %Z}" for moment in (issued_at, command.occurred_at))
        message = f"it would be dated {dated}, and was asked for at {asked}"
        raise DatedTooEarlyError((FieldError(path="$", code="DATED_TOO_EARLY", message=message),))
    return command.order


def reference_of(document_id: str, ettn: str | None, capabilities: Capabilities) -> str:
    """Our name for a document at its provider: its ETTN where that is ours to give, else the document id."""
    return ettn.lower() if ettn and capabilities.takes_ettn else document_id
