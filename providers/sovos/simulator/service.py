"""Sovos's side of the wire, on loopback: both SOAP services below one address, at their documented paths.

It knows nothing of our adapter. Rules that need no set-up:

* Any user with the password `sandbox-<tax number>` is that company's, at both services; any other login gets 401.
* The sender's alias (GB) is `urn:mail:defaultgb@<tax number>.example`; taxpayers: `providers.simulation.taxpayers`.
* The portal has the branch `default`. Series are not checked.
* The codes of e-Arşiv's pre-check, and how its status says that it has no such document, are not published: those here
  (from 9001) are none of the real ones.

`PUT /_simulator/sovos` switches what accounts differ in: see `accounts.Behaviour`. Files are unsigned.

Run it with `python -m providers.sovos.simulator.service`; misbehaviour and record: `providers.simulation`.
"""

from typing import Final

from aiohttp import web

from providers.simulation.misbehaviour import CallFault, Misbehaviour
from providers.simulation.record import Booking, Fate, SimulatorRecord
from providers.simulation.server import run, simulator_application
from providers.simulation.soap import add_service
from providers.simulation.taxpayers import SWITCH as TAXPAYERS
from providers.simulation.taxpayers import Taxpayers
from providers.simulation.ubl import SentInvoice, booking_of
from providers.sovos.simulator.accounts import SWITCH, Archive, Behaviour
from providers.sovos.simulator.earsiv import EArsivService
from providers.sovos.simulator.efatura import EFaturaService

# With this OUTPUT_TYPE it mails a document to the address in it.
BY_MAIL: Final = "0100"
EARSIV_PATH: Final = "/ClientEArsivServicesPort.svc"
EFATURA_PATH: Final = "/ClientEInvoiceServices/ClientEInvoiceServicesPort.svc"
# The real ones serve no description either: it is handed out as files.
PAGE: Final = "<html><head><title>Service</title></head></html>"
# Short for a test, and long enough that a caller who asks at once finds the document on its way.
STATUS_SECONDS: Final = 0.3


class Sovos:
    """Both services. `status_seconds` is how long a document takes until it is signed, or delivered."""

    def __init__(self, misbehaviour: Misbehaviour, *, status_seconds: float = STATUS_SECONDS) -> None:
        self._misbehaviour = misbehaviour
        self._status_seconds = status_seconds
        self.record = SimulatorRecord("sovos")
        self.archive = Archive()
        self.behaviour = Behaviour()
        self._taxpayers = Taxpayers()

    def application(self) -> web.Application:
        application = simulator_application(self.record, self._misbehaviour)
        shared = (self.record, self.archive, self.behaviour, self._misbehaviour, self._book)
        for path, operations in (
            (EARSIV_PATH, EArsivService(*shared).operations()),
            (EFATURA_PATH, EFaturaService(*shared, self._taxpayers).operations()),
        ):
            add_service(application, path, operations, PAGE)
        application.router.add_put(SWITCH, self.behaviour.change)
        application.router.add_put(TAXPAYERS, self._taxpayers.name)
        return application

    def _book(self, company: str, kind: str, invoice: SentInvoice, fault: CallFault) -> Booking:
        fate = Fate.of(fault, self._misbehaviour.delays, self._status_seconds)
        booking = booking_of(
            invoice, company=company, document_type=kind, number=self.archive.number_of(company, invoice), fate=fate
        )
        self.record.book(booking)
        if invoice.references.get("OUTPUT_TYPE") == BY_MAIL and invoice.buyer_email:
            self.record.mail(booking, invoice.buyer_email)
        self.archive.sent[company, invoice.uuid] = invoice
        return booking


def application(seed: int) -> web.Application:
    """The simulator as the sandbox runs it."""
    return Sovos(Misbehaviour(seed=seed)).application()


if __name__ == "__main__":
    run(application, "Sovos's sandbox on loopback")
