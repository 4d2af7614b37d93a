"""Files that commands read and write: bounded, and whole."""

import os
import stat
import tempfile
from pathlib import Path

from app.operations.errors import RefusedInputError


def content_of(file: Path, most: int, what: str) -> bytes:
    """The file; of a larger one a byte more than `most`, which is refused by what takes it.

    Raises RefusedInputError, which asks for the path of `what`.
    """
    try:
        with file.open("rb") as opened:
            return opened.read(most + 1)
    except OSError as error:
        raise RefusedInputError(f"{file} cannot be read ({error.strerror}): give the path of {what}.") from error


def write_file(file: Path, content: bytes) -> None:
    """Writes the file whole or not at all: what was there before stays until then. A device is written to.

    Raises OSError, which names the file.
    """
    target = file.resolve()
    try:
        if target.exists() and not target.is_file():
            target.write_bytes(content)
        else:
            _replace(target, content)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(file)) from error


def _replace(target: Path, content: bytes) -> None:
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}-")
    made = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(content)
        made.chmod(stat.S_IMODE(target.stat().st_mode) if target.exists() else 0o666 & ~_umask())
        made.replace(target)
    except OSError:
        made.unlink(missing_ok=True)
        raise


def _umask() -> int:
    known = os.umask(0)
    os.umask(known)
    return known
