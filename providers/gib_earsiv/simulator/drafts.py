"""The documents of the simulated portal: how one is made of a form, and what people do with it there."""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from providers.gib_earsiv.simulator import forms
from providers.gib_earsiv.simulator.sessions import Session
from providers.gib_earsiv.simulator.switches import Switches
from providers.simulation.misbehaviour import CallFault, Misbehaviour
from providers.simulation.record import Booking, Fate, SimulatorRecord


@dataclass(frozen=True, slots=True)
class Draft:
    """A document and the form that it was made from."""

    booking: Booking
    form: dict[str, Any]


class Drafts:
    """All of them, by ETTN."""

    def __init__(
        self, record: SimulatorRecord, switches: Switches, misbehaviour: Misbehaviour, status_seconds: float | None
    ) -> None:
        self._record = record
        self._switches = switches
        self._misbehaviour = misbehaviour
        self._status_seconds = status_seconds
        self._drafts: dict[str, Draft] = {}

    def all(self) -> list[Draft]:
        """In their sequence."""
        return list(self._drafts.values())

    def of(self, session: Session, ettn: str) -> Draft | None:
        """One of the session's company."""
        draft = self._drafts.get(ettn)
        return draft if draft is not None and draft.booking.company == session.company else None

    def booking(self, session: Session, ettn: str) -> Booking | None:
        """The same, as it is booked."""
        draft = self.of(session, ettn)
        return draft.booking if draft else None

    def make(self, company: str, reference: str, form: dict[str, Any], fault: CallFault) -> None:
        """Each time another one, with an ETTN and a number of the portal's own."""
        kept = {**form, "odenecekTutar": f"{Decimal(form['odenecekTutar']) + self._switches.total:.2f}"}
        fate = Fate.of(fault, self._misbehaviour.delays, self._status_seconds or 0.0)
        ettn, day = str(uuid.uuid4()), datetime.strptime(form["faturaTarihi"], "%d/%m/%Y").date()  # noqa: DTZ007
        booking = Booking(
            id=ettn,
            reference=reference,
            number=f"GIB{day.year}{len(self._record.of(company)) + 1:09}",
            company=company,
            document_type="EARSIV",
            order_reference=form.get("siparisNumarasi") or None,
            issue_date=day.isoformat(),
            buyer=forms.buyer_of(form),
            payable=Decimal(kept["odenecekTutar"]),
            currency=form["paraBirimi"],
            lines=forms.lines_of(form),
            booked_at=fate.booked_at,
            visible_at=fate.visible_at,
            decided_at=fate.decided_at,
            fails=False,  # the portal itself decides nothing later
            ettn=ettn,
            is_draft=self._status_seconds is None,
            content=json.dumps(kept, ensure_ascii=False, default=str),
        )
        self._drafts[ettn] = Draft(booking, kept)
        self._record.book(booking)

    def act(self, acts: Mapping[str, Any]) -> None:
        """What people do in the portal's pages."""
        for ettn in acts.get("sign", []):
            self._drafts[ettn].booking.is_draft = False
        for ettn in acts.get("delete", []):
            booking = self._drafts[ettn].booking
            booking.is_draft = booking.is_cancelled = True
        for ettn, fields in acts.get("change", {}).items():
            self._drafts[ettn].form.update(fields)
