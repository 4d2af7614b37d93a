"""QNB's side of the wire, on loopback: its SOAP services below one address, at their documented paths.

It knows nothing of our adapter. Rules that need no set-up:

* Any user with the password `sandbox-<tax number>` is that company's; any other login is the fault
  `username.pwd.mismatch`, and after five of them the user is blocked.
* ERP codes `ERP1` and `ERP2` are registered, and the branch `DFLT`. Series are not checked.
* Taxpayers: `providers.simulation.taxpayers`.
* How too many calls and an unregistered ERP code are answered is not published: here a fault with 429, and AE00001.

`PUT /_simulator/qnb-esolutions` switches what accounts differ in: see `accounts.Behaviour`. Files are unsigned.

Run it with `python -m providers.qnb_esolutions.simulator.service`; misbehaviour and record: `providers.simulation`.
"""

from typing import Final

from aiohttp import web

from providers.qnb_esolutions.simulator.accounts import SWITCH, Archive, Behaviour
from providers.qnb_esolutions.simulator.description import described
from providers.qnb_esolutions.simulator.earsiv import MAILED, NAMESPACE, EArsivService
from providers.qnb_esolutions.simulator.efatura import EFaturaService
from providers.simulation.misbehaviour import CallFault, Misbehaviour
from providers.simulation.record import Booking, Fate, SimulatorRecord
from providers.simulation.server import run, simulator_application
from providers.simulation.soap import add_service
from providers.simulation.taxpayers import SWITCH as TAXPAYERS
from providers.simulation.taxpayers import Taxpayers
from providers.simulation.ubl import SentInvoice, booking_of

EARSIV_PATH: Final = "/earsiv/ws/EarsivWebService"
EFATURA_PATHS: Final = ("/efatura/ws/connectorService", "/connector/ws/connectorService")
EARSIV: Final = "EARSIV"
# Of the e-Fatura service none is given.
NO_DESCRIPTION: Final = "<definitions/>"
# Short for a test, and long enough that a caller who asks at once finds the document on its way.
STATUS_SECONDS: Final = 0.3


class QnbESolutions:
    """The services. `status_seconds` is how long an e-Fatura takes until it is delivered; an e-Arşiv takes no time."""

    def __init__(self, misbehaviour: Misbehaviour, *, status_seconds: float = STATUS_SECONDS) -> None:
        self._misbehaviour = misbehaviour
        self._status_seconds = status_seconds
        self.record = SimulatorRecord("qnb-esolutions")
        self.archive = Archive()
        self.behaviour = Behaviour()
        self._taxpayers = Taxpayers()

    def application(self) -> web.Application:
        application = simulator_application(self.record, self._misbehaviour)
        for paths, service in (((EARSIV_PATH,), EArsivService), (EFATURA_PATHS, EFaturaService)):
            made = service(
                record=self.record,
                archive=self.archive,
                behaviour=self.behaviour,
                misbehaviour=self._misbehaviour,
                taxpayers=self._taxpayers,
                book=self._book,
            )
            operations = made.operations()
            page = described(NAMESPACE, operations) if service is EArsivService else NO_DESCRIPTION
            for path in paths:
                add_service(application, path, operations, page)
        application.router.add_put(SWITCH, self.behaviour.change)
        application.router.add_put(TAXPAYERS, self._taxpayers.name)
        return application

    def _book(self, company: str, kind: str, invoice: SentInvoice, number: str, fault: CallFault) -> Booking:
        seconds = 0.0 if kind == EARSIV else self._status_seconds
        fate = Fate.of(fault, self._misbehaviour.delays, seconds)
        booking = booking_of(invoice, company=company, document_type=kind, number=number, fate=fate)
        self.record.book(booking)
        if kind == EARSIV and invoice.buyer_email and MAILED in invoice.notes:
            self.record.mail(booking, invoice.buyer_email)
        self.archive.sent[company, invoice.uuid] = invoice
        self.archive.numbers.add((company, number))
        return booking


def application(seed: int) -> web.Application:
    """The simulator as the sandbox runs it."""
    return QnbESolutions(Misbehaviour(seed=seed)).application()


if __name__ == "__main__":
    run(application, "QNB's sandbox on loopback")
