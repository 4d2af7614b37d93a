"""The journal's keys: `command id ␟ step ␟ fact ␟ id`, joined by U+001F.

The step is empty for facts of the whole command. The id is `n-worker`, with the worker's random id, wherever two
workers could write different things; where each would write the same, it is the review's revision or the report's
label.
"""

from typing import Final, NamedTuple

from app.domain.identity import SEPARATOR
from app.issuing.journal.facts import FINAL, Admitted, Fact, Reported
from providers.base import Step

KEY_SEPARATOR: Final = SEPARATOR.encode()


class FactName(NamedTuple):
    """A fact's key without the command."""

    step: Step | None
    kind: str
    id: str

    def __str__(self) -> str:
        return SEPARATOR.join((self.step or "", self.kind, self.id))

    @classmethod
    def parse(cls, text: str) -> "FactName":
        step, kind, identifier = text.split(SEPARATOR)
        return cls(Step(step) if step else None, kind, identifier)


def name_of(fact: type[Fact], identifier: str = "", step: Step | None = None) -> FactName:
    """The name under which a fact of this kind is written.

    `identifier`: empty for facts that a command has once. `step`: None for facts of the whole command.
    """
    return FactName(step, fact.__name__, identifier)


def journal_key(command_id: str, name: FactName) -> bytes:
    """The journal's key; the command's id comes first, so that the journal can give all facts of a command."""
    return f"{command_id}{SEPARATOR}{name}".encode()


FINAL_NAME: Final = str(name_of(Reported, FINAL)).encode()
ADMITTED_NAME: Final = str(name_of(Admitted)).encode()


def number_of(identifier: str) -> int:
    """The n of an id `n-worker`."""
    return int(identifier.partition("-")[0])
