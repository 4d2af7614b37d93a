"""YAML with line numbers, and without its surprises.

Every scalar stays the text that was written: a tax number keeps its leading zero, the country NO is not "false". The
types are given by the fields that the text is meant for.
"""

from dataclasses import dataclass, field
from typing import Any, Final

import yaml

from app.store.errors import ConfigurationRefusedError, LineError

Path = tuple[str | int, ...]
# Plain scalars that mean "nothing", as YAML's core schema has them.
NOTHING: Final = frozenset({"", "~", "null"})
FIRST_LINE: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """A file's plain value, the line of each path, and what is wrong with the YAML itself."""

    value: Any
    lines: dict[Path, int]
    errors: tuple[LineError, ...]

    def line_of(self, path: Path) -> int:
        """The line of the path, or of the nearest thing above it that is in the file."""
        for length in range(len(path), -1, -1):
            if path[:length] in self.lines:
                return self.lines[path[:length]]
        return FIRST_LINE

    def error_at(self, path: Path, message: str) -> LineError:
        return LineError(line=self.line_of(path), path=written(path), message=message)


def written(path: Path) -> str:
    """The path as a person reads it: `businesses.SHOP.series[0].name`."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".")


def read_tree(text: str) -> Tree:
    """Raises ConfigurationRefusedError for text that is no YAML document."""
    try:
        return _tree_of(yaml.compose(text, Loader=yaml.SafeLoader))
    except RecursionError as error:
        raise ConfigurationRefusedError((LineError(line=FIRST_LINE, path="", message="is nested too deep"),)) from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else FIRST_LINE
        raise ConfigurationRefusedError(
            (LineError(line=line, path="", message=f"is not YAML: {error.problem}"),)
        ) from error
    except yaml.YAMLError as error:
        message = f"is not YAML: {' '.join(str(error).split())}"
        raise ConfigurationRefusedError((LineError(line=FIRST_LINE, path="", message=message),)) from error


def _tree_of(root: yaml.Node | None) -> Tree:
    walk = _Walk()
    value = walk.value_of(root, ()) if root is not None else None
    return Tree(value=value, lines=walk.lines, errors=tuple(walk.errors))


@dataclass(slots=True)
class _Walk:
    lines: dict[Path, int] = field(default_factory=dict)
    errors: list[LineError] = field(default_factory=list)
    _seen: set[int] = field(default_factory=set)

    def value_of(self, node: yaml.Node, path: Path) -> Any:
        self.lines.setdefault(path, _line(node))
        if id(node) in self._seen:
            self._error(node, path, "is an alias, which is not used here: write the value out")
            return None
        self._seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.value_of(item, (*path, index)) for index, item in enumerate(node.value)]
        assert isinstance(node, yaml.ScalarNode)
        return None if node.style is None and node.value in NOTHING else node.value

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self._error(key, path, "has a key that is not text")
                continue
            below = (*path, key.value)
            if key.value in values:
                self._error(key, below, f"is here twice: first in line {self.lines[below]}")
                continue
            self.lines[below] = _line(key)
            values[key.value] = self.value_of(value, below)
        return values

    def _error(self, node: yaml.Node, path: Path, message: str) -> None:
        self.errors.append(LineError(line=_line(node), path=written(path), message=message))


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1
