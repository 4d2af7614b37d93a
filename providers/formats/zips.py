"""A ZIP with one document in it, as integrators take and give UBL."""

import io
import zipfile
import zlib
from typing import Final

# More than any document with its files has; a small ZIP can hold a thousand times its size.
MOST_BYTES: Final = 16 * 1024 * 1024
MAGIC: Final = b"PK\x03\x04"
# The earliest that the format knows: the same document is the same ZIP at any time.
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)


def zipped(name: str, content: bytes) -> bytes:
    """A ZIP of one file, the same bytes for the same content."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(name, _EPOCH), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def only_file_in(content: bytes) -> bytes | None:
    """The file of a ZIP with one; None for what is none, holds more or fewer, or is too large when it is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            (entry,) = archive.infolist()
            with archive.open(entry) as file:
                found = file.read(MOST_BYTES + 1)
    except (zipfile.BadZipFile, zlib.error, ValueError, EOFError, NotImplementedError, RuntimeError, OSError):
        return None
    return found if len(found) <= MOST_BYTES else None
