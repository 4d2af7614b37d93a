"""One run: an installation of its own is put up, taken through its course, rebuilt, and checked."""

import json
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from app.domain.time import ISTANBUL
from app.store import GapKind, NumberAudit
from app.store.database import open_database
from app.stream.serialization.codec import Codec
from app.stream.topics import identities
from app.testbed.chaos.check import numbers
from app.testbed.chaos.check.bad_input import REFUSALS
from app.testbed.chaos.check.evidence import ToldGap, made_documents
from app.testbed.chaos.check.exits import unexplained
from app.testbed.chaos.cold_start import Rebuild, cold_start
from app.testbed.chaos.collect_evidence import Gathering, Ledgers, slices_of
from app.testbed.chaos.faults.fault_injector import Havoc, ordinary
from app.testbed.chaos.faults.installation_faults import upheavals
from app.testbed.chaos.faults.schedule import schedule
from app.testbed.chaos.installation import businesses
from app.testbed.chaos.installation.broker import OwnBroker
from app.testbed.chaos.installation.consumer_groups import Groups
from app.testbed.chaos.installation.installation import installed
from app.testbed.chaos.installation.supervisor import Crew
from app.testbed.chaos.load.odd_orders import made_odd
from app.testbed.chaos.load.upstream import EVENTS_PER_RUBBISH, letters, told_twice
from app.testbed.chaos.phases import Course, Show, Standing
from app.testbed.chaos.plan import STAGES, Plan
from app.testbed.chaos.rebuild import compare, rebuilt
from app.testbed.chaos.report import Report
from app.testbed.chaos.totals import Tally
from app.testbed.chaos.variants import Variant, Variants
from app.testbed.generator import GeneratedOrder, generate_orders
from app.testbed.installation.installation import Stage
from app.testbed.installation.simulators import calls_report, ledger_report, misbehaving, numbers_at

# A third above what a full run is asked for.
ORDERS_PER_MINUTE: Final = 1320


def run(folder: Path, plan: Plan, show: Show) -> Report:
    """One run in a folder of its own.

    Raises ProcessFailedError, StackError, SourceError, TopicUnreadableError, NotWritten.
    """
    generated, twice = told_twice(_orders(plan), plan.seed)
    with installed(folder, plan) as installation:
        stage, processes = installation.stage, installation.processes
        crew = Crew(processes=processes)
        crew.muster()
        crew.assemble(Groups(stage.bootstrap), [identities.app(name, stage.topics.prefix).app_id for name in STAGES])
        events = sum(len(order.steps) for order in generated)
        course = Course(
            stage=stage,
            processes=processes,
            crew=crew,
            havoc=_havoc(stage, plan, crew, installation.broker),
            letters=letters(generated, twice, plan.seed, stage.codec.write, Codec().write),
            upstream=events + events // EVENTS_PER_RUBBISH,
            look_up=lambda provider: numbers_at(stage.ledgers[provider]),
            plan=plan,
            show=show,
            upheavals=tuple(upheavals(installation, plan, crew)),
        )
        course.perform()
        show(_standing("rebuilding", course))
        rebuild = cold_start(stage, generated, plan.seed)
        show(_standing("checking", course))
        reports = _ledgers(stage)
        gathering = Gathering(
            stage=stage,
            generated=tuple(generated),
            told_twice=twice,
            ledgers=Ledgers.of(reports),
            gaps=_told_gaps(stage, plan.variants),
            variants=plan.variants,
        )
        tally = _checked(gathering)
        made = [document for report in reports.values() for document in made_documents(report)]
        tally.findings.extend(numbers.series(made, gathering.gaps, businesses.NUMBERED))
        return _reported(course, rebuild, tally, reports)


def _havoc(stage: Stage, plan: Plan, crew: Crew, broker: OwnBroker) -> Havoc:
    def misbehave(provider: str, change: dict[str, Any]) -> None:
        misbehaving(stage.ledgers[provider], change)

    for provider in stage.ledgers:
        misbehave(provider, ordinary(provider, plan.variants))
    return Havoc(schedule(plan.seed, plan.seconds), crew, broker, misbehave, plan.variants)


