"""Processes and a clock that are moved by hand."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count

from app.operations.supervision.roles import Role, Turn
from app.operations.supervision.supervisor import Supervised, Supervisor

BEGAN = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


@dataclass
class FakeProcess:
    """Runs until `code` is set; SIGTERM ends it at once unless it hangs."""

    pid: int
    role: Role
    settings: Mapping[str, str]
    hangs: bool = False
    code: int | None = None
    signals: list[str] = field(default_factory=list)

    def poll(self) -> int | None:
        return self.code

    def terminate(self) -> None:
        self.signals.append("TERM")
        if not self.hangs:
            self.code = 0

    def kill(self) -> None:
        self.signals.append("KILL")
        self.code = -9


@dataclass
class Machine:
    """A supervisor whose processes are fakes. `refused`: how many starts fail."""

    seconds: float = 0.0
    refused: int = 0
    started: list[FakeProcess] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    supervisor: Supervisor = field(init=False)

    def __post_init__(self) -> None:
        ports = count(21_000)
        self.supervisor = Supervisor(
            self._start,
            clock=lambda: self.seconds,
            now=lambda: BEGAN + timedelta(seconds=self.seconds),
            free_port=lambda: next(ports),
            said=self.said.append,
        )

    def _start(self, role: Role, settings: Mapping[str, str]) -> FakeProcess:
        if self.refused:
            self.refused -= 1
            raise OSError("no memory")
        self.started.append(FakeProcess(pid=100 + len(self.started), role=role, settings=settings))
        return self.started[-1]

    def running(self, *roles: Role) -> "Machine":
        """These are wanted, and have been started."""
        self.supervisor.want(roles)
        self.supervisor.tick()
        return self

    def passes(self, seconds: float) -> None:
        self.seconds += seconds
        self.supervisor.tick()

    def ends(self, name: str, code: int, *, after: float = 0.0) -> None:
        """The process of this role ends by itself, so many seconds later."""
        self.seconds += after
        self.of(name).code = code
        self.supervisor.tick()

    def of(self, name: str) -> FakeProcess:
        """The role's latest process."""
        return [process for process in self.started if process.role.name == name][-1]

    def seen(self, name: str) -> Supervised:
        return next(each for each in self.supervisor.processes if each.role.name == name)

    @property
    def names(self) -> list[str]:
        """Of every start so far."""
        return [process.role.name for process in self.started]


INTAKE, PLANNER = (Role(name=name, arguments=("worker", name), has_port=True) for name in ("intake", "planner"))
WEB = Role(name="web", arguments=("web",), turn=Turn.ORDERS, ready_at="http://127.0.0.1:8600/ready")
SANDBOX = Role(name="sandbox", arguments=("sandbox",), turn=Turn.PROVIDERS)
