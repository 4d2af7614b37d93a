"""The processes of an installation: each role has one, which is started again after its end, until all are to end.

Nothing here waits: `tick` looks at each process once, and does what is due by the clock that it is given.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol

from app.operations.supervision.restarts import STEADY_SECONDS, after
from app.operations.supervision.roles import Role
from app.stream.ownership.exits import NOT_STARTED

_HEALTH_PORT: Final = "FATURAFLOW_HEALTH_PORT"
_HEALTH_HOST: Final = "FATURAFLOW_HEALTH_HOST"
_LOOPBACK: Final = "127.0.0.1"


class Phase(StrEnum):
    """Where a role's process is."""

    RUNNING = "RUNNING"
    WAITING = "WAITING"
    """It has ended, and is started again when its delay is over."""
    NEEDS_PERSON = "NEEDS_PERSON"
    """It has ended, and no start helps before a person has done something."""
    ENDING = "ENDING"


class Running(Protocol):
    """A process, as `subprocess.Popen` has it."""

    @property
    def pid(self) -> int: ...
    def poll(self) -> int | None: ...
    def terminate(self) -> None: ...
    def kill(self) -> None: ...


Start = Callable[[Role, Mapping[str, str]], Running]
"""Starts the role's process with these settings beside its own. Raises OSError."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LastExit:
    """How a process has ended, and what is to be done where a person acts first."""

    code: int
    at: datetime
    meaning: str
    remedy: str


@dataclass(slots=True, kw_only=True)
class Supervised:
    """One role. `since`: of its phase; `due`: when it is started, or killed, by the monotonic clock."""

    role: Role
    phase: Phase = Phase.WAITING
    since: datetime
    due: float
    process: Running | None = None
    started: float = 0.0
    ready_at: str | None = None
    restarts: int = 0
    quick_ends: int = 0
    last_exit: LastExit | None = None
    is_wanted: bool = True


class Supervisor:
    """All of them. `said` gets a sentence for each start and end."""

    def __init__(
        self,
        start: Start,
        *,
        clock: Callable[[], float],
        now: Callable[[], datetime],
        free_port: Callable[[], int],
        said: Callable[[str], None],
    ) -> None:
        self._start = start
        self._clock = clock
        self._now = now
        self._free_port = free_port
        self._said = said
        self._all: dict[str, Supervised] = {}
        self._is_ending = False

    @property
    def processes(self) -> tuple[Supervised, ...]:
        """Each role that is wanted, or whose process has not ended yet."""
        return tuple(self._all.values())

    @property
    def has_ended(self) -> bool:
        """All were to end, and none is left."""
        return self._is_ending and not self._all

    def want(self, roles: Iterable[Role]) -> None:
        """These are to run, and no others: the next `tick` begins what differs. Without effect once all are to end."""
        if self._is_ending:
            return
        wanted = {role.name: role for role in roles}
        for name, role in wanted.items():
            if name not in self._all:
                self._all[name] = Supervised(role=role, since=self._now(), due=self._clock())
        for name, each in list(self._all.items()):
            each.is_wanted = name in wanted
            if not each.is_wanted:
                self._end(each)

    def retry(self) -> None:
        """Starts at once what waits for a person, or for its delay."""
        for each in self._all.values():
            if each.phase in {Phase.NEEDS_PERSON, Phase.WAITING}:
                self._wait(each, delay=0.0)

    def end(self) -> None:
        """All are to end, turn by turn; `tick` goes on with it until `has_ended`."""
        self._is_ending = True
        for each in self._all.values():
            each.is_wanted = False

    def tick(self) -> None:
        """Looks at each process once, and does what is due."""
        if self._is_ending:
            self._end_next_turn()
        for each in list(self._all.values()):
            code = each.process.poll() if each.process is not None else None
            if code is not None:
                self._note_end(each, code)
            elif each.phase is Phase.WAITING and self._clock() >= each.due:
                self._begin(each)
            elif each.phase is Phase.ENDING and self._clock() >= each.due and each.process is not None:
                self._kill(each, each.process)

    def _end_next_turn(self) -> None:
        turn = min((each.role.turn for each in self._all.values()), default=None)
        for each in list(self._all.values()):
            if each.role.turn is turn:
                self._end(each)

    def _begin(self, each: Supervised) -> None:
        settings = {"FATURAFLOW_WORKER": each.role.name}
        each.started, each.ready_at = self._clock(), each.role.ready_at
        try:
            if each.role.has_port:
                port = self._free_port()
                settings |= {_HEALTH_PORT: str(port), _HEALTH_HOST: _LOOPBACK}
                each.ready_at = f"http://{_LOOPBACK}:{port}/ready"
            each.process = self._start(each.role, settings)
        except OSError as fault:
            self._said(f"{each.role.name} cannot be started: {fault}")
            self._note_end(each, NOT_STARTED)
            return
        each.restarts += each.last_exit is not None
        self._enter(each, Phase.RUNNING)
        self._said(f"{each.role.name} is started (process {each.process.pid}).")

    def _end(self, each: Supervised) -> None:
        """SIGTERM, once; one that does not run is forgotten."""
        if each.process is None:
            del self._all[each.role.name]
        elif each.phase is not Phase.ENDING:
            each.process.terminate()
            each.due = self._clock() + each.role.grace
            self._enter(each, Phase.ENDING)

    def _kill(self, each: Supervised, process: Running) -> None:
        """It hangs. SIGKILL costs nothing that a crash would not: what it was at is taken up by the next one."""
        self._said(f"{each.role.name} has not ended within {each.role.grace:.0f} seconds: it is killed.")
        process.kill()
        each.due = self._clock() + each.role.grace

    def _note_end(self, each: Supervised, code: int) -> None:
        was_asked, each.process = each.phase is Phase.ENDING, None
        if not each.is_wanted:
            self._said(f"{each.role.name} has ended.")
            del self._all[each.role.name]
        elif was_asked:  # wanted again meanwhile
            self._wait(each, delay=0.0)
        else:
            self._judge(each, code)

    def _judge(self, each: Supervised, code: int) -> None:
        is_quick = self._clock() - each.started < STEADY_SECONDS
        each.quick_ends = each.quick_ends + 1 if is_quick else 1
        coming = after(code, quick_ends=each.quick_ends)
        each.last_exit = LastExit(code=code, at=self._now(), meaning=coming.meaning, remedy=coming.remedy)
        ended = f"{each.role.name} has ended with {code} ({coming.meaning})"
        if coming.delay is None:
            self._enter(each, Phase.NEEDS_PERSON)
            self._said(f"{ended}. It is not started again before a person acts: {coming.remedy}.")
        else:
            self._wait(each, delay=coming.delay)
            self._said(f"{ended}; it is started again in {coming.delay:.0f} s.")

    def _wait(self, each: Supervised, *, delay: float) -> None:
        each.due = self._clock() + delay
        self._enter(each, Phase.WAITING)

    def _enter(self, each: Supervised, phase: Phase) -> None:
        each.phase, each.since = phase, self._now()
