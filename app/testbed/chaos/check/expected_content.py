"""What an order's document must have, computed from the order alone and by no code of the product."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Final

from app.domain.documents import DocumentStatus, Intent
from app.domain.notices import CreditedLine
from app.domain.orders import LineKind, OrderLine, OrderPlaced
from app.domain.parties import Buyer
from app.testbed.chaos.check.evidence import (
    SALES_INVOICE,
    MadeDocument,
    MadeLine,
    ProviderTraits,
    Submitted,
    in_order,
)
from app.testbed.chaos.check.evidence_index import EvidenceIndex
from app.testbed.chaos.check.vocabulary import in_kurus, money, turkish_date

# The law's consumer who gives neither a number nor a name.
ANONYMOUS: Final = "11111111111"
ANONYMOUS_NAME: Final = "Nihai Tüketici"
VKN_LENGTH: Final = 10
# So much of a line is base or VAT by how a provider rounds.
MOVED: Final = Decimal("0.02")
# What a line of a lowered price is called, before the goods' own name.
LOWERED: Final = "Fiyat farkı: "
LONGEST_NAME: Final = 255

# What was found, and what is due.
Fields = Mapping[str, tuple[object, object]]


def differences(index: EvidenceIndex, status: DocumentStatus, made: MadeDocument) -> Iterator[str]:
    """Each field in which a made document is not that of its order, as a sentence."""
    taken = index.ordered(status)
    if taken is None:
        yield f"document {status.document_id} was made for an order that was never taken"
        return
    fields = {
        **_identity(index, status, made),
        **_money(index, taken, status, made),
        **_receiver(index, taken, made),
    }
    for name, (found, due) in fields.items():
        if found != due:
            yield f"document {status.document_id}: the {name} at {made.provider} is {_said(found)}, not {_said(due)}"
    yield from _dates(index, status, made)


def type_of(provider: ProviderTraits, receiver: str) -> str:
    """How a document to this receiver leaves. In the sandboxes a VKN with an even last digit is registered."""
    if provider.keeps_books:
        return SALES_INVOICE
    is_registered = len(receiver) == VKN_LENGTH and int(receiver[-1]) % 2 == 0
    return "EFATURA" if is_registered and "EFATURA" in provider.document_types else "EARSIV"


def lines_of(taken: Submitted, references: Collection[str]) -> list[OrderLine]:
    """These lines as they were ordered."""
    body = taken.event.body
    return [line for line in body.lines if line.line_reference in references] if isinstance(body, OrderPlaced) else []


def receiver_of(taken: Submitted) -> str:
    """The tax number that the document must have."""
    person = taken.event.person
    return (person.buyer.tax_number if person else None) or ANONYMOUS


def _identity(index: EvidenceIndex, status: DocumentStatus, made: MadeDocument) -> Fields:
    series = index.evidence.series.get(status.business, {}).get(made.document_type or "")
    return {
        "provider": (made.provider, status.provider),
        "order reference": (made.order_reference, status.order_reference),
        "company": (made.company, index.evidence.companies[status.business]),
        "ETTN": (made.ettn, _ettn(index.evidence.providers[made.provider], status, made)),
        **({"series": (made.number[:3], series)} if series else {}),
        **({"number": (made.number, status.number)} if status.number is not None else {}),
    }


def _ettn(provider: ProviderTraits, status: DocumentStatus, made: MadeDocument) -> str | None:
    """Ours, or the provider's own, which the status must have. That of a mere record says nothing."""
    if provider.makes_from_records and made.is_record:
        return made.ettn
    if provider.names_documents:
        return status.ettn
    # A bookkeeping program has none, or its own, which a person need not have recorded.
    return (status.ettn or made.ettn) if provider.keeps_books else status.document_id


def _money(index: EvidenceIndex, taken: Submitted, status: DocumentStatus, made: MadeDocument) -> Fields:
    """What is legal comes to the order's total to the kuruş, however its provider counts."""
    body, provider = taken.event.body, index.evidence.providers[made.provider]
    assert isinstance(body, OrderPlaced)
    ordered = lines_of(taken, status.lines)
    lines = _due_lines(index, taken, status)
    is_another = provider.makes_from_records and made.is_record and made.payable == payable(made.lines)
    return {
        "payable amount": (made.payable, made.payable if is_another else payable(lines)),
        "currency": (made.currency, body.currency),
        "lines": (_as_due(_without_skus(made.lines, ordered), lines, provider), lines),
    }


