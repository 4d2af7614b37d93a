"""What `orders import` and `orders produce` share: a bar while events are sent, and the sentence after it."""

import sys
from collections.abc import Iterable, Sequence

import typer
from rich.console import Console
from rich.progress import track

from app.domain.identity import BUSINESS_PATTERN
from app.domain.orders import OrderEvent
from app.operations.context import topics


def business_code(text: str) -> str:
    """The code as it was typed. Raises typer.BadParameter for what cannot be one."""
    if not BUSINESS_PATTERN.fullmatch(text):
        raise typer.BadParameter(f"{text!r}: a business code has 1 to 32 letters, digits, - or _.")
    return text


def with_a_bar(events: Sequence[OrderEvent]) -> Iterable[OrderEvent]:
    """The events; a bar on standard error shows how many have been taken, where that is a terminal."""
    return track(events, "Sending", console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty())


def sent_sentence(*, events: int, sent: int, dry_run: bool) -> str:
    """What was sent of so many events."""
    if dry_run:
        return f"{events} events; nothing was sent (dry run)."
    return f"{sent} of {events} events are on {topics().orders}, each confirmed by Kafka."
