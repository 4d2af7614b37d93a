"""The texts of the templates; `python -m tests.web.screen.catalogue` brings `tr.po` up to date with them.

A new text stands there without its Turkish, which a person writes; one that no template has any more goes.
"""

from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from tests.docs.extraction import ROOT

TEMPLATES: Final = ROOT / "app/web/screen/templates"
FILE: Final = ROOT / "app/web/screen/words/tr.po"


Id = str | tuple[str, str]


def texts() -> set[Id]:
    """Every text that a template translates; of one that counts both forms of its English."""
    found = extract_from_dir(
        TEMPLATES,
        method_map=[("**.html", "jinja2.ext:babel_extract")],
        options_map={"**.html": {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}},
    )
    return {message if isinstance(message, str) else (message[0], message[1]) for _, _, message, _, _ in found}


def turkish() -> Catalog:
    """What is written of them."""
    with FILE.open("rb") as file:
        return read_po(file, locale="tr")


def main(path: Path = FILE) -> None:
    """Writes the catalogue."""
    known = {message.id: message.string for message in turkish() if message.id} if path.exists() else {}
    made = Catalog(locale="tr")
    for text in sorted(texts(), key=str):
        made.add(text, known.get(text, "" if isinstance(text, str) else ("", "")))
    with path.open("wb") as file:
        write_po(file, made, width=0, omit_header=True, sort_output=True)


if __name__ == "__main__":
    main()
