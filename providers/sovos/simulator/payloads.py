"""What the simulated Sovos checks in a message before it looks at the document: names, sequence, ZIP, checksum."""

import base64
import binascii
import hashlib
import io
import zipfile
import zlib
from collections.abc import Sequence

from providers.formats.elements import Element, local_name, namespace_of, text
from providers.simulation.ubl import BadUblError, SentInvoice, sent_invoice


class BadMessageError(Exception):
    """The message is not as the description has it; the text says why."""


def refuse_misshapen(body: Element, namespace: str, names: Sequence[str], *, qualified: bool) -> None:
    """Raises BadMessageError for another namespace of the root, of a field, or another sequence of fields."""
    if namespace_of(body) != namespace:
        raise BadMessageError(f"{local_name(body)} is of {namespace_of(body)!r}, not of {namespace!r}")
    of_fields = namespace if qualified else ""
    for each in body.iter("*"):
        if each is not body and namespace_of(each) != of_fields:
            raise BadMessageError(f"{local_name(each)} is of {namespace_of(each)!r}, not of {of_fields!r}")
    places = [names.index(local_name(each)) if local_name(each) in names else -1 for each in body.iterchildren("*")]
    if -1 in places or places != sorted(places):
        raise BadMessageError(f"the fields of {local_name(body)} are {', '.join(names)}, in this sequence")


def refuse_without(body: Element, *names: str) -> None:
    """Raises BadMessageError for a field that is missing or empty."""
    missing = [name for name in names if not text(body, name)]
    if missing:
        raise BadMessageError(f"{', '.join(missing)} is missing")


def packed_in(field: str) -> bytes:
    """The bytes of a base64 field. Raises BadMessageError."""
    try:
        return base64.b64decode(field, validate=True)
    except binascii.Error as error:
        raise BadMessageError(f"it is no base64: {error}") from error


def refuse_wrong_hash(packed: bytes, written: str) -> None:
    """MD5 of the ZIP, in lower case. Raises BadMessageError."""
    expected = hashlib.md5(packed, usedforsecurity=False).hexdigest()
    if written != expected:
        raise BadMessageError(f"the hash of the ZIP is {expected}, not {written}")


def invoice_in(packed: bytes, name: str | None) -> SentInvoice:
    """The only document of a ZIP, in a file of its UUID. Raises BadMessageError and BadUblError.

    `name`: what the message calls the file; None where it has no name for it.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            entries = archive.namelist()
            content = archive.read(entries[0]) if len(entries) == 1 else b""
    except (zipfile.BadZipFile, zlib.error, NotImplementedError) as error:
        raise BadMessageError(f"it is no ZIP: {error}") from error
    if len(entries) != 1:
        raise BadMessageError(f"the ZIP has {len(entries)} files, and takes one")
    invoice = sent_invoice(content)
    names = {entries[0].rpartition(".")[0].lower(), *([] if name is None else [name.lower()])}
    if names != {invoice.uuid}:
        raise BadUblError(f"the file is called {', '.join(sorted(names))}, and the document's UUID is {invoice.uuid}")
    return invoice


def zipped(name: str, content: bytes) -> str:
    """A ZIP of one file, as a base64 field."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return base64.b64encode(out.getvalue()).decode()
