"""One run: an installation of its own is put up, taken through its course, and checked."""

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from app.chaos.account import Account
from app.chaos.broker import OwnBroker
from app.chaos.check import check, wrong
from app.chaos.course import Course, Plan, Show
from app.chaos.crew import Crew
from app.chaos.evidence import Evidence
from app.chaos.gathering import ROLES, entries_of, evidence_of
from app.chaos.groups import Groups
from app.chaos.havoc import Havoc
from app.chaos.rebuild import compare, rebuilt
from app.chaos.report import Report
from app.chaos.schedule import STAGES, schedule
from app.demo import scene
from app.demo.processes import Processes
from app.demo.stage import Stage, ledger_report, misbehaving, standing_stage
from app.domain.orders import LoggedEvent
from app.domain.time import ISTANBUL
from app.sources.generator import GeneratedOrder, generate_orders, in_sending_order
from app.stream import identities
from app.stream.reader import read_topic

# A tenth above what a full run is asked for.
ORDERS_PER_MINUTE: Final = 1100


def run(folder: Path, plan: Plan, show: Show) -> Report:
    """One run in a folder of its own. Raises ProcessFailedError, StackError, SourceError, TopicUnreadableError."""
    seconds, seed = plan.seconds, plan.seed
    with _installed(folder, seed) as (stage, processes, broker):
        crew = Crew(processes=processes)
        crew.muster()
        crew.assemble(Groups(stage.bootstrap), [identities.app(name, stage.topics.prefix).app_id for name in STAGES])

        def misbehave(provider: str, change: dict[str, Any]) -> None:
            misbehaving(stage.ledgers[provider], change)

        for provider in stage.ledgers:
            misbehave(provider, scene.MISBEHAVIOUR[provider].as_request())
        generated = tuple(_orders(plan))
        course = Course(
            stage=stage,
            processes=processes,
            crew=crew,
            havoc=Havoc(schedule(seed, seconds), crew, broker, misbehave),
            events=tuple(in_sending_order(generated, seed=seed)),
            plan=plan,
            show=show,
        )
        course.perform()
        return _reported(course, generated)


@contextmanager
def _installed(folder: Path, seed: int) -> Iterator[tuple[Stage, Processes, OwnBroker]]:
    """The installation without its workers, on a broker of its own: a shared one must not be restarted."""
    with ExitStack() as ending:
        broker = OwnBroker(folder / "kafka")
        ending.callback(broker.stop)
        standing = standing_stage(folder, broker.bootstrap, seed, misbehave=False, workers={})
        stage, processes = ending.enter_context(standing)
        yield stage, processes, broker


def _orders(plan: Plan) -> list[GeneratedOrder]:
    number = max(1, round(plan.seconds / 60 * ORDERS_PER_MINUTE))
    start = datetime.combine(plan.day, datetime.min.time(), ISTANBUL)
    return generate_orders(ROLES, orders=number, seed=plan.seed, start=start)


def _reported(course: Course, generated: tuple[GeneratedOrder, ...]) -> Report:
    """Reads everything once, checks it, rebuilds it, and looks whether the rebuild called a provider."""
    stage = course.stage
    reports = _ledgers(stage)
    entries = entries_of(stage)
    evidence = evidence_of(stage, generated, entries, reports)
    states = rebuilt(
        read_topic(stage.bootstrap, stage.topics.order_log), lambda value: stage.codec.read(LoggedEvent, value)
    )
    findings = [*check(evidence), *compare(states, entries)]
    if _calls(_ledgers(stage)) != _calls(reports):
        findings.append(wrong("the rebuild called a provider"))
    account = Account(evidence=evidence)
    return Report(
        seed=course.plan.seed,
        seconds=course.plan.seconds,
        day=course.plan.day.isoformat(),
        orders=len(account.orders),
        events=len(evidence.submitted),
        documents=len(account.documents),
        in_review=sum(document.in_review for document in account.documents.values()),
        states=dict(Counter(document.latest.state.value for document in account.documents.values())),
        faults={kind.value: count for kind, count in course.havoc.done.items()},
        injected={provider: report["faults"] for provider, report in reports.items()},
        lookups=sum(report["counts"].get("look_up", 0) for report in reports.values()),
        exits=dict(course.crew.exits),
        settled_after=course.settled_after,
        findings=findings,
        complaints=_complaints(course, evidence),
    )


def _complaints(course: Course, evidence: Evidence) -> list[str]:
    """What went wrong beside the promises: a worker that no start again helps, a log that nobody finished."""
    complaints = list(course.crew.refusals)
    if course.unread:
        complaints.append(f"the planner left {course.unread} records of the order log unread")
    if len(evidence.submitted) != course.sent:
        complaints.append(f"{course.sent} events were sent, and {len(evidence.submitted)} stand on the topic")
    return complaints


def _ledgers(stage: Stage) -> dict[str, Any]:
    return {provider: ledger_report(url) for provider, url in stage.ledgers.items()}


def _calls(reports: dict[str, Any]) -> dict[str, Any]:
    return {provider: report["counts"] for provider, report in reports.items()}
