"""The portal's commands for drafts and documents: codes, signatures, deletions, requests."""

import secrets
from collections.abc import Callable
from typing import Any, Final

from aiohttp import web

from providers.gib_earsiv.simulator import documents, words
from providers.gib_earsiv.simulator.sessions import Session
from providers.gib_earsiv.simulator.switches import REQUEST_STATES, Switches
from providers.simulation.record import Booking

# The code that comes by telephone, and where it goes.
CODE: Final = "123456"
TELEPHONE: Final = "5550000042"
ROW: Final = ("belgeNumarasi", "aliciVknTckn", "aliciUnvanAdSoyad", "belgeTarihi", "belgeTuru", "onayDurumu", "ettn")
Find = Callable[[Session, str], Booking | None]


class Persons:
    """`find`: a document of the session's company by its ETTN."""

    def __init__(self, switches: Switches, find: Find) -> None:
        self._switches = switches
        self._find = find
        self._signings: dict[str, str] = {}
        self._requests: dict[str, tuple[Session, Booking]] = {}

    def telephone(self, session: Session, _: dict[str, Any]) -> web.Response:
        """The number that the portal has of its user."""
        session.asked_for_telephone = True
        return words.data({"telefon": TELEPHONE})

    def send_code(self, session: Session, payload: dict[str, Any]) -> web.Response:
        """Fails in the portal's way where the number was not asked for before."""
        if not session.asked_for_telephone:
            return words.refused(words.NULL)
        if payload.get("CEPTEL") != TELEPHONE:
            return words.refused(words.BAD_FORM)
        reference = secrets.token_hex(8)
        self._signings[reference] = session.company
        return words.data({"oid": reference})

    def sign(self, session: Session, payload: dict[str, Any]) -> web.Response:
        """Of rows that are not whole it says that they are signed, and signs nothing."""
        if self._signings.get(payload.get("OID", "")) != session.company or payload.get("SIFRE") != CODE:
            return words.data({"sonuc": "0", "msg": "Girdiğiniz şifre hatalı"})
        for row in payload.get("DATA", []):
            booking = self._find(session, row.get("ettn", ""))
            if booking is not None and self._switches.signs == "all" and all(name in row for name in ROW):
                booking.is_draft = False
        return words.data({"sonuc": "1", "msg": "İmzalama işlemi tamamlandı"})

    def delete(self, session: Session, payload: dict[str, Any]) -> web.Response:
        """Drafts alone; at the test portal it often fails."""
        rows = payload.get("silinecekler", [])
        found = [self._find(session, row.get("ettn", "")) for row in rows if row.get("belgeNumarasi")]
        drafts = [each for each in found if each and documents.approval_of(each) == documents.UNSIGNED]
        if not drafts or self._switches.deletes == "fail":
            return words.data(words.NOT_DELETED)
        for each in drafts:
            each.is_draft = each.is_cancelled = True
        return words.data(f"{len(drafts)} fatura başarıyla silindi")

    def request(self, session: Session, payload: dict[str, Any]) -> web.Response:
        """One for each signed document; what becomes of it is decided later."""
        booking = self._find(session, payload.get("ettn", ""))
        fits = booking is not None and documents.approval_of(booking) == documents.SIGNED
        if booking is None or not fits or payload.get("onayDurumu") != documents.SIGNED or booking.id in self._requests:
            return words.refused(words.NO_REQUEST)
        self._requests[booking.id] = session, booking
        booking.is_cancelled = self._switches.requests == "accepted"
        return words.data(words.REQUESTED)

    def requests(self, session: Session, _: dict[str, Any]) -> web.Response:
        """The company's, in their state."""
        state = REQUEST_STATES[self._switches.requests]
        rows = [
            {
                "iptalItirazOid": booking.id,
                "belgeNumarasi": booking.number,
                "belgeTuru": "FATURA",
                "iptalItiraz": 0,
                "iptalItirazDurumu": state,
                "itirazYontemi": None,
            }
            for of, booking in self._requests.values()
            if of.company == session.company
        ]
        return words.data(rows or None)


def forbidden(_: Session, __: dict[str, Any]) -> web.Response:
    """What needs a device that few users have."""
    return words.refused(words.NO_RIGHT, "7")
