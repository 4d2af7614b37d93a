"""What the simulated portal is told to do, and what people do there.

    PUT /_simulator/portal
    {"deaths": ["envelope", "page", "list", "right"], "dies_at": {"COMMAND": "page"}, "closed": true,
     "profile": "incomplete", "address": "moves", "faults": ["before", "after"], "total": "0.01",
     "requests": "accepted", "deletes": "fail", "signs": "nothing", "forbidden": ["COMMAND"], "users": "busy",
     "sign": ["ETTN"], "delete": ["ETTN"], "change": {"ETTN": {"odenecekTutar": "1.00"}}}

`deaths`: how the next sessions end; `dies_at`: at which command. `closed`: the seller is an e-Fatura user.
`address`: from now on requests come from
another one. `faults`: "Teknik bir hata" to the next creates, before or after the draft was made. `total`: so much the
portal adds to what it is asked for. `requests`: what becomes of those to cancel. `signs`: a right code signs nothing.
`sign`, `delete` and `change` are what a person does in the portal; the others stay until they are set anew.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

REQUEST_STATES: Final[Mapping[str, int]] = {"created": 0, "accepted": 1, "rejected": 2, "withdrawn": 3}


@dataclass(slots=True, kw_only=True)
class Switches:
    """Their present positions."""

    closed: bool = False
    profile: str = "complete"
    address: str | None = None
    total: Decimal = Decimal(0)
    requests: str = "created"
    deletes: str = "work"
    signs: str = "all"
    users: str = "free"
    forbidden: frozenset[str] = frozenset()
    deaths: deque[str] = field(default_factory=deque)
    dies_at: dict[str, str] = field(default_factory=dict)
    faults: deque[str] = field(default_factory=deque)

    def change(self, to: Mapping[str, Any]) -> None:
        """What is left out stays."""
        self.deaths.extend(to.get("deaths", []))
        self.dies_at.update(to.get("dies_at", {}))
        self.faults.extend(to.get("faults", []))
        self.forbidden = frozenset(to.get("forbidden", self.forbidden))
        self.total = Decimal(to.get("total", self.total))
        for name in ("closed", "profile", "address", "requests", "deletes", "signs", "users"):
            setattr(self, name, to.get(name, getattr(self, name)))

    def address_of(self, remote: str | None) -> str | None:
        """Where a request comes from."""
        return f"{remote} by another way" if self.address == "moves" else remote

    def death_at(self, command: str) -> str | None:
        """How the session ends now; None where it goes on."""
        return self.dies_at.pop(command, None) or (self.deaths.popleft() if self.deaths else None)

    def next_fault(self) -> str | None:
        """That of the next create."""
        return self.faults.popleft() if self.faults else None