def _due_lines(index: EvidenceIndex, taken: Submitted, status: DocumentStatus) -> tuple[MadeLine, ...]:
    """Of an invoice its lines; of what takes back, what was granted of its lines."""
    body, grant = taken.event.body, index.grant_of.get(status.document_id)
    assert isinstance(body, OrderPlaced)
    ordered = lines_of(taken, status.lines)
    if status.intent is Intent.INVOICE or grant is None:
        return expected_lines(ordered, with_vat=body.prices_include_vat)
    of_reference = {line.line_reference: line for line in ordered}
    pairs = [(of_reference[each.line_reference], each) for each in grant.lines if each.line_reference in of_reference]
    return in_order(credited_line(line, each, with_vat=body.prices_include_vat) for line, each in pairs)


def _as_due(made: tuple[MadeLine, ...], due: tuple[MadeLine, ...], provider: ProviderTraits) -> tuple[MadeLine, ...]:
    """The lines that are due, where a provider that computes them itself is as near to them as rounding lets it be."""
    if not provider.makes_from_records or len(made) != len(due):
        return made
    left, found = list(due), list[MadeLine]()
    for line in made:
        known = next((each for each in left if _is_near(line, each)), None)
        found.append(known or line)
        if known:
            left.remove(known)
    return in_order(found)


def _is_near(made: MadeLine, due: MadeLine) -> bool:
    amounts = ((made.net, due.net), (made.vat, due.vat))
    are_near = all(one is not None and other is not None and abs(one - other) <= MOVED for one, other in amounts)
    return are_near and (made.name, made.quantity) == (due.name, due.quantity)


def _without_skus(made: Iterable[MadeLine], ordered: Iterable[OrderLine]) -> tuple[MadeLine, ...]:
    """A provider without a field for the article's number has it in the name."""
    names = {f"{line.name} ({line.sku})": line.name for line in ordered if line.sku}
    return in_order(replace(line, name=names.get(line.name, line.name)) for line in made)


def _receiver(index: EvidenceIndex, taken: Submitted, made: MadeDocument) -> Fields:
    receiver, person = receiver_of(taken), taken.event.person
    provider = index.evidence.providers[made.provider]
    # A street that is not known is a dash, or nothing.
    found = made.address if person or made.address is None else made.address.removeprefix("-")
    addresses = _addresses(person.buyer) if person else _of_place(index.evidence.places[taken.order[0]])
    not_kept = (None,) if provider.keeps_books else ()
    is_only_a_record = provider.makes_from_records and made.is_record
    return {
        "document type": (made.document_type, SALES_INVOICE if is_only_a_record else type_of(provider, receiver)),
        "receiver": (made.receiver_tax_number, receiver),
        "buyer": (made.buyer, _name(person.buyer) if person else ANONYMOUS_NAME),
        "buyer's address": (found, found if found in {*addresses, *not_kept} else addresses[0]),
    }


def _dates(index: EvidenceIndex, status: DocumentStatus, made: MadeDocument) -> Iterator[str]:
    """A document is dated when it was asked for or after that, and before it was made or then."""
    asked = index.asked.get(status.document_id)
    said = f"document {status.document_id}: its date at {made.provider} is {made.issue_date}"
    if asked is None or made.booked_at is None or made.issue_date is None:
        yield f"{said}; it was asked for at {asked and asked.occurred_at} and made at {made.booked_at}"
        return
    first, last = turkish_date(asked.occurred_at), turkish_date(made.booked_at)
    if not first <= made.issue_date <= last:
        yield f"{said}, not between {first} and {last}"
    if _year_in(made.number) not in {None, made.issue_date.year}:
        yield f"{said}, and its number is {made.number}"


def _year_in(number: str) -> int | None:
    """Of a legal number of sixteen characters; a bookkeeping program's own has none."""
    return int(number[3:7]) if len(number) == len("ABC2026000000001") else None


def _said(value: object) -> str:
    return "; ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _name(buyer: Buyer) -> str:
    return f"{buyer.name} {buyer.family_name}" if buyer.family_name else buyer.name


