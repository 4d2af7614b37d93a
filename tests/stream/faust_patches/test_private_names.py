import ast
from pathlib import Path

import pytest

import app.stream
from app.stream.faust_patches import versions
from app.stream.faust_patches.privates import PRIVATE_NAMES, PrivateName

ROOM = Path(app.stream.__file__).parent
PATCHES = ROOM / "faust_patches"


@pytest.mark.parametrize("name", PRIVATE_NAMES, ids=lambda name: f"{name.owner}.{name.name}")
def test_a_private_name_has_the_shape_that_was_read(name: PrivateName) -> None:
    assert name.found_shape() == name.shape


def test_another_release_of_faust_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(versions.PINNED, "faust-streaming", "0.15.4")
    with pytest.raises(ImportError, match=r"0\.15\.4"):
        versions.refuse_other_versions()


def foreign_private_names(source: str) -> set[str]:
    """Names with an underscore that are read from something other than `self` or `super()`.

    librdkafka spells its local error codes with one, in capitals: these are public.
    """
    names = set()
    for node in ast.walk(ast.parse(source)):
        if (
            isinstance(node, ast.Attribute)
            and node.attr.startswith("_")
            and not node.attr.startswith("__")
            and not node.attr.isupper()
        ):
            of_self = isinstance(node.value, ast.Name) and node.value.id in {"self", "os"}
            of_super = isinstance(node.value, ast.Call)
            if not (of_self or of_super):
                names.add(node.attr)
    return names


def test_nothing_outside_the_patches_touches_a_private_name() -> None:
    modules = [path for path in ROOM.rglob("*.py") if path.parent != PATCHES]
    assert modules
    assert {path.name: names for path in modules if (names := foreign_private_names(path.read_text()))} == {}


def test_every_private_name_that_the_patches_touch_is_listed() -> None:
    touched = set().union(*(foreign_private_names(path.read_text()) for path in PATCHES.glob("*.py")))
    assert touched
    assert touched <= {name.name for name in PRIVATE_NAMES}
