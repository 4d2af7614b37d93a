"""What a business has decided about its invoices; intake stamps it onto every event."""

from dataclasses import replace
from datetime import date
from enum import StrEnum
from typing import Annotated, Final

from pydantic import Field

from app.domain.record import record
from app.domain.text import STRICT, Code

# A newer writer's log must never be folded by an older planner: see planning.fold.
RULES_VERSION: Final = 2
# What a record without a version was written under.
FIRST_RULES_VERSION: Final = 1
# Order events overtake each other by minutes, seldom by hours; a day later a person should look.
DEFAULT_HOLD_MINUTES: Final = 24 * 60
# A document without news for an hour is a question for a person, whatever is slow.
DEFAULT_OVERDUE_MINUTES: Final = 60
# A document is issued today; what an order may date further back is its owner's to say.
DEFAULT_ISSUE_DATE_DAYS_BACK: Final = 0
# A person signs once a day at the least, and an invoice is late seven days after its goods have left.
DEFAULT_SIGNATURE_MINUTES: Final = 24 * 60

# A shop has a dozen words for where an order is; a policy is on every event.
MOST_STATUSES: Final = 20

# Lines that are neither invoiced nor cancelled for so long were forgotten by someone.
DEFAULT_OPEN_LINES_DAYS: Final = 3
# VUK 231/5: within seven days of delivery. TTK 21/2: eight days to object to an invoice.
DEFAULT_ISSUE_WITHIN_DAYS: Final = 7
DEFAULT_OBJECT_WITHIN_DAYS: Final = 8
# Before such a time is over, a person still has a working day.
DEFAULT_WARN_DAYS: Final = 2


class Trigger(StrEnum):
    """What plans a document. An explicit `InvoiceRequested` counts under each of them.

    STATUS: an `OrderStatusChanged` with one of the policy's `trigger_statuses`.
    """

    ORDER_PLACED = "ORDER_PLACED"
    SHIPMENT = "SHIPMENT"
    STATUS = "STATUS"
    MANUAL = "MANUAL"


class Mode(StrEnum):
    """Who issues a business's invoices: we, or the merchant, whose numbers are registered here and sent nowhere."""

    MANAGED = "MANAGED"
    EXTERNAL = "EXTERNAL"


class NumberRule(StrEnum):
    """What a number of the merchant's own must be: three characters, the year and nine digits, or any reference."""

    TR = "tr"
    ANY = "any"


class Returns(StrEnum):
    """Whether a return becomes a return invoice (IADE) here, or is registered only: its document is made elsewhere."""

    IADE_DOCUMENT = "IADE_DOCUMENT"
    REGISTER_ONLY = "REGISTER_ONLY"


class Goodwill(StrEnum):
    """Whether a goodwill becomes a document over the difference in price here, or is for the books alone."""

    PRICE_DIFFERENCE_DOCUMENT = "PRICE_DIFFERENCE_DOCUMENT"
    BOOKS_ONLY = "BOOKS_ONLY"


class RateSource(StrEnum):
    """Where the rate of an order in another currency comes from, when the order has none: nowhere, or the bank."""

    GIVEN = "GIVEN"
    CENTRAL_BANK = "CENTRAL_BANK"


class RateKind(StrEnum):
    """The central bank's four rates of a currency."""

    FOREX_BUYING = "FOREX_BUYING"
    FOREX_SELLING = "FOREX_SELLING"
    BANKNOTE_BUYING = "BANKNOTE_BUYING"
    BANKNOTE_SELLING = "BANKNOTE_SELLING"


class DocumentTypeChoice(StrEnum):
    """AUTO: e-Fatura when the buyer is a registered taxpayer, else e-Arşiv."""

    AUTO = "AUTO"
    EARSIV = "EARSIV"
    EFATURA = "EFATURA"


# As in the registry, in topics' names and in configuration files.
ProviderName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{1,31}$")]
# The provider of documents that the merchant issues himself: it has no adapter and no connection.
EXTERNAL: Final = "external"
# A business's own name for one login at a provider; one that was given no name has its provider's.
CONNECTION_PATTERN: Final = r"^[a-z][a-z0-9_-]{1,31}$"
ConnectionName = Annotated[str, Field(pattern=CONNECTION_PATTERN)]
Days = Annotated[int, Field(ge=0, le=366)]
SeriesName = Annotated[str, Field(pattern=r"^[A-Z0-9]{3}$")]


@record
class Policy:
    """One business's decisions, as they were when the event was taken in.

    `connection`: the business's login at `provider`; None: the one that has its provider's name. `sign_through`: the
    connection at which a document is issued instead of waiting for a signature; `sign_through_provider`: where that
    is, where it has not its provider's name. `returns_earsiv`, `returns_efatura`: by the type of the document that had
    the lines. `draft_first`: no document becomes legal before a person has approved it.
    """

    __pydantic_config__ = STRICT

    provider: ProviderName
    connection: ConnectionName | None = None
    mode: Mode = Mode.MANAGED
    invoice_number_rule: NumberRule = NumberRule.TR
    trigger: Trigger = Trigger.SHIPMENT
    draft_first: bool = False
    trigger_statuses: Annotated[tuple[Code, ...], Field(max_length=MOST_STATUSES)] = ()
    active_from: date | None = None
    document_type: DocumentTypeChoice = DocumentTypeChoice.AUTO
    earsiv_series: SeriesName | None = None
    efatura_series: SeriesName | None = None
    efatura_profile: Annotated[str, Field(pattern=r"^(TEMELFATURA|TICARIFATURA)$")] = "TEMELFATURA"
    hold_minutes: Annotated[int, Field(ge=1, le=60 * 24 * 60)] = DEFAULT_HOLD_MINUTES
    overdue_minutes: Annotated[int, Field(ge=1, le=60 * 24 * 60)] = DEFAULT_OVERDUE_MINUTES
    signature_minutes: Annotated[int, Field(ge=1, le=60 * 24 * 60)] = DEFAULT_SIGNATURE_MINUTES
    sign_through: ConnectionName | None = None
    sign_through_provider: ProviderName | None = None
    issue_date_days_back: Days = DEFAULT_ISSUE_DATE_DAYS_BACK
    exchange_rate: RateSource = RateSource.GIVEN
    exchange_rate_kind: RateKind = RateKind.FOREX_BUYING
    open_lines_days: Days = DEFAULT_OPEN_LINES_DAYS
    issue_within_days: Days = DEFAULT_ISSUE_WITHIN_DAYS
    object_within_days: Days = DEFAULT_OBJECT_WITHIN_DAYS
    warn_days: Days = DEFAULT_WARN_DAYS
    returns_earsiv: Returns = Returns.REGISTER_ONLY
    returns_efatura: Returns = Returns.REGISTER_ONLY
    goodwill: Goodwill = Goodwill.BOOKS_ONLY

    @property
    def as_external(self) -> "Policy":
        """The same decisions, for documents that the merchant issues himself."""
        return self.at(EXTERNAL, EXTERNAL)

    @property
    def connection_name(self) -> ConnectionName:
        """The connection at which documents are issued."""
        return self.connection or self.provider

    def registers_only(self, order_date: date) -> bool:
        """Whether an order of this day is registered and not issued: it is from before the business came to us."""
        return self.active_from is not None and order_date < self.active_from

    @property
    def signing_provider(self) -> ProviderName | None:
        """The provider of `sign_through`."""
        return self.sign_through_provider or self.sign_through

    def at(self, connection: ConnectionName, provider: ProviderName) -> "Policy":
        """The same decisions, for documents of another connection."""
        name = None if connection == provider else connection
        return replace(self, provider=provider, connection=name)
