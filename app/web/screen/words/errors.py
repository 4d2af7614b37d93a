"""Every error code as a sentence for people: what happened, why, and what to do. The table is `errors.csv`."""

import csv
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Final

from app.domain.errors import FieldError
from app.web.screen.words.text import Text

FILE: Final = resources.files("app.web.screen.words") / "errors.csv"
# A code of a provider's that came with a newer release of it, or of ours.
OTHER: Final = Text(
    "Belge bu haliyle kabul edilmedi. Ayrıntıdaki açıklamaya bakın; anlaşılmıyorsa yöneticinize iletin.",
    "It was not taken as it is. Look at the details; where they do not help, pass them to your administrator.",
)


@cache
def sentences() -> Mapping[str, Text]:
    """By code."""
    rows = csv.DictReader(FILE.read_text(encoding="utf-8").splitlines())
    return {row["code"]: Text(row["turkish"], row["english"]) for row in rows}


def sentence_of(error: FieldError) -> Text:
    """The sentence of an error's code."""
    return sentences().get(error.code, OTHER)
