"""What a supervisor does with processes that end, hang, come and go: with fakes, by a clock that is moved by hand."""

from app.operations.supervision.supervisor import Phase
from app.stream.ownership.exits import CHANGELOG_EMPTY, LOG_CHANGED, NOT_STARTED, NUMBERS_BEHIND
from tests.operations.supervision.fake_processes import INTAKE, PLANNER, SANDBOX, WEB, Machine


def test_what_is_wanted_is_started_once_under_its_own_name_and_port() -> None:
    machine = Machine().running(INTAKE, PLANNER)
    machine.passes(10)
    assert machine.names == ["intake", "planner"]
    assert machine.of("planner").settings == {
        "FATURAFLOW_WORKER": "planner",
        "FATURAFLOW_HEALTH_PORT": "21001",
        "FATURAFLOW_HEALTH_HOST": "127.0.0.1",
    }
    assert machine.seen("planner").ready_at == "http://127.0.0.1:21001/ready"


def test_a_process_without_a_health_port_is_asked_where_its_role_says() -> None:
    machine = Machine().running(WEB)
    assert machine.of("web").settings == {"FATURAFLOW_WORKER": "web"}
    assert machine.seen("web").ready_at == "http://127.0.0.1:8600/ready"


def test_a_process_that_ends_is_started_again_after_its_delay() -> None:
    machine = Machine().running(PLANNER)
    machine.ends("planner", 70)
    machine.passes(0.9)
    assert (machine.names, machine.seen("planner").phase) == (["planner"], Phase.WAITING)
    machine.passes(0.1)
    seen = machine.seen("planner")
    assert (machine.names, seen.phase, seen.restarts) == (["planner", "planner"], Phase.RUNNING, 1)
    assert seen.last_exit is not None and seen.last_exit.code == 70


def test_a_process_that_ends_at_once_each_time_waits_longer_each_time() -> None:
    machine = Machine().running(PLANNER)
    for delay in (1, 2, 4):
        machine.ends("planner", 70)
        machine.passes(delay - 0.5)
        assert machine.seen("planner").phase is Phase.WAITING
        machine.passes(0.5)
        assert machine.seen("planner").phase is Phase.RUNNING


def test_a_process_that_has_worked_for_a_minute_is_started_again_at_once_as_the_first_time() -> None:
    machine = Machine().running(PLANNER)
    for _ in range(4):
        machine.ends("planner", 70)
        machine.passes(60)
    machine.ends("planner", 70, after=61)
    machine.passes(1)
    assert machine.seen("planner").phase is Phase.RUNNING


def test_an_end_that_needs_a_person_is_not_followed_by_a_start() -> None:
    for code in (CHANGELOG_EMPTY, NUMBERS_BEHIND, LOG_CHANGED):
        machine = Machine().running(PLANNER)
        machine.ends("planner", code)
        machine.passes(86_400)
        assert (machine.names, machine.seen("planner").phase) == (["planner"], Phase.NEEDS_PERSON)
        assert code.remedy in machine.said[-1]


def test_a_person_who_has_acted_has_it_started() -> None:
    machine = Machine().running(INTAKE, PLANNER)
    machine.ends("planner", NUMBERS_BEHIND)
    machine.supervisor.retry()
    machine.passes(0)
    assert machine.names == ["intake", "planner", "planner"]


def test_a_start_that_the_system_refuses_is_tried_again_later() -> None:
    machine = Machine(refused=2).running(PLANNER)
    last_exit = machine.seen("planner").last_exit
    assert last_exit is not None and last_exit.code == NOT_STARTED
    machine.passes(1)
    assert machine.names == []
    machine.passes(2)
    assert machine.names == ["planner"]


def test_what_is_no_longer_wanted_is_ended_and_forgotten() -> None:
    machine = Machine().running(INTAKE, PLANNER)
    machine.supervisor.want([INTAKE])
    machine.supervisor.tick()
    assert machine.of("planner").signals == ["TERM"]
    assert [each.role.name for each in machine.supervisor.processes] == ["intake"]


def test_what_is_no_longer_wanted_and_waits_is_forgotten() -> None:
    machine = Machine().running(INTAKE, PLANNER)
    machine.ends("planner", NUMBERS_BEHIND)
    machine.supervisor.want([INTAKE])
    machine.supervisor.tick()
    assert [each.role.name for each in machine.supervisor.processes] == ["intake"]


def test_what_is_wanted_again_while_it_ends_is_started_when_it_has_ended_and_never_twice_at_a_time() -> None:
    machine = Machine().running(PLANNER)
    first = machine.of("planner")
    first.hangs = True
    machine.supervisor.want([])
    machine.supervisor.want([PLANNER])
    machine.passes(5)
    assert machine.names == ["planner"]
    first.code = 0
    machine.passes(1)
    machine.passes(1)
    assert (machine.names, machine.seen("planner").restarts) == (["planner", "planner"], 0)


def test_at_the_end_what_takes_orders_in_goes_first_and_simulators_go_last() -> None:
    machine = Machine().running(SANDBOX, INTAKE, PLANNER, WEB)
    sandbox, planner, web = (machine.of(name) for name in ("sandbox", "planner", "web"))
    web.hangs = planner.hangs = True
    machine.supervisor.end()
    machine.passes(1)
    assert (web.signals, planner.signals, sandbox.signals) == (["TERM"], [], [])
    web.code = 0
    machine.passes(1)
    machine.passes(1)
    assert (planner.signals, machine.of("intake").signals, sandbox.signals) == (["TERM"], ["TERM"], [])
    planner.code = 0
    machine.passes(1)
    machine.passes(1)
    assert sandbox.signals == ["TERM"]
    machine.passes(1)
    assert machine.supervisor.has_ended


def test_one_that_hangs_at_the_end_is_killed_after_its_grace_and_not_before() -> None:
    machine = Machine().running(PLANNER)
    planner = machine.of("planner")
    planner.hangs = True
    machine.supervisor.end()
    machine.passes(1)
    machine.passes(PLANNER.grace - 1)
    assert planner.signals == ["TERM"]
    machine.passes(1)
    assert planner.signals == ["TERM", "KILL"]
    machine.passes(1)
    assert machine.supervisor.has_ended


def test_nothing_is_started_once_all_are_to_end() -> None:
    machine = Machine().running(INTAKE, PLANNER)
    machine.ends("planner", 70)
    machine.supervisor.end()
    machine.supervisor.want([INTAKE, PLANNER])
    machine.supervisor.retry()
    for _ in range(3):
        machine.passes(60)
    assert machine.names == ["intake", "planner"]
    assert machine.supervisor.has_ended


def test_a_supervisor_without_processes_ends_at_once() -> None:
    machine = Machine()
    machine.supervisor.end()
    assert machine.supervisor.has_ended
