"""One file through every layer."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import localcontext
from pathlib import Path
from typing import Final

from app.documents.checking import (
    archive,
    arithmetic,
    codes,
    drafts,
    identifiers,
    investment,
    lists,
    matrix,
    receipts,
    requirements,
    rule_set,
    schematron,
    signature,
    structure,
    taxes,
    trade,
    xsd,
)
from app.documents.checking.document import Document
from app.documents.checking.findings import Fault, Finding, Layer, Mode, Rule, Severity
from app.documents.safe_input.tree import Element, Paths
from app.documents.safe_input.xml import UnsafeXmlError, parse

# A product of three numbers of `reading.MOST_DIGITS` is still rounded to kuruş, with decimals to spare behind them.
PRECISION: Final = 120
# Rules quote what is there, and that may be a file of megabytes; what is wrong with it is written before and behind.
LONGEST_MESSAGE: Final = 600
OF_PROFILES: Final = (
    *matrix.RULES,
    *requirements.RULES,
    *investment.RULES,
    *trade.RULES,
    *receipts.RULES,
    *archive.RULES,
)
OURS: Final[tuple[tuple[Layer, tuple[Rule, ...]], ...]] = (
    (Layer.STRUCTURE, (*structure.RULES, *signature.RULES)),
    (Layer.IDENTIFIERS, identifiers.RULES),
    (Layer.MATRIX, OF_PROFILES),
    (Layer.CODES, (*codes.RULES, *lists.RULES)),
    (Layer.ARITHMETIC, (*arithmetic.RULES, *taxes.RULES)),
)


EVERY: Final = frozenset(Layer)
GIB: Final = frozenset({Layer.XSD, Layer.SCHEMATRON})


def check(
    content: bytes,
    file: str,
    *,
    mode: Mode,
    today: date,
    rules: rule_set.RuleSet | None = None,
    layers: frozenset[Layer] = EVERY,
) -> list[Finding]:
    """Everything that is wrong with one invoice, and what was not looked at. Never raises for its content.

    `today` is the date in Turkey. `rules` are GİB's, as installed unless given. Without GİB's two among the `layers`
    the signature is not reported either.
    """
    try:
        root = parse(content)
    except UnsafeXmlError as error:
        return [_error(file, Layer.PARSING, "", error.code, str(error))]
    document = Document(root=root, mode=mode, today=today)
    with localcontext(prec=PRECISION):
        ours = list(_ours(file, document, layers))
    if not layers & GIB:
        return ours
    gib = _GibLayers(file, document, rule_set.installed() if rules is None else rules, layers)
    return [*ours, *gib.findings()]


def _ours(file: str, document: Document, layers: frozenset[Layer]) -> Iterator[Finding]:
    paths = Paths()
    for layer, rules in OURS:
        for rule in rules if layer in layers else ():
            for fault in rule(document):
                yield _of_fault(file, layer, fault, paths.of(fault.element))


def _of_fault(file: str, layer: Layer, fault: Fault, path: str) -> Finding:
    return replace(_error(file, layer, path, fault.code, fault.message), severity=fault.severity)


def _error(file: str, layer: Layer, path: str, code: str, message: str) -> Finding:
    if len(message) > LONGEST_MESSAGE:
        half = LONGEST_MESSAGE // 2
        message = f"{message[:half]} … {message[-half:]}"
    return Finding(file=file, layer=layer, path=path, code=code, message=message, severity=Severity.ERROR)


@dataclass(frozen=True, slots=True)
class _GibLayers:
    file: str
    document: Document
    rules: rule_set.RuleSet
    layers: frozenset[Layer]

    def findings(self) -> Iterator[Finding]:
        root = self.document.root
        if not drafts.is_signed(root):
            message = "The document is not signed; GİB's rules see placeholders where the signer will write."
            yield self._info(Layer.STRUCTURE, "UNSIGNED", message)
        draft = drafts.with_placeholders(root)
        yield from self._layer(Layer.XSD, self.rules.schema, lambda path: xsd.complaints(draft, path))
        yield from self._layer(Layer.SCHEMATRON, self.rules.schematron, lambda path: self._schematron(draft, path))

    def _layer(
        self, layer: Layer, path: Path | None, judge: Callable[[Path], Iterator[xsd.Complaint]]
    ) -> Iterator[Finding]:
        if layer not in self.layers:
            return
        if path is None:
            yield self._info(layer, "NOT_INSTALLED", f"GİB's {layer} was not asked: {rule_set.HOW}.")
            return
        for each in judge(path):
            yield _error(self.file, layer, each.path, each.code, each.message)

    def _schematron(self, draft: Element, path: Path) -> Iterator[xsd.Complaint]:
        try:
            yield from schematron.complaints(draft, self.document.profile, path)
        except schematron.SchematronError as error:
            yield xsd.Complaint("", "NOT_RUN", f"The schematron could not be run: {error}")

    def _info(self, layer: Layer, code: str, message: str) -> Finding:
        return replace(_error(self.file, layer, "", code, message), severity=Severity.INFO)
