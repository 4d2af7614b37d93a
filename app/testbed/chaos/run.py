"""One run: an installation of its own is started, taken through its phases, started again cold, and checked."""

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
from app.testbed.chaos.check.bad_input import REFUSALS
from app.testbed.chaos.check.evidence import ReportedGap, made_documents
from app.testbed.chaos.check.exits import unexplained
from app.testbed.chaos.check.provider_documents import number_series
from app.testbed.chaos.cold_start import Rebuild, cold_start
from app.testbed.chaos.collect_evidence import EvidenceCollector, ProviderRecords, slices_of
from app.testbed.chaos.faults.fault_injector import FaultInjector, ordinary
from app.testbed.chaos.faults.installation_faults import installation_faults
from app.testbed.chaos.faults.schedule import schedule
from app.testbed.chaos.installation import businesses
from app.testbed.chaos.installation.consumer_groups import ConsumerGroups
from app.testbed.chaos.installation.installation import ChaosInstallation, chaos_installation
from app.testbed.chaos.installation.provider_pages import SimulatedPages
from app.testbed.chaos.installation.supervisor import Supervisor
from app.testbed.chaos.load.after_sales import with_after_sales
from app.testbed.chaos.load.unusual_orders import with_unusual_orders
from app.testbed.chaos.load.upstream import EVENTS_PER_BAD_INPUT, sent_twice, upstream_records
from app.testbed.chaos.phases import ChaosProgress, Phases, Show
from app.testbed.chaos.plan import PROJECTION, RunPlan, workers_in
from app.testbed.chaos.projection import end_projection
from app.testbed.chaos.rebuild import compare, rebuilt
from app.testbed.chaos.summary import RunSummary
from app.testbed.chaos.totals import Totals
from app.testbed.chaos.variants import Variant, Variants
from app.testbed.generator import GeneratedOrder, generate_orders
from app.testbed.installation.installation import Installation
from app.testbed.installation.simulators import drafts_at, set_misbehaviour, simulator_calls, simulator_record

# A third above what a full run is asked for.
ORDERS_PER_MINUTE: Final = 1320


def run(folder: Path, plan: RunPlan, show: Show) -> RunSummary:
    """One run in a folder of its own.

    Raises ProcessFailedError, StackError, SendError, TopicUnreadableError.
    """
    generated, twice = sent_twice(_orders(plan), plan.seed)
    with chaos_installation(folder, plan) as chaos:
        installation = chaos.running
        supervisor = Supervisor(processes=installation.processes, stages=(*plan.stages, PROJECTION))
        supervisor.start_all()
        supervisor.wait_for_groups(
            ConsumerGroups(installation.bootstrap),
            {identities.app(name, installation.topics.prefix).app_id: workers_in(name) for name in plan.stages},
        )
        events = sum(len(order.steps) for order in generated)
        phases = Phases(
            installation=installation,
            supervisor=supervisor,
            injector=_injector(chaos, plan, supervisor),
            upstream_records=upstream_records(generated, twice, plan.seed, installation.codec.write, Codec().write),
            upstream=events + events // EVENTS_PER_BAD_INPUT,
            pages=SimulatedPages(
                urls=installation.simulators, companies=businesses.companies(plan.variants), orders=generated
            ),
            plan=plan,
            show=show,
            installation_faults=tuple(installation_faults(chaos, plan, supervisor)),
        )
        phases.perform()
        show(_progress("rebuilding", phases))
        rebuild = cold_start(installation, generated, plan.seed)
        show(_progress("checking", phases))
        projected = end_projection(installation, supervisor)
        reports = _simulator_reports(installation)
        collector = EvidenceCollector(
            installation=installation,
            generated=tuple(generated),
            sent_twice=twice,
            records=ProviderRecords.of(reports),
            gaps=_reported_gaps(installation, plan.variants),
            left_drafts=frozenset(
                drafts_at(installation.simulators[businesses.ATELIER.provider], businesses.ATELIER_KEY)
            ),
            variants=plan.variants,
        )
        totals = _checked(collector)
        made = [document for report in reports.values() for document in made_documents(report)]
        totals.defects.extend(projected)
        totals.defects.extend(number_series(made, collector.gaps, businesses.numbered(plan.variants)))
        return _reported(phases, rebuild, totals, reports)


def _injector(chaos: ChaosInstallation, plan: RunPlan, supervisor: Supervisor) -> FaultInjector:
    simulators = chaos.running.simulators

    def misbehave(provider: str, change: dict[str, Any]) -> None:
        set_misbehaviour(simulators[provider], change)

    for provider in simulators:
        misbehave(provider, ordinary(provider, plan.variants))
    return FaultInjector(
        schedule(plan.seed, plan.seconds, plan.variants), supervisor, chaos.broker, misbehave, plan.variants
    )


