"""What a run has shown at its end, and whether it is OK."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from app.testbed.chaos.check.bad_input import BadInput
from app.testbed.chaos.check.defects import Defect, DefectKind
from app.testbed.chaos.faults.schedule import FULL_RUN_SECONDS, PROVIDER_KINDS, FaultKind
from app.testbed.chaos.variants import Variant, variants_of

# Below it a full run has shown too little, whatever its check finds.
FEWEST_ORDERS: Final = 1000
# What persons must have got through.
ACTS: Final = ("LinesCancelled", "DocumentCancellationRequested", "RerouteRequested")
# What must have been taken of what follows a sale, and the documents that must have come of it.
AFTER_SALES: Final = (
    "OrderReturned",
    "GoodwillGranted",
    "InvoiceCorrected",
    "OrderAmended",
    "RETURN",
    "PRICE_DIFFERENCE",
)
# A simulator that is down counts nothing.
UNCOUNTED: Final = frozenset({FaultKind.DOWN})
# What a simulator counts under other names than the window has; reads come seldom.
COUNTED_AS: Final = {FaultKind.GATEWAY: ("GATEWAY_BEFORE", "GATEWAY_AFTER")}


def replay_command(seconds: float, seed: int, day: str, variants: Collection[str]) -> str:
    """The command that runs the same orders and faults again."""
    said = "".join(f" --with {variant}" for variant in sorted(variants)) or " --plain"
    if set(variants) == variants_of(seed):
        said = ""
    return f"faturaflow chaos --seconds {seconds:g} --seed {seed} --day {day}{said}"


def _met(kind: FaultKind, suffered: Counter[str]) -> bool:
    """Whether a call has met everything that such a window does."""
    return all(suffered[name] for name in COUNTED_AS.get(kind, (kind.value,)))


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSummary:
    """One run. `faults` counts what was done by kind, `injected` what each provider did to its callers.

    `made` counts each provider's documents, `bad_input` unusable input by kind, `refused` events by the reason of their
    refusal, `decided` reviews by their answer, `acts` what persons asked and was taken, `after_sales` what was taken of
    what follows a sale and the documents that take back, `overdue` documents that were long without news,
    `split_orders` those whose events were in two partitions. `quiet_after`, `rebuilt_in` and `checked_in` are in
    seconds.
    """

    seed: int
    seconds: float
    day: str
    variants: Sequence[str]
    orders: int
    events: int
    documents: int
    in_review: int
    states: Mapping[str, int]
    faults: Mapping[str, int]
    injected: Mapping[str, Mapping[str, int]]
    made: Mapping[str, int]
    bad_input: Mapping[str, int]
    refused: Mapping[str, int]
    decided: Mapping[str, int]
    acts: Mapping[str, int]
    after_sales: Mapping[str, int]
    overdue: int
    split_orders: int
    rebuild: Mapping[str, int]
    lookups: int
    exits: Mapping[str, int]
    quiet_after: float
    rebuilt_in: float
    checked_in: float
    defects: Sequence[Defect] = ()
    complaints: Sequence[str] = field(default=())

    @property
    def shortcomings(self) -> list[str]:
        """Why a run that found nothing has shown too little. A short run is asked for nothing."""
        if self.seconds < FULL_RUN_SECONDS:
            return []
        suffered = Counter(name for of in self.injected.values() for name, count in of.items() if count)
        few = f"only {self.orders} orders came; {FEWEST_ORDERS} are due"
        return [
            *(f"no {kind} happened" for kind in FaultKind if not self.faults.get(kind)),
            *(f"no call met {kind}" for kind in PROVIDER_KINDS if kind not in UNCOUNTED and not _met(kind, suffered)),
            *(f"{name} made no document" for name, count in self.made.items() if not count),
            *(f"{name} failed none of its callers" for name, faults in self.injected.items() if not faults),
            *(f"no {kind} input was sent" for kind in BadInput if not self.bad_input.get(kind)),
            *(["no order's content was changed"] if not self.refused.get("CONTENT_CONFLICT") else []),
            *(["no order was in two partitions"] if not self.split_orders else []),
            *(["no person decided a review"] if not any(self.decided.values()) else []),
            *(f"no {act} was taken" for act in ACTS if not self.acts.get(act)),
            *(f"no {each} was taken" for each in AFTER_SALES if not self.after_sales.get(each)),
            *self._of_variants,
            *(f"no {name}" for name, count in self.rebuild.items() if not count),
            *([few] if self.orders < FEWEST_ORDERS else []),
        ]

    @property
    def _of_variants(self) -> list[str]:
        """What must have come of how this run was."""
        if Variant.MINUTES not in self.variants:
            return []
        none_expired = [] if self.refused.get("ORDER_NOT_FOUND") else ["no hold fell due"]
        return none_expired if self.overdue else [*none_expired, "no document was without news for too long"]

    @property
    def ok(self) -> bool:
        """Nothing found, nothing to complain of, and enough shown."""
        return not (self.defects or self.complaints or self.shortcomings)

    @property
    def replay(self) -> str:
        """The command that runs the same orders and faults again."""
        return replay_command(self.seconds, self.seed, self.day, self.variants)

    @property
    def sentences(self) -> list[str]:
        """Everything that keeps the run from being OK."""
        return [*(defect.sentence for defect in self.defects), *self.complaints, *self.shortcomings]

    def count(self, kind: DefectKind) -> int:
        """How many defects show this."""
        return sum(defect.kind is kind for defect in self.defects)

    def as_dict(self) -> dict[str, Any]:
        """For `--json`."""
        lost = sum(of.get(name, 0) for of in self.injected.values() for name in ("LOST_BEFORE", "LOST_ANSWER"))
        plain = {k: v for k, v in asdict(self).items() if k not in {"defects", "complaints", "lookups"}}
        return {
            "ok": self.ok,
            **plain,
            "kills": self.faults.get(FaultKind.KILL, 0),
            "freezes": self.faults.get(FaultKind.FREEZE, 0),
            "lost_answers": lost,
            "lookups": self.lookups,
            "lost": self.count(DefectKind.LOST),
            "double": self.count(DefectKind.DOUBLE),
            "gaps": self.count(DefectKind.GAP),
            "wrong": self.count(DefectKind.WRONG),
            "defects": self.sentences,
            "replay": self.replay,
        }
