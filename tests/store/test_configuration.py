from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.domain.documents import DocumentType
from app.domain.policy import Policy
from app.store import BusinessConfiguration, ConfigurationRefusedError, Series, read_configuration
from providers.registry import PROVIDERS

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "faturaflow.yaml"
GOOD = """\
businesses:
  ORNEK:
    seller:
      name: Örnek A.Ş.
      tax_number: 0123456789
      tax_office: Örnek
      address: {street: Sokak 1, district: Merkez, city: Ankara}
    policy:
      provider: nilvera
      earsiv_series: ORN
    series:
      - {name: ORN, document_type: EARSIV}
    carriers:
      - {name: Örnek Kargo, tax_number: 1111111114}
    connections:
      nilvera:
        base_url: https://provider.invalid
        options: {concurrency: 2}
        secrets:
          api_key: {env: KEY}
"""
ENVIRON = {"KEY": "from-the-environment", "NO_TEXT": "hunter2\udcfe"}


def read(folder: Path, text: str) -> BusinessConfiguration:
    file = folder / "faturaflow.yaml"
    file.write_text(text)
    (only,) = read_configuration(file, ENVIRON)
    return only


def errors(folder: Path, text: str) -> list[tuple[int, str]]:
    with pytest.raises(ConfigurationRefusedError) as refused:
        read(folder, text)
    return [(error.line, error.path) for error in refused.value.errors]


def message(folder: Path, text: str) -> str:
    with pytest.raises(ConfigurationRefusedError) as refused:
        read(folder, text)
    (only,) = refused.value.errors
    return only.message


@pytest.mark.parametrize(
    ("field", "sentence"),
    [
        ("active_from: 01.01.2026", "should be a date like 2026-01-31"),
        ("hold_minutes: soon", "should be a whole number"),
    ],
)
def test_a_value_of_another_kind_is_refused_in_plain_words(tmp_path: Path, field: str, sentence: str) -> None:
    assert message(tmp_path, GOOD.replace("provider: nilvera", f"provider: nilvera\n      {field}")) == sentence


@pytest.mark.parametrize("name", PROVIDERS)
def test_every_provider_there_is_can_be_configured(name: str, tmp_path: Path) -> None:
    known = read(tmp_path, GOOD.replace("nilvera", name))
    assert known.policy.provider == name
    assert list(known.connections) == [name]


def test_the_example_of_the_documentation_is_right() -> None:
    (shop,) = read_configuration(EXAMPLE, {"NILVERA_API_KEY": "x"})
    assert shop.code == "ORNEK-MAGAZA"
    assert shop.connections["nilvera"].secrets == {"api_key": "x"}


def test_a_file_becomes_values(tmp_path: Path) -> None:
    business = read(tmp_path, GOOD)
    assert business.policy == Policy(provider="nilvera", earsiv_series="ORN")
    assert business.series == (Series(name="ORN", document_type=DocumentType.EARSIV),)
    assert business.connections["nilvera"].options == {"concurrency": "2"}


def test_a_tax_number_keeps_its_leading_zero_and_a_country_is_no_boolean(tmp_path: Path) -> None:
    business = read(tmp_path, GOOD.replace("city: Ankara", "city: Ankara, country: NO"))
    assert business.seller.tax_number == "0123456789"
    assert business.seller.address.country == "NO"


def test_a_secret_comes_from_the_environment_or_from_a_file_beside_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "key.txt").write_text("from-a-file\n")
    from_file = read(tmp_path, GOOD.replace("{env: KEY}", "{file: key.txt}"))
    assert read(tmp_path, GOOD).connections["nilvera"].secrets == {"api_key": "from-the-environment"}
    assert from_file.connections["nilvera"].secrets == {"api_key": "from-a-file"}


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("hunter2", r"write \{env: VARIABLE\} or \{file: PATH\}"),
        ("{value: hunter2}", r"write \{env: VARIABLE\} or \{file: PATH\}"),
        ("{env: KEY, file: hunter2}", r"write \{env: VARIABLE\} or \{file: PATH\}"),
        ("{env: NOT_SET}", "NOT_SET is not set"),
        ("{env: NO_TEXT}", "NO_TEXT is not UTF-8"),
        ("{file: missing.txt}", "missing.txt cannot be read"),
    ],
)
def test_a_secret_that_is_written_out_or_missing_is_refused_and_not_repeated(
    tmp_path: Path, source: str, sentence: str
) -> None:
    said = message(tmp_path, GOOD.replace("{env: KEY}", source))
    assert re.search(sentence, said)
    assert "hunter2" not in said


