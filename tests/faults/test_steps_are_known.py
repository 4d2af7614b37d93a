"""Nothing durable is done that the sweeps do not stop at: every await is a step of theirs, or known to be none."""

import ast
from collections.abc import Iterator
from pathlib import Path

import app.intake.agent
import app.issuing
import app.planning.agent
from providers.base import Adapter
from providers.base.protocols import ABILITIES
from tests.faults.test_every_step import Story

ISSUING = Path(app.issuing.__file__).parent
MODULES = (
    *(
        ISSUING / f"{name}.py"
        for name in (
            "admission",
            "execution/document_type",
            "execution/executor",
            "execution/fact_writer",
            "execution/finder",
            "execution/listing",
            "execution/prepare",
            "execution/taxpayers",
            "scheduling/advance",
            "scheduling/connection_queue",
            "scheduling/scheduler",
        )
    ),
    Path(app.planning.agent.__file__),
    Path(app.intake.agent.__file__),
)
# What is awaited outside of a stage, and the steps at which the sweeps stop it. The issuer's own sweeps stop at every
# fact and every call of an adapter.
STEPS = {
    "journal.put_all": ("write Admitted", "written Admitted"),
    "self._journal.put": ("write Attempting", "written Attempting"),
    "self._numbers.allot": ("allot", "allotted"),
    "self._numbers.close_number": ("close number", "number closed"),
    "self._log.publish": ("publish order-log.v1", "published order-log.v1"),
    "self._publish": ("publish invoice-commands.testbook.v1", "published document-status.v1"),
    "self._documents.put_all": ("write documents", "written documents"),
    "self._orders.put_all": ("write orders", "written orders"),
    "self._orders.forget_all": ("forget orders",),
    "_effect": ("create", "booked"),
    "_question": ("find_prepared", "looked up"),
}
# Behind `_effect` and `_question`; a cancellation has its own sweeps (tests/issuing/test_cancel_and_reroute.py).
SWEPT_CALLS = {"create", "find_prepared", "cancel", "withdraw", "find_issued"}
# What only an order brings has sweeps of its own (tests/issuing/test_brought.py).
SWEPT_BY_THEMSELVES = {"self._numbers.claim"}
# Reads and waits, and the marks that only a person reads: they leave nothing behind that a successor must find.
HARMLESS = {
    "adapter.candidates",
    "adapter.registration",
    "adapter.end_session",
    "asyncio.gather",
    "self._finder.before",
    "self._finder.find",
    "self._listing.candidates",
    "adapter.probe",
    "adapter.poll",
    "self._connections.get",
    "self._connections.mark_needs_owner",
    "self._timers.due",
    "self._policies.connections",
    "self._policies.read",
    "with_rates",
    "epoch.wait_for",
    "asyncio.sleep",
    "wait_for_schemas",
    "asyncio.wait",
    "self._wake.wait",
    "taxpayers.registration",
    "taxpayers.registration_elsewhere",
    "self._dispatcher",
    "self._tidying",
    "work",
    "self._advance",
    "self._executor.call",
    "self._executor.note",
    "self._facts.write",
    "self._preparer.prepare",
    "queue.refresh",
}


def awaited(tree: ast.AST) -> Iterator[str]:
    """The names of what is awaited; of a bounded call, the call itself."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Await):
            call = node.value
            if isinstance(call, ast.Call) and ast.unparse(call.func) == "bounded":
                call = call.args[0]
            yield ast.unparse(call.func if isinstance(call, ast.Call) else call)


def own(tree: ast.Module) -> set[str]:
    """The coroutines of a module itself: their own awaits are looked at instead."""
    methods = (cls.body for cls in tree.body if isinstance(cls, ast.ClassDef))
    named = [f"self.{node.name}" for body in methods for node in body if isinstance(node, ast.AsyncFunctionDef)]
    return {*named, *(node.name for node in tree.body if isinstance(node, ast.AsyncFunctionDef))}


def test_every_await_of_the_stages_is_a_step_of_the_sweeps_or_known_to_be_harmless() -> None:
    trees = [ast.parse(module.read_text(encoding="utf-8")) for module in MODULES]
    functions = {name for tree in trees for name in own(tree) if "." not in name}
    outside = {name for tree in trees for name in awaited(tree) if name not in own(tree) | functions}
    known = STEPS.keys() | SWEPT_BY_THEMSELVES | HARMLESS
    assert outside - known == set(), "make it a step of the sweeps, and name it here"
    assert known == outside, "what is not awaited any more needs no name here"


def test_the_sweeps_come_to_each_of_these_steps() -> None:
    story = Story(provider="takes our numbers", loss="LOST_AFTER")
    taken = {step for stage in ("intake", "planner", "issuer") for step in story.pipeline.steps(stage)}
    assert {step for steps in STEPS.values() for step in steps} <= taken


def test_every_call_of_an_adapter_is_known() -> None:
    protocols = (Adapter, *ABILITIES)
    calls = {name for each in protocols for name, member in vars(each).items() if name[0] != "_" and callable(member)}
    named = {name.rpartition(".")[2] for name in (*STEPS, *HARMLESS) if "adapter." in name}
    at_a_persons_word = {"download", "check", "start_signing", "finish_signing", "send_mail", "link", "list_issued"}
    without_a_request = {"use_permit", "use_sessions", "use_links", "prepare", "close"}
    assert calls - named - SWEPT_CALLS - at_a_persons_word == without_a_request
