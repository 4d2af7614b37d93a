"""What both faces of the simulated service have: a call that was read from a request, and the answers to it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from aiohttp import web

from providers.hepsiburada_efaturam.simulator.invoices import Sent


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One call. `parameters` have their names in small letters.

    `references`: the callers' own for the documents that it sends. `invoices`: these documents; raises UnreadableError.
    """

    action: str
    parameters: Mapping[str, Any]
    references: list[str]
    invoices: Callable[[], list[Sent]]


class Face(Protocol):
    """How answers are written."""

    def succeeded(self, value: Any) -> web.Response:
        """The answer with what the action gives."""

    def failed(self, message: str, status: int = 200) -> web.Response:
        """The service's own no, mostly with 200."""

    def cut(self) -> web.Response:
        """The beginning of an answer, as it comes when the rest is lost."""