def test_an_option_with_a_secrets_name_and_a_login_in_an_address_are_refused(tmp_path: Path) -> None:
    assert "move it under secrets" in message(tmp_path, GOOD.replace("concurrency: 2", "password: x"))
    assert "never written in this file" in message(tmp_path, GOOD.replace("https://", "https://me:x@"))


def test_every_fault_is_told_at_once_with_its_line_and_its_path(tmp_path: Path) -> None:
    text = (
        GOOD.replace("0123456789", "0123456788")
        .replace("provider: nilvera", "provider: parasut")
        .replace("earsiv_series: ORN", "earsiv_series: XYZ\n      trigger: SOMETIMES\n      triger: SHIPMENT")
        .replace("city: Ankara", "")
        .replace("1111111114", "11111111111")
        .replace("https:", "http:")
        .replace("{env: KEY}", "{env: NOT_SET}")
    )
    assert errors(tmp_path, text) == [
        (5, "businesses.ORNEK.seller.tax_number"),
        (7, "businesses.ORNEK.seller.address.city"),
        (10, "businesses.ORNEK.policy.earsiv_series"),
        (11, "businesses.ORNEK.policy.trigger"),
        (12, "businesses.ORNEK.policy.triger"),
        (16, "businesses.ORNEK.carriers[0].tax_number"),
        (19, "businesses.ORNEK.connections.nilvera.base_url"),
        (22, "businesses.ORNEK.connections.nilvera.secrets.api_key"),
    ]


@pytest.mark.parametrize(
    ("text", "line", "path", "sentence"),
    [
        (GOOD + "  ORNEK: {}\n", 21, "businesses.ORNEK", "is here twice: first in line 2"),
        (GOOD.replace("ORNEK:", "ÖRNEK:"), 2, "businesses.ÖRNEK", "should match pattern"),
        (GOOD.replace("{name: ORN", "{name: ORX"), 10, "businesses.ORNEK.policy.earsiv_series", "no series"),
        (GOOD.replace("EARSIV}", "EFATURA}"), 10, "businesses.ORNEK.policy.earsiv_series", "no series ORN for EARSIV"),
        (
            GOOD.replace("provider: nilvera", "mode: EXTERNAL\n      trigger: ORDER_PLACED"),
            10,
            "businesses.ORNEK.policy.trigger",
            "under mode EXTERNAL only a request registers an invoice",
        ),
        (
            GOOD.replace("provider: nilvera", "trigger: SHIPMENT"),
            8,
            "businesses.ORNEK.policy.provider",
            "name the provider that issues",
        ),
        (
            GOOD.replace("provider: nilvera", "provider: external"),
            9,
            "businesses.ORNEK.policy.provider",
            "is no provider's name",
        ),
        (
            GOOD.replace("provider: nilvera", "provider: nilvera\n      trigger: STATUS"),
            8,
            "businesses.ORNEK.policy.trigger_statuses",
            "name the statuses that have an order invoiced",
        ),
        (
            GOOD.replace("provider: nilvera", "provider: nilvera\n      trigger_statuses: [SHIPPED]"),
            10,
            "businesses.ORNEK.policy.trigger_statuses",
            "counts under trigger STATUS alone",
        ),
        (
            GOOD.replace("provider: nilvera", "provider: nilvera\n      sign_through: nilvera"),
            10,
            "businesses.ORNEK.policy.sign_through",
            "nilvera is the policy's connection",
        ),
        (
            GOOD.replace("provider: nilvera", "provider: nilvera\n      sign_through: sovos"),
            10,
            "businesses.ORNEK.policy.sign_through",
            "there is no connection sovos",
        ),
        (
            GOOD.replace("    carriers:", "      - {name: ORN, document_type: EARSIV}\n    carriers:"),
            13,
            "businesses.ORNEK.series[1]",
            "EARSIV ORN is here twice",
        ),
        (
            GOOD.replace("    carriers:", "      - {name: ORN, document_type: EFATURA}\n    carriers:"),
            13,
            "businesses.ORNEK.series[1]",
            "ORN is the series of EARSIV already",
        ),
        (
            GOOD.replace("    connections:", "      - {name: Örnek Kargo, tax_number: 1234567890}\n    connections:"),
            15,
            "businesses.ORNEK.carriers[1]",
            "Örnek Kargo is here twice",
        ),
        (
            GOOD.replace("    connections:", "      - {name: ÖRNEK KARGO, tax_number: 1234567890}\n    connections:"),
            15,
            "businesses.ORNEK.carriers[1]",
            "ÖRNEK KARGO is here twice",
        ),
        ("businesses:\n  A: &a {}\n  B: *a\n", 2, "businesses.A.policy", "is required"),
        ("businesses: {}\n", 1, "businesses", "must not be empty"),
        ("", 1, "", "must be a mapping of fields"),
        ("businesses:\n\t- x\n", 2, "", "is not YAML"),
        ("a: 1\n---\nb: 2\n", 2, "", "is not YAML"),
        ("a: " + "[" * 2000, 1, "", "is nested too deep"),
    ],
)  # fmt: skip
def test_each_fault_stands_at_its_line(tmp_path: Path, text: str, line: int, path: str, sentence: str) -> None:
    with pytest.raises(ConfigurationRefusedError) as refused:
        read(tmp_path, text)
    assert any(
        (error.line, error.path) == (line, path) and sentence in error.message for error in refused.value.errors
    ), refused.value


