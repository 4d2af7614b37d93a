"""Files that were made to harm: refused by name, and nothing in them is fetched or run."""

from pathlib import Path

import pytest

from app.documents.safe_input.xml import MAX_BYTES, UnsafeXmlError, parse
from tests.documents.checking.mutations import sample

ROOT = '<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2">{}</Invoice>'
BOMB = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


def refused(content: bytes) -> str:
    with pytest.raises(UnsafeXmlError) as caught:
        parse(content)
    return caught.value.code


def test_a_bomb_of_entities_is_refused() -> None:
    assert refused(f'<!DOCTYPE Invoice [<!ENTITY l0 "ha">{BOMB}]>{ROOT.format("&l9;")}'.encode()) == "DOCUMENT_TYPE"


def test_a_bomb_in_utf_16_is_refused_too() -> None:
    bomb = f'<!DOCTYPE Invoice [<!ENTITY l0 "ha">{BOMB}]>{ROOT.format("&l9;")}'
    assert refused(bomb.encode("utf-16")) == "DOCUMENT_TYPE"


def test_a_document_type_in_an_encoding_that_hides_its_letters_is_refused_after_parsing() -> None:
    content = f'<?xml version="1.0" encoding="cp037"?><!DOCTYPE Invoice [<!ENTITY l0 "ha">{BOMB}]>{ROOT.format("&l9;")}'
    assert refused(content.encode("cp037")) in {"DOCUMENT_TYPE", "WRONG_ENCODING", "NOT_WELL_FORMED"}


def test_a_file_of_this_machine_is_not_read_into_an_invoice(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    external = f'<!DOCTYPE Invoice [<!ENTITY x SYSTEM "{secret.as_uri()}">]>{ROOT.format("&x;")}'
    assert refused(external.encode()) == "DOCUMENT_TYPE"


def test_a_document_type_elsewhere_is_not_fetched() -> None:
    assert refused(b'<!DOCTYPE Invoice SYSTEM "http://127.0.0.1:1/x.dtd">' + ROOT.encode()) == "DOCUMENT_TYPE"


def test_an_undeclared_entity_is_no_xml() -> None:
    assert refused(ROOT.format("&x;").encode()) == "NOT_WELL_FORMED"


@pytest.mark.parametrize(
    "content",
    [
        b'<?xml version="1.0" encoding="UTF-8"?>' + ROOT.format("Ş").encode("iso-8859-9"),
        b'<?xml version="1.0" encoding="nonsense"?>' + ROOT.encode(),
    ],
)
def test_a_wrong_encoding_is_named(content: bytes) -> None:
    assert refused(content) == "WRONG_ENCODING"


def test_another_encoding_that_is_told_rightly_is_read() -> None:
    content = f'<?xml version="1.0" encoding="iso-8859-9"?>{ROOT.format("Ş")}'.encode("iso-8859-9")
    assert parse(content).text == "Ş"


@pytest.mark.parametrize("content", [b"", b"<", b"PK\x03\x04", b"{}", b"<Invoice><a></Invoice>"])
def test_what_is_no_xml_is_named(content: bytes) -> None:
    assert refused(content) == "NOT_WELL_FORMED"


def test_a_well_of_elements_is_refused() -> None:
    assert refused(ROOT.format("<a>" * 10_000 + "</a>" * 10_000).encode()) == "NOT_WELL_FORMED"


def test_another_document_is_no_invoice() -> None:
    assert refused(b"<Order/>") == "NOT_AN_INVOICE"


def test_a_file_above_the_bound_is_not_parsed() -> None:
    assert refused(b" " * (MAX_BYTES + 1)) == "TOO_LARGE"


def test_a_document_type_inside_a_text_is_only_text() -> None:
    content = sample("sale").replace(b"Artificial goods", b"<![CDATA[<!DOCTYPE html>]]>")
    assert parse(content) is not None
