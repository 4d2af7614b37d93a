"""`faturaflow users`: who may use the screen, and what they may do there."""

from typing import Annotated

import typer

from app.cli.exits import exit_on
from app.cli.options import ActorOrLogin, AsJson, login_name
from app.cli.printing.tables import moment, print_table, safe_json
from app.operations import people
from app.store import Person, Role, StoreError

app = typer.Typer(help="People who use the screen.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="What the person types at the login: a name, or an e-mail address.")]
ToRole = Annotated[
    Role, typer.Option(help="viewer looks, operator decides about documents, admin about connections and people too.")
]


@app.command()
def add(
    name: Name,
    *,
    role: ToRole = Role.VIEWER,
    full_name: Annotated[str, typer.Option(help="What others see; else the name.")] = "",
    actor: ActorOrLogin = None,
) -> None:
    """Add a person, and print the address that lets them in once."""
    with exit_on(StoreError):
        address = people.add_person(name, full_name, role, actor=actor or login_name())
    _print_link(address)


@app.command("list")
def list_people(*, as_json: AsJson = False) -> None:
    """List every person."""
    with exit_on(StoreError):
        found = people.list_people()
    if as_json:
        typer.echo(safe_json(list(map(_json, found))))
        return
    print_table(("name", "full name", "role", "since", "pass phrase", "locked"), map(_row, found))


@app.command("role")
def change_role(name: Name, role: Annotated[Role, typer.Argument()], *, actor: ActorOrLogin = None) -> None:
    """Give a person another role, at once."""
    with exit_on(StoreError):
        people.change_role(name, role, actor=actor or login_name())
    typer.echo(f"{name} is {role} now.")


@app.command()
def lock(name: Name, *, actor: ActorOrLogin = None) -> None:
    """Lock a person out; every login of theirs ends."""
    with exit_on(StoreError):
        people.lock_person(name, locked=True, actor=actor or login_name())
    typer.echo(f"{name} is locked out.")


@app.command()
def unlock(name: Name, *, actor: ActorOrLogin = None) -> None:
    """Let a person log in again, who was locked out or typed too many wrong pass phrases."""
    with exit_on(StoreError):
        people.lock_person(name, locked=False, actor=actor or login_name())
    typer.echo(f"{name} may log in again.")


@app.command("login-link")
def login_link(name: Name, *, actor: ActorOrLogin = None) -> None:
    """Print an address that lets a person in once, within a day."""
    with exit_on(StoreError):
        address = people.login_link(name, actor=actor or login_name())
    _print_link(address)


def _print_link(address: str) -> None:
    typer.echo(address)
    typer.echo("It works once, within a day, while `faturaflow web` runs.", err=True)


def _row(person: Person) -> tuple[str, ...]:
    locked = moment(person.locked_at) if person.locked_at else ""
    has_phrase = "set" if person.digest else "not set"
    return (person.name, person.full_name, person.role, moment(person.created_at), has_phrase, locked)


def _json(person: Person) -> dict[str, object]:
    return {
        "name": person.name,
        "full_name": person.full_name,
        "role": person.role,
        "created_at": person.created_at.isoformat(),
        "has_pass_phrase": person.digest is not None,
        "locked_at": person.locked_at.isoformat() if person.locked_at else None,
    }