def test_a_connection_to_a_provider_that_nobody_knows_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "faturaflow.yaml"
    file.write_text(GOOD)
    with pytest.raises(ConfigurationRefusedError, match=r"line 16: .*there is no provider nilvera: known are parasut"):
        read_configuration(file, ENVIRON, providers={"parasut"})


SECOND = """\
      second-login:
        provider: nilvera
        base_url: https://provider.invalid
        secrets:
          api_key: {env: KEY}
"""


def test_a_connection_has_a_name_of_its_own_or_its_providers(tmp_path: Path) -> None:
    text = GOOD.replace("provider: nilvera", "provider: nilvera\n      connection: second-login")
    found = read(tmp_path, text + SECOND)
    assert (found.policy.provider, found.policy.connection_name) == ("nilvera", "second-login")
    assert {name: login.provider_of(name) for name, login in found.connections.items()} == {
        "nilvera": "nilvera",
        "second-login": "nilvera",
    }


def test_a_name_that_is_said_though_it_follows_changes_nothing(tmp_path: Path) -> None:
    text = GOOD.replace("provider: nilvera", "provider: nilvera\n      connection: nilvera")
    assert read(tmp_path, text.replace("      nilvera:\n", "      nilvera:\n        provider: nilvera\n")) == read(
        tmp_path, GOOD
    )


@pytest.mark.parametrize(
    ("text", "path", "sentence"),
    [
        (
            GOOD.replace("provider: nilvera", "provider: testbook\n      connection: second-login") + SECOND,
            "businesses.ORNEK.policy.connection",
            "the connection second-login is at nilvera: set provider to it",
        ),
        (
            GOOD.replace("provider: nilvera", "provider: nilvera\n      sign_through: second-login") + SECOND,
            "businesses.ORNEK.policy.sign_through",
            "the connection second-login is at nilvera: set sign_through_provider to it",
        ),
        (
            GOOD + SECOND.replace("second-login", "testbook"),
            "businesses.ORNEK.connections.testbook",
            "testbook is another provider's name: give the connection a name of its own",
        ),
        (
            GOOD + SECOND.replace("provider: nilvera", "provider: nowhere"),
            "businesses.ORNEK.connections.second-login",
            "there is no provider nowhere: known are nilvera, testbook",
        ),
    ],
)
def test_a_connections_name_and_its_provider_go_together(tmp_path: Path, text: str, path: str, sentence: str) -> None:
    file = tmp_path / "faturaflow.yaml"
    file.write_text(text)
    with pytest.raises(ConfigurationRefusedError) as refused:
        read_configuration(file, ENVIRON, providers=("nilvera", "testbook"))
    assert [(each.path, each.message) for each in refused.value.errors if each.path == path] == [(path, sentence)]


def test_an_alias_is_refused_before_it_can_grow(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationRefusedError, match="is an alias"):
        read(tmp_path, "businesses: &all\n  A: *all\n")


def test_a_file_that_is_not_there_or_no_text_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationRefusedError, match="cannot be read"):
        read_configuration(tmp_path / "missing.yaml")
    (tmp_path / "binary.yaml").write_bytes(b"\xff\xfe\xff")
    with pytest.raises(ConfigurationRefusedError, match="not UTF-8"):
        read_configuration(tmp_path / "binary.yaml")
