"""Which numbers a journal's changelog knows to be given: the truth that a number store is held against."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from app.domain.numbers import Ended, Given, InvoiceNumber, KnownNumbers, NumberFate
from app.issuing.journal.encoding import decode
from app.issuing.journal.facts import FINAL, Admitted, Reported
from app.issuing.journal.keys import KEY_SEPARATOR, FactName
from app.stream.records import InRecord
from providers.base import Prepared


@dataclass(slots=True)
class _Command:
    """What the changelog holds of one command, as far as numbers go."""

    business: str
    document_id: str
    prepared: dict[int, Prepared] = field(default_factory=dict)
    ended: Ended | None = None
    has_ended: bool = False


def given_numbers(changelog: Iterable[InRecord]) -> Iterator[Given]:
    """Every number in it. What was deleted since counts too: it was given all the same.

    Holds what has not ended or has a number. Raises ValueError or KeyError for facts that this version does not know.
    """
    commands: dict[bytes, _Command] = {}
    for record in changelog:
        command_id, _, rest = (record.key or b"").partition(KEY_SEPARATOR)
        if command_id and rest and record.value is not None:  # a partition's founding record has neither
            _read(commands, command_id, FactName.parse(rest.decode()), record.value)
    for command_id, command in commands.items():
        yield from _numbers_of(command_id.decode(), command)


def known_by(given: Iterable[Given]) -> KnownNumbers:
    """How far each series has come, and who holds what orders brought."""
    known = KnownNumbers()
    for each in given:
        if each.number is not None:
            key = (each.owner, each.number.series, each.number.year)
            known.highest[key] = max(each.number.sequence, known.highest.get(key, 0))
        if each.fate is not NumberFate.FREE:
            known.brought.update({(each.owner, identifier): each.command_id for identifier in each.brought})
    return known


def _read(commands: dict[bytes, _Command], command_id: bytes, name: FactName, value: bytes) -> None:
    """An admission comes before its request in the same partition; it is deleted only after the command's end."""
    if name.kind not in {Admitted.__name__, Prepared.__name__} and (name.kind, name.id) != (Reported.__name__, FINAL):
        return
    known = commands.get(command_id)
    match decode(name.kind, value):
        case Admitted() as admitted if known is None:
            commands[command_id] = _Command(admitted.business, admitted.document_id)
        case Prepared() as prepared if known is not None and (prepared.number is not None or prepared.brought):
            known.prepared[prepared.revision] = prepared
        case Reported() as final:
            _end(commands, command_id, final)


def _end(commands: dict[bytes, _Command], command_id: bytes, final: Reported) -> None:
    known = commands.get(command_id)
    if known is None and final.number is not None and final.business and final.document_id:
        known = commands[command_id] = _Command(final.business, final.document_id)
    if known is not None and (known.prepared or final.number):
        known.has_ended, known.ended = True, final.number
    else:
        commands.pop(command_id, None)


def _numbers_of(command_id: str, command: _Command) -> Iterator[Given]:
    found: dict[int, Prepared | Ended] = {**command.prepared}
    if command.ended is not None:
        found[command.ended.revision] = command.ended
    for revision, bearer in found.items():
        ours = bearer.number if bearer.number not in bearer.brought else None
        yield Given(
            business=command.business,
            document_id=command.document_id,
            command_id=command_id,
            revision=revision,
            document_type=bearer.document_type,
            number=InvoiceNumber.parse(ours) if ours else None,
            issued_at=bearer.issued_at,
            taxpayer=bearer.taxpayer,
            brought=bearer.brought,
            fate=_fate(bearer, is_last=revision == max(found), has_ended=command.has_ended),
        )


def _fate(bearer: Prepared | Ended, *, is_last: bool, has_ended: bool) -> NumberFate | None:
    """A request that was fixed anew had surely made nothing."""
    if isinstance(bearer, Ended):
        return bearer.fate
    if not is_last:
        return NumberFate.FREE
    return NumberFate.VOID if has_ended else None
