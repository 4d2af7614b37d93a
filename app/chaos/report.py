"""What a run says at its end, and whether it may say OK."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from app.chaos.check import Finding, Flaw
from app.chaos.schedule import FULL_RUN_SECONDS, Kind

# Below it a full run has shown too little, whatever its check says.
FEWEST_ORDERS: Final = 1000


def replay_command(seconds: float, seed: int, day: str) -> str:
    """The command that runs the same orders and faults again."""
    return f"faturaflow chaos --seconds {seconds:g} --seed {seed} --day {day}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One run. `faults` counts what was done by kind, `injected` what each provider did to its callers."""

    seed: int
    seconds: float
    day: str
    orders: int
    events: int
    documents: int
    in_review: int
    states: Mapping[str, int]
    faults: Mapping[str, int]
    injected: Mapping[str, Mapping[str, int]]
    lookups: int
    exits: Mapping[str, int]
    settled_after: float
    findings: Sequence[Finding] = ()
    complaints: Sequence[str] = field(default=())

    @property
    def shortcomings(self) -> list[str]:
        """Why a run that found nothing has shown too little. A short run is asked for nothing."""
        if self.seconds < FULL_RUN_SECONDS:
            return []
        missing = [f"no {kind} happened" for kind in Kind if not self.faults.get(kind)]
        due = FEWEST_ORDERS
        return [*missing, *([f"only {self.orders} orders came; {due} are due"] if self.orders < due else [])]

    @property
    def ok(self) -> bool:
        """Nothing found, nothing to complain of, and enough shown."""
        return not (self.findings or self.complaints or self.shortcomings)

    @property
    def replay(self) -> str:
        """The command that runs the same orders and faults again."""
        return replay_command(self.seconds, self.seed, self.day)

    @property
    def sentences(self) -> list[str]:
        """Everything that keeps the run from being OK."""
        return [*(finding.sentence for finding in self.findings), *self.complaints, *self.shortcomings]

    def count(self, flaw: Flaw) -> int:
        """How many findings show this."""
        return sum(finding.flaw is flaw for finding in self.findings)

    def as_dict(self) -> dict[str, Any]:
        """For `--json`."""
        lost = sum(of.get(name, 0) for of in self.injected.values() for name in ("LOST_BEFORE", "LOST_ANSWER"))
        plain = {k: v for k, v in asdict(self).items() if k not in {"findings", "complaints", "lookups"}}
        return {
            "ok": self.ok,
            **plain,
            "kills": self.faults.get(Kind.KILL, 0),
            "freezes": self.faults.get(Kind.FREEZE, 0),
            "lost_answers": lost,
            "lookups": self.lookups,
            "lost": self.count(Flaw.LOST),
            "double": self.count(Flaw.DOUBLE),
            "gaps": self.count(Flaw.GAP),
            "wrong": self.count(Flaw.WRONG),
            "findings": self.sentences,
            "replay": self.replay,
        }
