"""Codes and their sentences, read from the source: every place that makes an error, an answer or a dead letter.

Reading the source finds what no list has: a code that somebody adds is found where it is made. `…` is a value of the
moment.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Final

from app.domain import field_errors

ROOT: Final = Path(__file__).parents[2]
ROOMS: Final = ("app/domain", "app/intake", "app/planning", "app/issuing", "app/documents", "app/stream", "providers")
# The rest of the store says something of a configuration.
NUMBERS: Final = ("app/store/numbers.py", "app/store/brought.py")
# What says something of a file or of a simulator, and nothing of an order; the files have pages of their own.
ELSEWHERE: Final = ("app/documents/checking", "app/documents/rendering", "app/documents/ubl/reading", "simul")
CODE: Final = re.compile(r"[A-Z…][A-Z0-9]*(_[A-Z0-9…]+)*")
# Each function that makes an error, and which of its arguments is the code; the sentence is the next one.
MAKERS: Final[Mapping[str, int]] = {
    "FieldError": 1,
    "error_at": 1,
    "PydanticCustomError": 0,
    "at": 1,
    "_error": 1,
    "_refusal": 0,
}
MAKERS_WITHOUT_SENTENCE: Final[Mapping[str, int]] = {"_of_type": 1}
ANSWERS: Final = frozenset({"answer", "refuse", "refused"})
# Codes that are put together, and what comes out.
PUT_TOGETHER: Final[Mapping[str, tuple[str, ...]]] = {
    "LINE_…": ("LINE_CLAIMED", "LINE_INVOICED"),
    "…_CHANGED": ("ETTN_CHANGED", "NUMBER_CHANGED"),
    "…_IN_USE": ("ETTN_IN_USE", "NUMBER_IN_USE"),
    "DIA_…": (),  # its own, of which it publishes no list
    "TRENDYOL_…": (),  # likewise
    "NILVERA_…": (),  # its own, of which it publishes no list
    "QNB_…": (),
    "SOVOS_…": (),
    "SOVOS_STATUS_…": (),
    "SOVOS_CANCEL_…": (),
}
# What makes a dead letter; its first argument is the reason.
_UNREADABLE: Final = frozenset({"dead_letter", "UnreadableCommandError", "UnreadableRecordError"})
Texts = Mapping[str, str]


def error_codes() -> dict[str, str]:
    """Every code that an event, a request or a document can get, with what is said beside it."""
    said: dict[str, set[str]] = defaultdict(set)
    for code, sentence in (*_of_shape(), *(found for path in _files() for found in _made_in(path))):
        for each in PUT_TOGETHER[code] if "…" in code else (code,):
            said[each] |= {sentence} - {""}
    return {code: "; ".join(sorted(sentences)) or "…" for code, sentences in sorted(said.items())}


def outcome_reasons() -> set[str]:
    """The reasons that are given to an answer, beside the codes of its errors."""
    return {code for path in _files() for code in _reasons_in(path)}


def dead_letter_reasons() -> set[str]:
    """The reasons that the agents give themselves."""
    return {code for path in _files() for code in _dead_letters_in(path)}


def variables() -> set[str]:
    """The environment variables that the product reads beside its settings."""
    aside = ("app/testbed/benchmarks", "app/testbed/chaos", "app/testbed/demo")
    sources = [path for path in (ROOT / "app").rglob("*.py") if not str(path.relative_to(ROOT)).startswith(aside)]
    return {name for path in sources for name in re.findall(r"FATURAFLOW(?:_[A-Z]+)+\b", path.read_text())}


def _files() -> Iterator[Path]:
    yield from (ROOT / name for name in NUMBERS)
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            if not any(part in str(path.relative_to(ROOT)) for part in ELSEWHERE):
                yield path


def _of_shape() -> Iterator[tuple[str, str]]:
    """What pydantic finds, under our names."""
    for code, kinds in field_errors._COVERED.items():
        sentences = [field_errors._SENTENCES.get(code, ""), *(field_errors._BOUNDS.get(kind, "") for kind in kinds)]
        yield from ((code, _without_values(sentence)) for sentence in sentences)
    yield "INVALID", field_errors._SENTENCES["INVALID"]


def _made_in(path: Path) -> Iterator[tuple[str, str]]:
    for node, names in _nodes(path):
        if isinstance(node, ast.Call):
            yield from _made_by(node, names)
        elif isinstance(node, ast.Tuple):
            yield from _pair(node, names)


def _made_by(call: ast.Call, names: Texts) -> Iterator[tuple[str, str]]:
    keywords = {keyword.arg: _text(keyword.value, names) for keyword in call.keywords}
    if (code := keywords.get("code")) and CODE.fullmatch(code):
        yield code, _without_values(keywords.get("message") or "")
        return
    maker = _name(call.func)
    place = MAKERS.get(maker, MAKERS_WITHOUT_SENTENCE.get(maker))
    if place is None or len(call.args) <= place:
        return
    found = _text(call.args[place], names)
    if found and CODE.fullmatch(found):
        sentence = _text(call.args[place + 1], names) if maker in MAKERS and len(call.args) > place + 1 else ""
        yield found, _without_values(sentence or "")


def _pair(node: ast.Tuple, names: Texts) -> Iterator[tuple[str, str]]:
    """A code and its sentence, side by side."""
    texts = [_text(element, names) or "" for element in node.elts]
    if len(texts) == 2 and "_" in texts[0] and CODE.fullmatch(texts[0]) and " " in texts[1]:
        yield texts[0], _without_values(texts[1])


def _reasons_in(path: Path) -> Iterator[str]:
    for node, names in _nodes(path):
        if isinstance(node, ast.Call) and _name(node.func) in ANSWERS:
            yield from _codes_among(node.args, names)
        elif isinstance(node, ast.Return) and "planning" in path.parts and node.value is not None:
            yield from _codes_among([node.value], names)


def _dead_letters_in(path: Path) -> Iterator[str]:
    for node, names in _nodes(path):
        if isinstance(node, ast.Call) and (_name(node.func) in _UNREADABLE or _is_default(node)):
            yield from _codes_among(node.args, names)


def _is_default(call: ast.Call) -> bool:
    """`CODES.get(…, "FOLD_FAILED")`: what everything else is."""
    return isinstance(call.func, ast.Attribute) and ast.unparse(call.func) == "CODES.get"


def _codes_among(nodes: list[ast.expr], names: Texts) -> Iterator[str]:
    found = (_text(node, names) for node in nodes)
    yield from (text for text in found if text and "_" in text and CODE.fullmatch(text))


@cache
def _nodes(path: Path) -> tuple[tuple[ast.AST, Texts], ...]:
    """The calls, pairs and returns of a module, each with the texts that names have there."""
    return tuple(found for found in _all_nodes(path) if isinstance(found[0], ast.Call | ast.Tuple | ast.Return))


def _all_nodes(path: Path) -> Iterator[tuple[ast.AST, Texts]]:
    tree = ast.parse(path.read_text())
    known = {**_imported(tree), **_constants(path)}
    inside: set[int] = set()
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from _inside(function, known, inside)
    yield from ((node, known) for node in ast.walk(tree) if id(node) not in inside)


def _inside(function: ast.AST, known: Texts, seen: set[int]) -> Iterator[tuple[ast.AST, Texts]]:
    """In the sequence of its lines: a name has the text that it was given last."""
    names = known
    nodes = [node for node in ast.walk(function) if hasattr(node, "lineno")]
    for node in sorted(nodes, key=lambda node: (node.lineno, not isinstance(node, ast.Assign))):
        if (
            isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Name)
            and (text := _text(node.value, names))
        ):
            names = {**names, node.targets[0].id: text}
        if id(node) not in seen:
            seen.add(id(node))
            yield node, names


def _imported(tree: ast.Module) -> dict[str, str]:
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith(("app.", "providers.")):
            path = ROOT / f"{node.module.replace('.', '/')}.py"
            theirs = _constants(path) if path.exists() else {}
            found |= {alias.asname or alias.name: theirs[alias.name] for alias in node.names if alias.name in theirs}
    return found


@cache
def _constants(path: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    for node in ast.parse(path.read_text()).body:
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        value = getattr(node, "value", None)
        if isinstance(target, ast.Name) and value is not None and (text := _text(value, found)):
            found[target.id] = text
    return found


def _text(node: ast.expr, names: Texts) -> str | None:
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=values):
            return "".join(str(v.value) if isinstance(v, ast.Constant) else "…" for v in values)
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return names.get(name)
        case _:
            return None


def _name(function: ast.expr) -> str:
    match function:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def _without_values(sentence: str) -> str:
    return re.sub(r"\{\w+\}", "…", sentence)
