"""A document's file, in each of the forms in which it has been seen to come."""

import base64
import json

import pytest

from providers.base.reads import DocumentFile, FileForm
from providers.nilvera.files import file_in
from providers.transport.http import Reply

UUID = "7f0cf3a2-1a1b-4c55-9a0e-1f5d1d3c0001"
PDF = b"%PDF-1.4\n\xe2\xe3\xcf\xd3 a page"
XML = f"<Invoice><UUID>{UUID.upper()}</UUID><Note>ş</Note></Invoice>".encode()


def forms_of(content: bytes) -> list[bytes]:
    encoded = base64.b64encode(content)
    return [content, encoded, json.dumps(encoded.decode()).encode()]


def texts_of(content: bytes) -> list[bytes]:
    return [*forms_of(content), json.dumps(content.decode()).encode(), b"\xef\xbb\xbf  " + content]


@pytest.mark.parametrize("body", forms_of(PDF))
def test_a_pdf_comes_out_of_every_form_byte_for_byte(body: bytes) -> None:
    found = file_in(Reply(status=200, text="", body=body), FileForm.PDF, UUID)
    assert found == DocumentFile(content=PDF, media_type="application/pdf")


@pytest.mark.parametrize("form", [FileForm.XML, FileForm.HTML])
@pytest.mark.parametrize("body", texts_of(XML))
def test_a_text_comes_out_of_every_form(form: FileForm, body: bytes) -> None:
    found = file_in(Reply(status=200, text="", body=body), form, UUID)
    assert found is not None
    assert found.content.endswith(XML)
    assert found.media_type == form.media_type


@pytest.mark.parametrize(
    ("body", "form"),
    [
        (rb'"\ud800"', FileForm.PDF),
        (b"", FileForm.PDF),
        (b"", FileForm.XML),
        (XML, FileForm.PDF),
        (PDF, FileForm.XML),
        (b"<html>Please log in</html>", FileForm.HTML),
        (XML.replace(b"1D3C0001", b"1D3C0002"), FileForm.XML),
        (json.dumps(UUID).encode(), FileForm.HTML),
        (b'{"Errors":[]}', FileForm.XML),
        (b"[" * 100_000, FileForm.HTML),
        (b"null", FileForm.PDF),
    ],
)
def test_what_is_no_file_of_this_document_is_none(body: bytes, form: FileForm) -> None:
    assert file_in(Reply(status=200, text="", body=body), form, UUID) is None