def _addresses(buyer: Buyer) -> tuple[str, ...]:
    """In fields of its own, which have no postal code here, or as text with the code, before the district or after."""
    address = buyer.address
    street, district, city, code = address.street, address.district, address.city, address.postal_code
    texts = ((street, code, district, city), (street, district, code, city))
    return f"{street}, {district}, {city}", *(" ".join(part for part in text if part) for text in texts)


def _of_place(place: str) -> tuple[str, ...]:
    """The same of the seller's place, without a street."""
    return f", {place}", f" {place.replace(',', '')}"


# --- amounts ---------------------------------------------------------------------------------------------------------

# In whole kuruş, by the terms of the accounting interface: a line's price has its VAT in it where the order has it;
# a discount is a line of its own that lowers those of its own VAT rate in proportion, each in whole kuruş, and the
# largest remainders take the rest.


def expected_lines(lines: Sequence[OrderLine], *, with_vat: bool) -> tuple[MadeLine, ...]:
    """The lines as the provider must have them. `with_vat`: the order's prices hold it."""
    return in_order(_line(line, worth, with_vat=with_vat) for line, worth in _lowered(lines))


def sold(taken: Submitted, references: Collection[str]) -> tuple[dict[str, Decimal], dict[str, Decimal]]:
    """Of each line of an invoice over these, its pieces, and what it came to in its price's own terms."""
    ordered = _lowered(lines_of(taken, references))
    pieces = {line.line_reference: line.quantity for line, _ in ordered}
    return pieces, {line.line_reference: money(worth) for line, worth in ordered}


def credited_line(line: OrderLine, credited: CreditedLine, *, with_vat: bool) -> MadeLine:
    """A line of a document that takes back: pieces of it, or one piece of what its price is lowered by."""
    worth = in_kurus(Fraction(credited.amount))
    if credited.quantity:
        return replace(_line(line, worth, with_vat=with_vat), quantity=credited.quantity)
    name = f"{LOWERED}{line.name}"[:LONGEST_NAME].rstrip()
    return replace(_line(line, worth, with_vat=with_vat), name=name, quantity=Decimal(1))


def _lowered(lines: Sequence[OrderLine]) -> list[tuple[OrderLine, int]]:
    """Each line that is no discount, with what it comes to after its part of those, in kuruş."""
    goods = [line for line in lines if line.kind is not LineKind.DISCOUNT]
    found: list[tuple[OrderLine, int]] = []
    for rate in {line.vat_rate for line in goods}:
        off = -sum(_worth(line) for line in lines if line.kind is LineKind.DISCOUNT and line.vat_rate == rate)
        lowered = [line for line in goods if line.vat_rate == rate]
        worths = list(map(_worth, lowered))
        parts = zip(lowered, worths, _parts(off, worths), strict=True)
        found += [(line, worth - part) for line, worth, part in parts]
    return found


def can_be_invoiced(lines: Sequence[OrderLine]) -> bool:
    """Whether they come to something, and no rate has more taken off than it has."""
    rates = {line.vat_rate for line in lines}
    sums = [sum(_worth(line) for line in lines if line.vat_rate == rate) for rate in rates]
    return bool(sums) and min(sums) >= 0 and sum(sums) > 0


def payable(lines: Iterable[MadeLine]) -> Decimal:
    """What the buyer pays for them."""
    return sum((amount for line in lines for amount in (line.net, line.vat) if amount is not None), Decimal(0))


def _worth(line: OrderLine) -> int:
    return in_kurus(Fraction(line.quantity) * Fraction(line.unit_price) - Fraction(line.discount))


def _parts(off: int, worths: Sequence[int]) -> list[int]:
    """`off` in proportion to the worths."""
    whole = sum(worths)
    if off == 0 or whole == 0:
        return [0] * len(worths)
    shares = [divmod(off * worth, whole) for worth in worths]
    parts = [share for share, _ in shares]
    largest = sorted(range(len(parts)), key=lambda at: -shares[at][1])  # of equal ones the earlier comes first
    for at in largest[: off - sum(parts)]:
        parts[at] += 1
    return parts


def _line(line: OrderLine, worth: int, *, with_vat: bool) -> MadeLine:
    rate = Fraction(line.vat_rate) / 100
    amount = Fraction(worth, 100)
    net = in_kurus(amount / (1 + rate)) if with_vat else worth
    vat = worth - net if with_vat else in_kurus(amount * rate)
    return MadeLine(name=line.name, quantity=line.quantity, net=money(net), vat=money(vat))
