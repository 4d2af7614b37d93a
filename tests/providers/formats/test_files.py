"""What is taken for a document's file, and what is somebody else's page."""

import pytest

from providers.base.reads import FileForm
from providers.formats.files import file_among

UUID = "3a788481-438e-5f21-8e6d-53331fcfa32a"
XML = f'<?xml version="1.0"?>\n<Invoice xmlns:b="urn:b"><b:UUID>{UUID.upper()}</b:UUID></Invoice>'
PAGE = f"<!DOCTYPE html><html><body>ETTN: {UUID.upper()}</body></html>"
GATEWAY = f"<html><body>The page /einvoice/Sale/{UUID}/xml?id={UUID} was not found<br></body></html>"
XHTML = f"<html><body>The page /einvoice/Sale/{UUID}/xml was not found</body></html>"
ANOTHER = f"<Invoice xmlns:b='urn:b'><b:UUID>{'0' * 8}{UUID[8:]}</b:UUID><b:ID>{UUID}</b:ID></Invoice>"


@pytest.mark.parametrize(("form", "text"), [(FileForm.XML, XML), (FileForm.HTML, PAGE), (FileForm.PDF, "%PDF-1.7")])
@pytest.mark.parametrize("before", ["", "\ufeff", "\n "])
def test_a_file_is_of_its_form_and_of_the_document(form: FileForm, text: str, before: str) -> None:
    content = ((before if form is not FileForm.PDF else "") + text).encode()
    found = file_among([b"{}", content], form, UUID)
    assert found is not None
    assert found.content == content


@pytest.mark.parametrize("form", list(FileForm))
@pytest.mark.parametrize("text", [GATEWAY, XHTML, "", "{}"])
def test_a_page_about_the_request_is_none(form: FileForm, text: str) -> None:
    assert file_among([text.encode()], form, UUID) is None


@pytest.mark.parametrize("text", [ANOTHER, XML[:-4]])
def test_another_document_that_names_this_one_and_half_of_one_are_none(text: str) -> None:
    assert file_among([text.encode()], FileForm.XML, UUID) is None
