"""GİB's own schema and schematron, where they are installed: the extra `ubl`, never carried by this project.

GİB publishes both at ebelge.gib.gov.tr without a licence text. The Python package efatura-kontrol (MIT) carries the
schema, and the schematron compiled for an XSLT 3 processor; only its data is read, none of its code is run.
"""

from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

PACKAGE: Final = "efatura_kontrol"
PROCESSOR: Final = "saxonche"
SCHEMA: Final = "ekler/xsd/maindoc/UBL-Invoice-2.1.xsd"
SCHEMATRON: Final = "ekler/sematron/efatura.xsl"
HOW: Final = "pip install 'faturaflow[ubl]' installs it"


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Where the files are; None for what is not installed."""

    schema: Path | None
    schematron: Path | None


@cache
def installed() -> RuleSet:
    """What is installed on this machine. The package is looked at, not imported."""
    spec = find_spec(PACKAGE)
    folders = [Path(each) for each in (spec.submodule_search_locations or ())] if spec else []
    schema = next((folder / SCHEMA for folder in folders if (folder / SCHEMA).is_file()), None)
    compiled = next((folder / SCHEMATRON for folder in folders if (folder / SCHEMATRON).is_file()), None)
    return RuleSet(schema=schema, schematron=compiled if find_spec(PROCESSOR) else None)