def _orders(plan: RunPlan) -> list[GeneratedOrder]:
    number = max(1, round(plan.seconds / 60 * ORDERS_PER_MINUTE))
    start = datetime.combine(plan.day, datetime.min.time(), ISTANBUL)
    made = generate_orders(businesses.turns(plan.variants), orders=number, seed=plan.seed, start=start)
    return with_after_sales(with_unusual_orders(made, plan.variants), plan.seed)


def _simulator_reports(installation: Installation) -> dict[str, Any]:
    """What each simulator has recorded, also as files: it ends with the run, and a person may want to look."""
    reports = {
        provider: {**simulator_record(url), **simulator_calls(url)} for provider, url in installation.simulators.items()
    }
    for provider, report in reports.items():
        (installation.folder / f"simulator-{provider}.json").write_text(json.dumps(report), encoding="utf-8")
    return reports


def _reported_gaps(installation: Installation, variants: Variants) -> tuple[ReportedGap, ...]:
    """What `faturaflow numbers gaps` would list when the day is over.

    A gap without a row is no excuse, unless the rows were lost.
    """
    engine = open_database(installation.environment["FATURAFLOW_DATABASE"])
    found = NumberAudit(engine).gaps(date.max)
    engine.dispose()
    was_lost = Variant.STORE_RESTORED in variants
    return tuple(
        ReportedGap(
            company=gap.taxpayer,
            number=str(replace(gap.first, sequence=sequence)),
            document_id=gap.document_id or "",
            is_open=gap.kind is GapKind.OPEN,
        )
        for gap in found
        if gap.document_id is not None or was_lost
        for sequence in range(gap.first.sequence, gap.last.sequence + 1)
    )


def _checked(collector: EvidenceCollector) -> Totals:
    """Every slice of the orders: its evidence, and its log folded again."""
    totals, began = Totals(), time.monotonic()
    for part in slices_of(len(collector.generated)):
        entries = collector.entries(part)
        totals.add(collector.evidence(part, entries))
        totals.defects.extend(compare(rebuilt(collector.log(part)), entries))
    totals.seconds = round(time.monotonic() - began, 1)
    return totals


def _reported(phases: Phases, rebuild: Rebuild, totals: Totals, reports: Mapping[str, Any]) -> RunSummary:
    return RunSummary(
        seed=phases.plan.seed,
        seconds=phases.plan.seconds,
        day=phases.plan.day.isoformat(),
        variants=tuple(sorted(phases.plan.variants)),
        orders=totals.orders,
        events=totals.events,
        documents=totals.documents,
        in_review=totals.in_review,
        states=dict(totals.states),
        faults={kind.value: count for kind, count in phases.injector.done.items()},
        injected={provider: report["faults"] for provider, report in reports.items()},
        made={provider: len(report["documents"]) for provider, report in reports.items()},
        bad_input=dict(totals.bad_input),
        refused=dict(totals.refused),
        decided=dict(totals.decided),
        acts=dict(totals.acts),
        after_sales=dict(totals.after_sales),
        overdue=totals.overdue,
        split_orders=totals.split,
        rebuild={"orders_repeated": rebuild.orders, "commands_repeated": rebuild.commands},
        lookups=sum(report["counts"].get("look_up", 0) for report in reports.values()),
        exits=dict(Counter(f"{end.stage} {end.code}" for end in phases.ends)),
        quiet_after=phases.quiet_after,
        rebuilt_in=rebuild.seconds,
        checked_in=totals.seconds,
        defects=[*totals.defects, *rebuild.defects, *unexplained(phases.ends, phases.disturbances)],
        complaints=_complaints(phases, rebuild, totals),
    )


def _complaints(phases: Phases, rebuild: Rebuild, totals: Totals) -> list[str]:
    """What went wrong beside the promises: a worker that no restart helps, a log that was not read to its end."""
    complaints = [
        *phases.supervisor.refusals,
        *(each for fault in phases.installation_faults for each in fault.complaints),
    ]
    if phases.unread:
        complaints.append(f"the planner left {phases.unread} records of the order log unread")
    due = phases.sent + sum(phases.bad_input.values()) - sum(phases.bad_input[kind] for kind in REFUSALS)
    found = totals.events + sum(totals.bad_input.values())
    if found != due:
        complaints.append(f"{due} records were sent, and {found} are on the topic")
    if totals.repeats != rebuild.orders:
        complaints.append(f"{rebuild.orders} orders were repeated, and {totals.repeats} are on the topic")
    return complaints


def _progress(phase: str, phases: Phases) -> ChaosProgress:
    return ChaosProgress(
        phase=phase, at=phases.plan.seconds, sent=phases.sent, upstream=phases.upstream, counts={}, faults={}
    )
