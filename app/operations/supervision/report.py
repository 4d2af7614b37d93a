"""How everything is now, as the health page and `faturaflow up status` show it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter

from app.domain.time import ISTANBUL
from app.operations.supervision.launching import tail
from app.operations.supervision.supervisor import LastExit, Phase, Supervised

READY: Final = "ready"
STARTING: Final = "does not answer yet"
STATUS_PATH: Final = "/status"
COLUMNS: Final = ("process", "phase", "health", "since", "pid", "restarts", "last exit", "log")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessReport:
    """One role. `health`: what its own health endpoint answers; None where it is not asked, or ends.

    `log_ends`: the last line of its log, where its process has ended.
    """

    name: str
    phase: Phase
    since: datetime
    health: str | None
    ready_at: str | None
    pid: int | None
    restarts: int
    last_exit: LastExit | None
    log: str
    log_ends: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UpReport:
    """Everything. `kafka`: its address; `kafka_health` is None where it is not ours. `problem`: of the store."""

    since: datetime
    kafka: str
    kafka_health: str | None
    problem: str | None
    processes: tuple[ProcessReport, ...]

    @property
    def needs_person(self) -> bool:
        """Something stays down until a person acts."""
        return any(each.phase is Phase.NEEDS_PERSON for each in self.processes)

    @property
    def is_ready(self) -> bool:
        """Everything runs, and what is asked for its health is ready."""
        healths = [self.kafka_health, *(each.health for each in self.processes)]
        return (
            self.problem is None
            and all(each.phase is Phase.RUNNING for each in self.processes)
            and all(health in {None, READY} for health in healths)
        )


REPORT: Final = TypeAdapter(UpReport)


def process_reports(
    processes: Iterable[Supervised], healths: Mapping[str, str], log_of: Mapping[str, Path]
) -> tuple[ProcessReport, ...]:
    """`healths`: what each was last heard to answer, by its URL."""
    return tuple(
        ProcessReport(
            name=each.role.name,
            phase=each.phase,
            since=each.since,
            health=healths.get(each.ready_at, STARTING) if each.ready_at and each.phase is Phase.RUNNING else None,
            ready_at=each.ready_at if each.process else None,
            pid=each.process.pid if each.process else None,
            restarts=each.restarts,
            last_exit=each.last_exit,
            log=str(log_of[each.role.name]),
            log_ends=tail(log_of[each.role.name], 1) or None if each.process is None else None,
        )
        for each in processes
    )


def cells(each: ProcessReport) -> tuple[str, ...]:
    """One process as a row, by the columns of the page."""
    since = f"{each.since.astimezone(ISTANBUL):%Y-%m-%d %H:%M:%S}"
    return (
        each.name,
        each.phase,
        each.health or "",
        since,
        str(each.pid or ""),
        str(each.restarts),
        _ended(each),
        each.log,
    )


def _ended(each: ProcessReport) -> str:
    last = each.last_exit
    if last is None:
        return ""
    ended = f"{last.code} at {last.at.astimezone(ISTANBUL):%Y-%m-%d %H:%M:%S}: {last.meaning}"
    remedy = f"what to do: {last.remedy}" if each.phase is Phase.NEEDS_PERSON else None
    log_ends = f"its log ends with: {each.log_ends}" if each.log_ends else None
    return "; ".join(filter(None, (ended, remedy, log_ends)))
