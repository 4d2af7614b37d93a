"""What a check says: one record per finding, made by rules that each have a name."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml import etree

    from app.documents.checking.document import Document


class Severity(StrEnum):
    """An ERROR makes a document fail; a WARNING is for a person to look at; INFO is what was not looked at."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Mode(StrEnum):
    """In TEST the identities of test environments are warned of; in PRODUCTION they are refused."""

    TEST = "test"
    PRODUCTION = "production"


class Layer(StrEnum):
    """What a finding rests on: our own rules in the first six, GİB's in the last two."""

    PARSING = "parsing"
    STRUCTURE = "structure"
    ARITHMETIC = "arithmetic"
    IDENTIFIERS = "identifiers"
    CODES = "codes"
    MATRIX = "matrix"
    XSD = "xsd"
    SCHEMATRON = "schematron"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is wrong. `path` is of local names, `Invoice/InvoiceLine[2]/LineExtensionAmount`."""

    file: str
    layer: Layer
    path: str
    code: str
    message: str
    severity: Severity


@dataclass(frozen=True, slots=True)
class Fault:
    """What a rule of ours finds at an element; the checker makes a Finding of it."""

    element: "etree._Element"
    code: str
    message: str
    severity: Severity = Severity.ERROR


Rule = Callable[["Document"], Iterator[Fault]]
