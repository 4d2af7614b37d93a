"""A document for a person, and as JSON."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import typer

from app.cli.printing.tables import moment, print_table, safe
from app.domain.documents import DEAD, DocumentStatus, Intent
from app.operations.documents import DocumentContent, DocumentDetails, hint_of
from app.operations.json_values import json_value
from app.operations.mail.sending import OWN_SERVER
from app.operations.mail_history import Mailing
from app.operations.provider_lists import ComparedDocument, ProviderList
from app.store import MailOutcome, MailRecord

# Enough of an id to be unmistakable among millions, and to leave room for the rest of the line.
SHORT: Final = 13
INTENT_WORDS: Final[Mapping[Intent, str]] = {
    Intent.INVOICE: "invoice",
    Intent.RETURN: "return",
    Intent.PRICE_DIFFERENCE: "price difference",
}
MAIL_WORDS: Final[Mapping[MailOutcome, str]] = {
    MailOutcome.SENT: "taken by {by}",
    MailOutcome.NOT_SENT: "not sent",
    MailOutcome.REFUSED: "refused by {by}",
    MailOutcome.UNKNOWN: "not known whether {by} has sent it; it is not sent again by itself",
}


def intent_in_words(latest: DocumentStatus) -> str:
    """What a document is for: `return R-1 of 8f2c…`, `invoice, corrects 8f2c…`."""
    what = INTENT_WORDS[latest.intent]
    if latest.credit_reference is not None:
        what = f"{what} {latest.credit_reference}"
    if latest.original is not None:
        what = f"{what} of {latest.original[:SHORT]}"
    links = {"corrects": latest.corrects, "corrected by": latest.corrected_by}
    return ", ".join([what, *(f"{how} {whom[:SHORT]}" for how, whom in links.items() if whom)])


def content_as_json(content: DocumentContent | None) -> dict[str, Any]:
    """Amount, currency and buyer; empty where they are not known any more."""
    if content is None:
        return {}
    number = {"buyer_tax_number": content.buyer_tax_number} if content.buyer_tax_number else {}
    buyer = content.buyer if content.buyer is not None else "the final consumer"
    email = {"buyer_email": content.buyer_email} if content.buyer_email else {}
    rate = {"exchange_rate": f"{content.exchange_rate.normalize():f}"} if content.exchange_rate else {}
    return {"amount": f"{content.amount:.2f}", "currency": content.currency, **rate, "buyer": buyer, **number, **email}


def mailing_as_json(mailing: Mailing | str) -> dict[str, Any]:
    """`mails`, each that a person has asked for, and whether the provider is given the buyer's address."""
    if isinstance(mailing, str):
        return {"mailing_unknown": mailing}
    return {"gives_address": mailing.gives_address, "mails": [*map(json_value, mailing.mails)]}


def mail_line(mail: MailRecord) -> str:
    """What became of one mail."""
    by = "the mail server" if mail.via == OWN_SERVER else mail.via
    return f"{mail.recipient}: {MAIL_WORDS[mail.outcome].format(by=by)}{f' ({mail.detail})' if mail.detail else ''}"


def _mailing_lines(mailing: Mailing | str, content: DocumentContent | None) -> Iterator[str]:
    if isinstance(mailing, str):
        yield f"{'mails':<17} not known: {mailing}"
        return
    if mailing.gives_address is not None:
        yield f"{'buyer by mail':<17} {_address_words(content, gives=mailing.gives_address)}"
    for mail in mailing.mails:
        why = f", why: {mail.why}" if mail.why else ""
        yield f"{'mail':<17} {moment(mail.at)} {mail_line(mail)}, by {mail.actor}{why}"


def _address_words(content: DocumentContent | None, *, gives: bool) -> str:
    if content is not None and not content.buyer_email:
        return "the order has no address"
    return f"the address is {'' if gives else 'not '}given to the provider{'' if gives else ' (option mail)'}"


def print_document(details: DocumentDetails) -> None:
    """The document, what it is about, and its history with errors and evidence."""
    latest = details.document.latest
    # A document that has ended without them will never have them.
    not_yet, undecided = ("none", "none") if latest.state in DEAD else ("not yet", "not decided yet")
    facts = {
        "document": latest.document_id,
        "order": f"{latest.business}/{latest.order_reference}",
        "lines": ", ".join(latest.lines),
        "is": intent_in_words(latest),
        "state": f"{latest.state}{f' ({latest.attention})' if latest.attention else ''}",
        **({"to do": hint} if (hint := hint_of(latest)) else {}),
        "provider": latest.provider,
        "connection": latest.connection,
        "type": latest.document_type or undecided,
        "number": latest.number or not_yet,
        "ETTN": latest.ettn or not_yet,
        "issued on": f"{latest.issue_date}" if latest.issue_date else not_yet,
        **{name.replace("_", " "): value for name, value in content_as_json(details.content).items()},
    }
    for name, value in facts.items():
        typer.echo(safe(f"{name:<17} {value}"))
    for line in _mailing_lines(details.mailing, details.content):
        typer.echo(safe(line))
    for status in details.document.history:
        attention = f" {status.attention}" if status.attention else ""
        typer.echo(f"  {status.sequence:>3}  {moment(status.occurred_at)}  {status.state}{attention}")
        for error in status.errors:
            typer.echo(safe(f"       {error.path} {error.code}: {error.message}"))
        for evidence in status.evidence:
            typer.echo(safe(f"       {moment(evidence.at)} {evidence.what} {evidence.detail}"))


def print_provider_list(found: ProviderList) -> None:
    """A provider's list, each document with what is known of it here."""
    types, days = ", ".join(sorted(found.document_types)), found.days
    typer.echo(f"{len(found.documents)} documents ({types}) from {days.first} to {days.last}")
    columns = ("match", "number", "ETTN", "type", "issued", "payable", "state there", "document", "state here", "why")
    print_table(columns, map(_compared, found.documents))


def _compared(each: ComparedDocument) -> tuple[str, ...]:
    row, ours = each.listed, each.ours
    known = (row.number, row.ettn, row.document_type, row.issue_date) if row else (None,) * 4
    kept = (ours.number, ours.ettn, ours.document_type, ours.issue_date) if ours else (None,) * 4
    number, ettn, kind, issued = (f"{there or here or ''}" for there, here in zip(known, kept, strict=True))
    payable = f"{row.payable:.2f} {row.currency or ''}" if row and row.payable is not None else ""
    there = row.state if row and row.state else ""
    here = (ours.document_id[:SHORT], ours.state) if ours else ("", "")
    return (each.match, number, ettn, kind, issued, payable, there, *here, each.said)
