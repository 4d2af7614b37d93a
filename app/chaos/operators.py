"""People at work during a run: they approve what waits for it, and cancel lines whose invoice is on its way."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from typing import Final

from app.domain.documents import Attention, DocumentState, DocumentStatus
from app.domain.orders import DocumentApproved, LinesCancelled, OrderEvent, SubmittedBody

# Every event that a person submits carries this name; upstream's own events carry none.
ACTOR: Final = "chaos"
# Of a hundred documents that have just gone out, and of those whose answer is unknown, so many lose a line.
WITHDRAWN_PERCENT: Final = 4
WITHDRAWN_IN_DOUBT_PERCENT: Final = 25
# A person thinks before they approve; a cancellation must come while the command is on its way.
LONGEST_THOUGHT_SECONDS: Final = 3.0


@dataclass(slots=True, kw_only=True)
class Operators:
    """`hear` may be called from another thread than `act`. What a person does hangs on seed and document alone."""

    seed: int
    send: Callable[[OrderEvent], None]
    _heard: deque[DocumentStatus] = field(default_factory=deque)
    _plans: list[tuple[float, DocumentStatus, SubmittedBody]] = field(default_factory=list)
    _known: set[tuple[str, str]] = field(default_factory=set)

    def hear(self, status: DocumentStatus) -> None:
        """Takes note of a status event."""
        self._heard.append(status)

    def act(self) -> None:
        """Does what is due."""
        while self._heard:
            self._consider(self._heard.popleft())
        now = time.monotonic()
        due = [plan for plan in self._plans if plan[0] <= now]
        self._plans = [plan for plan in self._plans if plan[0] > now]
        for _, status, body in due:
            self.send(_event(status, body))

    @property
    def idle(self) -> bool:
        """Nobody has anything left to do."""
        return not (self._heard or self._plans)

    def _consider(self, status: DocumentStatus) -> None:
        """Each document is thought about once for each thing that can be done with it."""
        chance = Random(f"{self.seed}/{status.document_id}/{status.attention}")  # noqa: S311 - repeatable, not secret
        body: SubmittedBody | None = None
        if status.attention is Attention.AWAITING_APPROVAL:
            body = DocumentApproved(document_id=status.document_id)
        elif chance.randrange(100) < _chance_of_withdrawal(status):
            body = LinesCancelled(line_references=(chance.choice(status.lines),))
        if body is not None and (status.document_id, body.type) not in self._known:
            self._known.add((status.document_id, body.type))
            thought = chance.uniform(0, LONGEST_THOUGHT_SECONDS) if isinstance(body, DocumentApproved) else 0.0
            self._plans.append((time.monotonic() + thought, status, body))


def _chance_of_withdrawal(status: DocumentStatus) -> int:
    """Percent; only while the document can still be withdrawn."""
    if status.state is not DocumentState.PLANNED:
        return 0
    return {None: WITHDRAWN_PERCENT, Attention.UNCERTAIN: WITHDRAWN_IN_DOUBT_PERCENT}.get(status.attention, 0)


def _event(status: DocumentStatus, body: SubmittedBody) -> OrderEvent:
    return OrderEvent(
        business=status.business,
        order_reference=status.order_reference,
        body=body,
        occurred_at=datetime.now(UTC),
        actor=ACTOR,
    )
