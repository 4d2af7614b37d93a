"""A business's policy names another connection; what exists stays where it is."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr
from typer.testing import CliRunner, Result

from app.cli.main import app
from app.domain.documents import Attention, DocumentState, DocumentStatus
from app.domain.policy import DocumentTypeChoice
from app.operations import documents
from app.operations.errors import NotFoundError, NotPossibleError
from app.operations.installation.switching import switch_connection
from app.settings import Settings, settings
from app.store import Login, Store, new_key
from app.tracking.documents import track
from tests.operations.installation.test_enabling import status
from tests.store.configurations import LOGIN, POLICY, PROVIDER, SHOP, business
from tests.store.test_numbers import wanted

SECOND, OFF = "second-login", "testbook"
CONNECTIONS = {
    PROVIDER: LOGIN,
    SECOND: replace(LOGIN, provider=PROVIDER),
    OFF: replace(LOGIN, enabled=False),
}
S = DocumentState


def known() -> list[DocumentStatus]:
    """Two in flight, one of which a person is asked about; one issued, and one at the other connection."""
    return [
        status("1", S.PROCESSING, None),
        status("2", S.ISSUED, Attention.NEEDS_REVIEW),
        status("3", S.ISSUED, None),
        replace(status("4", S.PLANNED, None), connection=SECOND),
    ]


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    given = Settings(database=f"sqlite:///{tmp_path}/f.db", secret_key=SecretStr(new_key()))
    monkeypatch.setenv("FATURAFLOW_DATABASE", given.database or "")
    monkeypatch.setenv("FATURAFLOW_SECRET_KEY", given.secret_key.get_secret_value() if given.secret_key else "")
    settings.cache_clear()
    monkeypatch.setattr(documents, "all_documents", lambda: track(known()))
    with Store.open(given) as opened:
        opened.apply([business(connections=CONNECTIONS)], actor="test")
        yield opened
    settings.cache_clear()


def typed(*more: str, new: str = SECOND, old: str = PROVIDER) -> Result:
    names = ("--business", SHOP, "--from", old, "--to", new, "--actor", "ayse")
    return CliRunner().invoke(app, ["connections", "switch", *names, *more])


def test_new_documents_go_to_the_other_connection_and_those_in_flight_stay(store: Store) -> None:
    found = switch_connection(SHOP, PROVIDER, SECOND, actor="ayse")
    assert store.policy(SHOP) == replace(POLICY, connection=SECOND)
    assert [each.document_id for each in found.staying] == [each.document_id for each in known()[:2]]
    (record,) = [each for each in store.audit_records(SHOP) if each.actor == "ayse"]
    assert (record.part, record.differences) == ("policy", {"connection": [None, SECOND]})


def test_a_second_switch_changes_nothing_and_one_back_is_a_switch(store: Store) -> None:
    switch_connection(SHOP, PROVIDER, SECOND, actor="ayse")
    again = switch_connection(SHOP, PROVIDER, SECOND, actor="ayse")
    assert again.before == again.after
    switch_connection(SHOP, SECOND, PROVIDER, actor="ayse")
    assert store.policy(SHOP) == POLICY


def test_a_dry_run_says_the_same_and_changes_nothing(store: Store) -> None:
    done = typed("--dry-run", "--json")
    said = json.loads(done.stdout)
    assert (said["dry_run"], said["after"]["connection"], len(said["staying"])) == (True, SECOND, 2)
    assert store.policy(SHOP) == POLICY
    assert [each.actor for each in store.audit_records(SHOP)] == ["test"] * len(store.audit_records(SHOP))


def test_a_person_is_told_what_stays_and_what_to_write_into_the_file(store: Store) -> None:
    done = typed()
    assert done.exit_code == 0, done.output
    assert f"{SHOP}'s new documents are issued by {SECOND} (provider {PROVIDER})." in done.stdout
    assert "configuration file" in done.stdout
    assert "2 documents stay where they are" in done.stdout
    assert store.policy(SHOP) == replace(POLICY, connection=SECOND)


def test_what_the_new_connection_will_refuse_is_said(store: Store) -> None:
    portal = Login(base_url="https://portal.invalid", secrets={"username": "33333301", "password": "portal"})
    policy = replace(POLICY, document_type=DocumentTypeChoice.EFATURA)
    store.apply([business(policy=policy, connections={"gib-earsiv": portal})], actor="test")
    done = typed("--dry-run", new="gib-earsiv")
    assert "gib-earsiv makes EARSIV alone: every document is refused" in done.stdout
    assert not switch_connection(SHOP, PROVIDER, SECOND, actor="ayse").expected_refusals


def test_a_connection_that_cannot_be_used_is_not_switched_to(store: Store) -> None:
    login = Login(base_url="https://portal.invalid", secrets={"username": "33333301"})
    store.apply([business(connections={"gib-earsiv": login})], actor="test")
    with pytest.raises(NotPossibleError, match="the secret password is missing"):
        switch_connection(SHOP, PROVIDER, "gib-earsiv", actor="ayse")
    assert store.policy(SHOP) == POLICY


def test_what_signs_through_the_new_connection_needs_that_no_more(store: Store) -> None:
    store.apply(
        [business(policy=replace(POLICY, sign_through=SECOND, sign_through_provider=PROVIDER), connections={})],
        actor="test",
    )
    switch_connection(SHOP, PROVIDER, SECOND, actor="ayse")
    assert store.policy(SHOP) == replace(POLICY, connection=SECOND)


@pytest.mark.parametrize(
    ("old", "new", "error", "says"),
    [
        (PROVIDER, "nowhere", NotFoundError, "no connection nowhere"),
        (PROVIDER, OFF, NotPossibleError, "is off"),
        (PROVIDER, PROVIDER, NotPossibleError, "is both"),
        (OFF, SECOND, NotPossibleError, f"names the connection {PROVIDER}"),
    ],
)
def test_what_cannot_be_switched_is_said_and_changes_nothing(
    store: Store, old: str, new: str, error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        switch_connection(SHOP, old, new, actor="ayse")
    assert store.policy(SHOP) == POLICY


def test_a_provider_that_numbers_by_itself_gets_no_series_in_which_we_have_given_numbers(store: Store) -> None:
    numbered_by_us = replace(LOGIN, options={**LOGIN.options, "numbers": "ours"})
    connections = {PROVIDER: numbered_by_us, SECOND: replace(LOGIN, provider=PROVIDER)}
    store.apply([business(connections=connections)], actor="test")
    store.numbers().allot(wanted())
    with pytest.raises(NotPossibleError, match="series ORN, in which we have given numbers up to ORN2026000000001"):
        switch_connection(SHOP, PROVIDER, SECOND, actor="ayse", dry_run=True)
    store.apply([business(connections=connections, policy=replace(POLICY, earsiv_series=None))], actor="test")
    assert switch_connection(SHOP, PROVIDER, SECOND, actor="ayse").after.connection == SECOND