def _orders(plan: Plan) -> list[GeneratedOrder]:
    number = max(1, round(plan.seconds / 60 * ORDERS_PER_MINUTE))
    start = datetime.combine(plan.day, datetime.min.time(), ISTANBUL)
    made = generate_orders(businesses.roles(plan.variants), orders=number, seed=plan.seed, start=start)
    return made_odd(made, plan.variants)


def _ledgers(stage: Stage) -> dict[str, Any]:
    """The simulators' own word, also as files: they are gone when the run is, and a person may want to look."""
    reports = {provider: {**ledger_report(url), **calls_report(url)} for provider, url in stage.ledgers.items()}
    for provider, report in reports.items():
        (stage.folder / f"ledger-{provider}.json").write_text(json.dumps(report), encoding="utf-8")
    return reports


def _told_gaps(stage: Stage, variants: Variants) -> tuple[ToldGap, ...]:
    """What `faturaflow numbers gaps` would list when the day is over.

    A gap without a row is no excuse, unless the rows were lost.
    """
    engine = open_database(stage.environment["FATURAFLOW_DATABASE"])
    found = NumberAudit(engine).gaps(date.max)
    engine.dispose()
    was_lost = Variant.STORE_RESTORED in variants
    return tuple(
        ToldGap(
            company=gap.taxpayer,
            number=str(replace(gap.first, sequence=sequence)),
            document_id=gap.document_id or "",
            is_open=gap.kind is GapKind.OPEN,
        )
        for gap in found
        if gap.document_id is not None or was_lost
        for sequence in range(gap.first.sequence, gap.last.sequence + 1)
    )


def _checked(gathering: Gathering) -> Tally:
    """Every slice of the orders: its evidence, and its log folded again."""
    tally, began = Tally(), time.monotonic()
    for part in slices_of(len(gathering.generated)):
        entries = gathering.entries(part)
        tally.add(gathering.evidence(part, entries))
        tally.findings.extend(compare(rebuilt(gathering.log(part)), entries))
    tally.seconds = round(time.monotonic() - began, 1)
    return tally


def _reported(course: Course, rebuild: Rebuild, tally: Tally, reports: Mapping[str, Any]) -> Report:
    return Report(
        seed=course.plan.seed,
        seconds=course.plan.seconds,
        day=course.plan.day.isoformat(),
        variants=tuple(sorted(course.plan.variants)),
        orders=tally.orders,
        events=tally.events,
        documents=tally.documents,
        in_review=tally.in_review,
        states=dict(tally.states),
        faults={kind.value: count for kind, count in course.havoc.done.items()},
        injected={provider: report["faults"] for provider, report in reports.items()},
        rubbish=dict(tally.rubbish),
        refused=dict(tally.refused),
        decided=dict(tally.decided),
        acts=dict(tally.acts),
        overdue=tally.overdue,
        split_orders=tally.split,
        rebuild={"orders_repeated": rebuild.orders, "commands_repeated": rebuild.commands},
        lookups=sum(report["counts"].get("look_up", 0) for report in reports.values()),
        exits=dict(Counter(f"{end.stage} {end.code}" for end in course.ends)),
        settled_after=course.settled_after,
        rebuilt_in=rebuild.seconds,
        checked_in=tally.seconds,
        findings=[*tally.findings, *rebuild.findings, *unexplained(course.ends, course.blows)],
        complaints=_complaints(course, rebuild, tally),
    )


def _complaints(course: Course, rebuild: Rebuild, tally: Tally) -> list[str]:
    """What went wrong beside the promises: a worker that no start again helps, a log that nobody finished."""
    complaints = [*course.crew.refusals, *(each for upheaval in course.upheavals for each in upheaval.complaints)]
    if course.unread:
        complaints.append(f"the planner left {course.unread} records of the order log unread")
    due = course.sent + sum(course.rubbish.values()) - sum(course.rubbish[kind] for kind in REFUSALS)
    stand = tally.events + sum(tally.rubbish.values())
    if stand != due:
        complaints.append(f"{due} records were sent, and {stand} stand on the topic")
    if tally.repeats != rebuild.orders:
        complaints.append(f"{rebuild.orders} orders were repeated, and {tally.repeats} stand on the topic")
    return complaints


def _standing(phase: str, course: Course) -> Standing:
    return Standing(
        phase=phase, at=course.plan.seconds, sent=course.sent, upstream=course.upstream, counts={}, faults={}
    )
