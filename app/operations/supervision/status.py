"""The `up` that runs in a folder, asked from another process."""

from contextlib import closing
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from pydantic import ValidationError

from app.operations.errors import UnavailableError
from app.operations.supervision.folder import running_state
from app.operations.supervision.report import REPORT, STATUS_PATH, UpReport

_ANSWER_SECONDS: Final = 5.0


def status_of(folder: Path) -> UpReport:
    """How everything is. Raises NotPossibleError where nothing runs in the folder, and UnavailableError."""
    url = running_state(folder).page
    place = urlsplit(url)
    try:
        with closing(HTTPConnection(place.hostname or "", place.port, timeout=_ANSWER_SECONDS)) as asked:
            asked.request("GET", STATUS_PATH)
            return REPORT.validate_json(asked.getresponse().read())
    except (OSError, HTTPException, ValidationError) as error:
        raise UnavailableError(f"{url} does not answer as expected: {type(error).__name__}.") from error
