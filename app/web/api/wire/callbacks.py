"""Notification callbacks: webhooks, in the interface's words."""

from typing import Annotated

from pydantic import Field

from app.store import DeliveryState
from app.web.api.wire.lists import USUAL_ROWS, Limit
from app.web.api.wire.model import Note, WireModel

Url = Annotated[str, Field(min_length=1, max_length=2048, examples=["https://shop.example/hooks/invoices"])]
EventType = Annotated[str, Field(min_length=1, max_length=64, examples=["document.issued"])]
Description = Annotated[str, Field(min_length=1, max_length=255)]
BusinessCode = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,32}$")]


class RegisterCallback(WireModel):
    """An address that is told of events. Without types, of all; `businessCode` where the key is for several."""

    callback_url: Url
    notification_types: list[EventType] = Field(default_factory=list, max_length=50)
    description: Description | None = None
    business_code: BusinessCode | None = None


class Callback(WireModel):
    """A registered address. `state`: ACTIVE or PAUSED; `waiting`: events that it has not accepted yet."""

    id: str
    callback_url: str
    notification_types: list[str]
    description: str | None = None
    business_code: str
    state: str
    paused_reason: str | None = None
    failing_since: str | None = None
    succeeded_at: str | None = None
    created_at: str
    waiting: int


class CallbackWithSecret(Callback):
    """The same with the secret that signs from now on. It is shown this once."""

    secret: str


class Callbacks(WireModel):
    """All of the key's businesses."""

    rows: list[Callback]


class PauseCallback(WireModel):
    """Why, for the log."""

    reason: Note | None = None


class Nothing(WireModel):
    """Nothing to say."""


class CallbackDelivery(WireModel):
    """One event for one address. `state`: WAITING, DELIVERED or GIVEN_UP; `due`: its next attempt."""

    id: int
    event_id: str
    type: str
    about: str
    state: str
    attempts: int
    due: str | None = None
    created_at: str
    last_at: str | None = None
    last_status: int | None = None
    last_answer: str | None = None
    asked_by: str | None = None


class CallbackDeliveries(WireModel):
    """The latest first. `next`: `before` of the next page."""

    rows: list[CallbackDelivery]
    next: int | None = None


class DeliveriesQuery(WireModel):
    """Which of them."""

    limit: Limit = USUAL_ROWS
    before: Annotated[str, Field(pattern=r"^[0-9]{1,18}$")] | None = None
    state: DeliveryState | None = None


class Removed(WireModel):
    """The address that is no longer called."""

    id: str
