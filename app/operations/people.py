"""People of the screen: added, listed, given a role, locked, and let in by a link."""

from app.operations.errors import NotFoundError, NotPossibleError, RefusedInputError
from app.settings import Settings, settings
from app.store import Action, Person, Role, Store
from app.store.people import name_of

ORIGIN = "command"
LINK_PATH = "/screen/link"


def add_person(name: str, full_name: str, role: Role, *, actor: str) -> str:
    """Adds a person; returns the address that lets them in, once.

    Raises RefusedInputError for a name that cannot be one, NotPossibleError for one that is taken, and StoreError.
    """
    known = name_of(name)
    if known is None:
        raise RefusedInputError("A name has 1 to 64 of a-z, 0-9 and . _ @ + -, and begins with a letter or a digit.")
    with Store.open(settings()) as store:
        if not store.people().add(known, full_name.strip() or known, role, actor=actor):
            raise NotPossibleError(f"{known} is there already: see `faturaflow users list`.")
        _note(store, actor, "PERSON_ADDED", known, role=role.value)
        return _link(store, known, actor)


def list_people() -> tuple[Person, ...]:
    """Every person. Raises StoreError."""
    with Store.open(settings()) as store:
        return store.people().all()


def change_role(name: str, role: Role, *, actor: str) -> None:
    """Gives a person another role, at once. Raises NotFoundError and StoreError."""
    with Store.open(settings()) as store:
        before = _found(store, name)
        store.people().change_role(before.name, role)
        _note(store, actor, "ROLE_CHANGED", before.name, before=before.role.value, after=role.value)


def lock_person(name: str, *, locked: bool, actor: str) -> None:
    """Locks a person out, whose logins end at once, or lets them log in again. Raises NotFoundError and StoreError."""
    with Store.open(settings()) as store:
        person = _found(store, name).name
        change = store.people().lock if locked else store.people().unlock
        change(person)
        _note(store, actor, "PERSON_LOCKED" if locked else "PERSON_UNLOCKED", person)


def login_link(name: str, *, actor: str) -> str:
    """An address that lets a person in once, for a day; older ones end. Raises NotFoundError and StoreError."""
    with Store.open(settings()) as store:
        return _link(store, _found(store, name).name, actor)


def _link(store: Store, name: str, actor: str) -> str:
    token = store.screen_logins().make_link(name, actor=actor)
    _note(store, actor, "LOGIN_LINK_MADE", name)
    return f"{_address(settings())}{LINK_PATH}/{token}"


def _address(known: Settings) -> str:
    return f"{'https' if known.web_certificate else 'http'}://{known.web_host}:{known.web_port}"


def _found(store: Store, name: str) -> Person:
    person = store.people().find(name_of(name) or "")
    if person is None:
        raise NotFoundError(f"There is no person {name}: see `faturaflow users list`.")
    return person


def _note(store: Store, actor: str, what: str, name: str, **details: str) -> None:
    store.actions().note(Action(actor=actor, origin=ORIGIN, what=what, object=f"person {name}", details=details))
