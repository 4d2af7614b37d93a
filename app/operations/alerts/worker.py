"""The worker that tells people: looks every minute, and mails by the installation's mail server."""

import signal
import threading
from functools import partial
from pathlib import Path
from typing import Final

import structlog

from app.domain.time import utc_now
from app.operations.alerts.findings import findings, running_up
from app.operations.alerts.mails import Alerts
from app.operations.errors import NotPossibleError
from app.operations.mail.sending import checked_addresses
from app.operations.mail.server import deliver, mail_server
from app.operations.read_model import queries
from app.operations.supervision.folder import FOLDER
from app.settings import settings
from app.store import Store, StoreError
from app.stream.processing import logs

LOOK_SECONDS: Final = 60.0

log = structlog.get_logger(__name__)


def run_alerts(folder: Path | None = None) -> None:
    """Tell the addresses of FATURAFLOW_ALERT_TO until SIGTERM or SIGINT.

    `folder`: where `faturaflow up` may run; None: where it does usually.
    Raises NotPossibleError without an address or a mail server, RefusedInputError for an address that cannot be used,
    and StoreError at the start; later a store that does not answer is looked at again.
    """
    known, stop = settings(), threading.Event()
    logs.configure(known.log_level)
    if not known.alert_to:
        raise NotPossibleError("Nobody is to be told: set FATURAFLOW_ALERT_TO to addresses between commas.")
    to, server = checked_addresses(known.alert_to.split(",")), mail_server(known)
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda _number, _frame: stop.set())
    with Store.open(known) as store:
        alerts = Alerts(store.alerts(), to, sender=server.sender, send=partial(deliver, server))
        while not stop.is_set():
            try:
                now = utc_now()
                alerts.tell(findings(store, queries(), now, running_up(folder or FOLDER)), now)
            except StoreError as error:
                log.warning("the store does not answer", why=str(error))
            stop.wait(LOOK_SECONDS)
