"""The evidence, put in order: by event, by document, by order. No judgement yet."""

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from functools import cached_property

from app.domain.commands import Action, InvoiceCommand
from app.domain.documents import DocumentState, DocumentStatus, Intent
from app.domain.notices import LinesCredited
from app.domain.orders import (
    DocumentCancellationRequested,
    DocumentMarkedDeleted,
    DocumentMarkedIssued,
    InvoiceCorrected,
    LinesCancelled,
    OrderAmended,
    OrderPlaced,
    OrderStatusChanged,
    RerouteRequested,
    ReviewAnswer,
    ReviewDecided,
)
from app.domain.outcomes import OrderOutcome, Verdict
from app.testbed.chaos.check.document_history import DocumentHistory
from app.testbed.chaos.check.evidence import Calls, MadeDocument, OrderName, RunEvidence, Submitted
from app.testbed.chaos.check.order_versions import changed, lines_in
from app.testbed.chaos.check.vocabulary import DEAD
from app.testbed.generator import GeneratedOrder
from app.testbed.generator.content import SHIPPED


@dataclass(frozen=True, kw_only=True)
class EvidenceIndex:
    """The same evidence, by whatever it is asked for."""

    evidence: RunEvidence

    @cached_property
    def documents(self) -> dict[str, DocumentHistory]:
        """By document id."""
        statuses: defaultdict[str, dict[int, DocumentStatus]] = defaultdict(dict)
        for status in self.evidence.statuses:
            statuses[status.document_id].setdefault(status.sequence, status)
        return {
            name: DocumentHistory(history=tuple(known[at] for at in sorted(known))) for name, known in statuses.items()
        }

    @cached_property
    def commands(self) -> dict[str, InvoiceCommand]:
        """By command id; the first of each."""
        found: dict[str, InvoiceCommand] = {}
        for command in self.evidence.commands:
            found.setdefault(command.command_id, command)
        return found

    @cached_property
    def asked(self) -> dict[str, InvoiceCommand]:
        """The ISSUE command of each document that was let go; the first."""
        found: dict[str, InvoiceCommand] = {}
        for command in self.commands.values():
            if command.action is Action.ISSUE:
                found.setdefault(command.document_id, command)
        return found

    @cached_property
    def outcomes(self) -> dict[str, list[OrderOutcome]]:
        """By event id; what was written twice alike is there once."""
        found: defaultdict[str, list[OrderOutcome]] = defaultdict(list)
        for outcome in self.evidence.outcomes:
            if outcome not in found[outcome.event_id]:
                found[outcome.event_id].append(outcome)
        return dict(found)

    @cached_property
    def made(self) -> dict[str, list[MadeDocument]]:
        """What the providers made, by our reference: the document id."""
        found: defaultdict[str, list[MadeDocument]] = defaultdict(list)
        for document in self.evidence.made:
            found[document.reference].append(document)
        return dict(found)

    @cached_property
    def kept(self) -> dict[str, list[MadeDocument]]:
        """The same without the drafts that were deleted."""
        left = {name: [each for each in made if not each.deleted] for name, made in self.made.items()}
        return {name: made for name, made in left.items() if made}

    @cached_property
    def calls(self) -> dict[str, list[Calls]]:
        """What the providers were asked, by our reference."""
        found: defaultdict[str, list[Calls]] = defaultdict(list)
        for calls in self.evidence.calls:
            found[calls.reference].append(calls)
        return dict(found)

    @cached_property
    def orders(self) -> dict[OrderName, list[Submitted]]:
        """Every order's events in their sequence."""
        found: defaultdict[OrderName, list[Submitted]] = defaultdict(list)
        for submitted in self.evidence.submitted:
            found[submitted.order].append(submitted)
        return dict(found)

    @cached_property
    def documents_of(self) -> dict[OrderName, list[DocumentStatus]]:
        """The latest status of every invoice of an order."""
        return self._latest_of(is_invoice=True)

    @cached_property
    def credit_documents_of(self) -> dict[OrderName, list[DocumentStatus]]:
        """The same of every document that takes back a part of one."""
        return self._latest_of(is_invoice=False)

    def _latest_of(self, *, is_invoice: bool) -> dict[OrderName, list[DocumentStatus]]:
        found: defaultdict[OrderName, list[DocumentStatus]] = defaultdict(list)
        for latest in (document.latest for document in self.documents.values()):
            if (latest.intent is Intent.INVOICE) is is_invoice:
                found[latest.business, latest.order_reference].append(latest)
        return dict(found)

    @cached_property
    def grants(self) -> dict[OrderName, list[LinesCredited]]:
        """What was given back of each order's invoices; what was written twice is there once."""
        found: defaultdict[OrderName, list[LinesCredited]] = defaultdict(list)
        for notice in {each.notice_id: each for each in self.evidence.notices}.values():
            if isinstance(notice.body, LinesCredited):
                found[notice.business, notice.order_reference].append(notice.body)
        return dict(found)

    @cached_property
    def grant_of(self) -> dict[str, LinesCredited]:
        """The same by the document over it."""
        return {each.document_id: each for grants in self.grants.values() for each in grants if each.document_id}

    @cached_property
    def generated(self) -> dict[OrderName, GeneratedOrder]:
        """What was made up, by order."""
        return {(order.business, order.order_reference): order for order in self.evidence.generated}

    @cached_property
    def taken(self) -> dict[OrderName, Submitted]:
        """The event that each order's content comes from: the `OrderPlaced` that was answered OK first."""
        found: dict[OrderName, Submitted] = {}
        for submitted in self.evidence.submitted:
            if isinstance(submitted.event.body, OrderPlaced) and self.verdict(submitted) is Verdict.OK:
                found.setdefault(submitted.order, submitted)
        return found

    @cached_property
    def versions(self) -> dict[OrderName, list[Submitted]]:
        """Each order as it was taken, and as each amendment and correction that was answered OK has made it."""
        found = {order: [taken] for order, taken in self.taken.items()}
        answered = [outcome.event_id for outcome in self.evidence.outcomes if outcome.verdict is Verdict.OK]
        at = {event_id: place for place, event_id in reversed(list(enumerate(answered)))}
        changes = [
            each
            for each in self.evidence.submitted
            if isinstance(each.event.body, OrderAmended | InvoiceCorrected) and each.event_id in at
        ]
        for each in sorted(changes, key=lambda change: at[change.event_id]):
            if known := found.get(each.order):
                known.append(replace(known[-1], event=changed(known[-1].event, each.event)))
        return found

    def ordered(self, status: DocumentStatus) -> Submitted | None:
        """The order as this document must have it; None of an order that was never taken.

        A document that takes back has what its invoice has. The lines of a living invoice cannot become others, so it
        has the last version; one that ended has the version that it was asked for with. An invoice keeps its buyer.
        """
        versions = self.versions.get((status.business, status.order_reference))
        if versions is None:
            return None
        grant = self.grant_of.get(status.document_id)
        named = self.documents[grant.original].latest if grant and grant.original in self.documents else status
        possible = versions if named.state in DEAD else versions[-1:]
        command = self.asked.get(named.document_id)
        if command is None or command.order is None:
            return possible[-1]
        lines = set(command.order.lines)
        chosen = next((each for each in reversed(possible) if lines_in(each, named.lines) == lines), possible[-1])
        persons = [each.event.person for each in versions]
        person = command.person if command.person in persons else chosen.event.person
        return replace(chosen, event=replace(chosen.event, person=person))

    def lines_of(self, order: OrderName) -> tuple[str, ...]:
        """All that were ordered."""
        taken = self.taken.get(order)
        body = taken.event.body if taken else None
        return tuple(line.line_reference for line in body.lines) if isinstance(body, OrderPlaced) else ()

    @cached_property
    def planned_by_status(self) -> set[OrderName]:
        """The orders whose shop has said that they are to be invoiced, and that was answered OK."""
        return {
            submitted.order
            for submitted in self.evidence.submitted
            if isinstance(submitted.event.body, OrderStatusChanged)
            and submitted.event.body.status == SHIPPED
            and self.verdict(submitted) is Verdict.OK
        }

    def plans_by_itself(self, order: OrderName) -> bool:
        """What of it is open becomes a document without a request."""
        return order[0] in self.evidence.planned_by_order or order in self.planned_by_status

    @cached_property
    def cancelled_lines(self) -> dict[OrderName, set[str]]:
        """The lines whose cancellation was answered OK."""
        found: defaultdict[OrderName, set[str]] = defaultdict(set)
        for submitted in self.evidence.submitted:
            if isinstance(submitted.event.body, LinesCancelled) and self.verdict(submitted) is Verdict.OK:
                found[submitted.order].update(submitted.event.body.line_references)
        return dict(found)

    @cached_property
    def rejected_by_persons(self) -> set[str]:
        """The documents whose review was answered with REJECT, and that was answered OK."""
        return {str(decided[0]) for decided in self.decided if decided[2] is ReviewAnswer.REJECT}

    @cached_property
    def decided(self) -> set[tuple[object, ...]]:
        """Document, revision, decision, number, ETTN and actor of each review that was answered OK."""
        return {
            (body.document_id, body.revision, body.decision, body.number, body.ettn, submitted.event.actor)
            for submitted in self.evidence.submitted
            if isinstance(body := submitted.event.body, ReviewDecided) and self.verdict(submitted) is Verdict.OK
        }

    @cached_property
    def marked(self) -> set[tuple[object, ...]]:
        """Document, answer, number, ETTN and actor of each word on what became of a document that was answered OK."""
        said = [each for each in self.evidence.submitted if self.verdict(each) is Verdict.OK]
        issued = {
            (body.document_id, ReviewAnswer.CONFIRM_ISSUED, body.number, body.ettn, each.event.actor)
            for each in said
            if isinstance(body := each.event.body, DocumentMarkedIssued)
        }
        deleted = {
            (body.document_id, ReviewAnswer.CONFIRM_ABSENT, None, None, each.event.actor)
            for each in said
            if isinstance(body := each.event.body, DocumentMarkedDeleted)
        }
        return {*issued, *deleted}

    @cached_property
    def confirmed_absent(self) -> Counter[str]:
        """How often a person confirmed that a document's provider has none, and was answered OK."""
        return Counter(str(decided[0]) for decided in self.decided if decided[2] is ReviewAnswer.CONFIRM_ABSENT)

    @cached_property
    def given_up(self) -> set[str]:
        """The documents whose cancellation, move or correction was asked for and answered OK."""
        return {
            submitted.event.body.document_id
            for submitted in self.evidence.submitted
            if isinstance(submitted.event.body, DocumentCancellationRequested | RerouteRequested | InvoiceCorrected)
            and self.verdict(submitted) is Verdict.OK
        }

    @cached_property
    def corrections(self) -> dict[str, list[Submitted]]:
        """Each correction that was asked for, by the document that is wrong."""
        found: defaultdict[str, list[Submitted]] = defaultdict(list)
        for submitted in self.evidence.submitted:
            if isinstance(submitted.event.body, InvoiceCorrected):
                found[submitted.event.body.document_id].append(submitted)
        return dict(found)

    def final(self, submitted: Submitted) -> OrderOutcome | None:
        """The event's final outcome; the first, where there is more than one."""
        outcomes = self.outcomes.get(submitted.event_id, ())
        return next((outcome for outcome in outcomes if outcome.verdict is not Verdict.HELD), None)

    def verdict(self, submitted: Submitted) -> Verdict | None:
        """The event's final verdict."""
        outcome = self.final(submitted)
        return outcome.verdict if outcome else None

    def went_as_made_up(self, order: OrderName) -> bool:
        """No person took lines or documents from it and no provider refused one: the generator's expectation holds."""
        by_persons = any(
            isinstance(submitted.event.body, LinesCancelled)
            and submitted.event.actor is not None
            and self.verdict(submitted) is Verdict.OK
            for submitted in self.orders[order]
        )
        documents = self.documents_of.get(order, ())
        refused = any(status.state is DocumentState.REJECTED for status in documents)
        given_up = any(status.document_id in self.given_up for status in documents)
        return not by_persons and not refused and not given_up


def name_of(order: OrderName) -> str:
    """An order in a sentence."""
    return f"{order[0]}/{order[1]}"
