"""How the browser presents itself: what a scenario may say of it, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from validator.core.errors import InputError
from validator.core.page_options import Geolocation, PageOptions, Proxy
from validator.scenario.load import load_scenarios
from validator.scenario.model.template import Secret
from validator.scenario.safety.scenario_order import find_prerequisites
from validator.scenario.settings.storage_states import describe_unusable_state, read_state_secrets

if TYPE_CHECKING:
    from tests.scenario.conftest import Load, Mistakes

STEPS = "steps: [{click: a}]\n"


@pytest.mark.parametrize(
    ("said", "options"),
    [
        ("device: Pixel 7", PageOptions(device="Pixel 7")),
        ("viewport: 1280x720", PageOptions(viewport=(1280, 720))),
        ("user_agent: tests/1.0", PageOptions(user_agent="tests/1.0")),
        ("locale: es-ES", PageOptions(locale="es-ES")),
        ("timezone: Europe/Madrid", PageOptions(timezone="Europe/Madrid")),
        (
            "geolocation: {latitude: 41.08, longitude: -1, accuracy: 5}",
            PageOptions(geolocation=Geolocation(41.08, -1.0, 5.0)),
        ),
        (
            "permissions: [geolocation, camera]",
            PageOptions(permissions=("geolocation", "camera")),
        ),
        ("headers: {X-A: '${env.A}'}", PageOptions(headers={"X-A": "7"})),
        ("cookies: {consent: all}", PageOptions(cookies={"consent": "all"})),
        (
            "http_auth: {user: qa, password: '${secret.KEY}'}",
            PageOptions(credentials=("qa", "s3cret")),
        ),
        ("proxy: http://proxy.test:3128", PageOptions(proxy=Proxy("http://proxy.test:3128"))),
        (
            "proxy: {server: socks5://p.test, bypass: [a.test, .b.test], user: u, password: p}",
            PageOptions(proxy=Proxy("socks5://p.test", "a.test,.b.test", ("u", "p"))),
        ),
        ("block: ['*://ads.test/*']", PageOptions(block=("*://ads.test/*",))),
        (
            "base_url: https://qa:pw@shop.test",
            PageOptions(logins={"https://shop.test": ("qa", "pw")}),
        ),
    ],
)
def test_each_setting_becomes_an_option_of_the_page(
    load: Load, said: str, options: PageOptions
) -> None:
    (scenario,) = load(f"{said}\nsecrets: [KEY]\n{STEPS}", A="7", KEY="s3cret")
    assert scenario.page == options


@pytest.mark.parametrize(
    "said",
    [
        "http_auth: {user: qa, password: very-secret}",
        "headers: {X-Api-Key: very-secret}",
        "headers: {Authorization: Bearer very-secret}",
        "cookies: {session: very-secret}",
        "proxy: {server: http://p.test, user: u, password: very-secret}",
    ],
)
def test_what_opens_a_shop_is_a_secret_even_if_it_is_written_in_clear(
    load: Load, said: str
) -> None:
    (scenario,) = load(f"{said}\n{STEPS}")
    assert "very-secret" in {secret.value for secret in scenario.secrets}


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("viewport: wide", '"wide" is not a valid viewport'),
        ("viewport: 10x0", '"10x0" is not a valid viewport'),
        ("viewport: 99999x10", '"99999x10" is not a valid viewport'),
        ("locale: Spanish!", '"Spanish!" is not a valid language tag'),
        (
            "timezone: Europe/Madird",
            'there is no time zone "Europe/Madird": did you mean "Europe/Madrid"?',
        ),
        ("geolocation: {latitude: 91, longitude: 0}", '"latitude" must be a number from -90 to 90'),
        ("geolocation: {latitude: 1}", '"longitude" is missing in "geolocation"'),
        ("permissions: [geolocaton]", 'did you mean "geolocation"?'),
        ("headers: {Host: a}", "Host is set by the browser itself"),
        ("headers: {X-A: \"a\\nb\"}", "the value of X-A has characters that are not allowed"),
        ("headers: {'X A': b}", '"X A"'),
        ("http_auth: {user: qa}", '"password" is missing in "http_auth"'),
        ("proxy: proxy.test", '"proxy.test" is not a valid proxy address'),
        ("proxy: http://u:p@proxy.test", "is not a valid proxy address"),
        ("proxy: {server: http://p.test, user: u}", '"user" needs "password" beside it'),
        ("block: ads", '"block" must be a list of URLs with *, not "ads"'),
        ("consent: [{rol: button}]", 'unknown key "rol": did you mean "role"?'),
        ("device: '${secret.KEY}'\nsecrets: [KEY]", "the secret KEY would be shown here"),
        ("hosts: {a.test: b.test}", 'unknown key "hosts"'),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told(mistakes: Mistakes, said: str, told: str) -> None:
    (finding,) = mistakes(f"{said}\n{STEPS}", KEY="s3cret")
    assert told in finding.message
    assert "s3cret" not in f"{finding}"


STATE = '{"cookies": [], "origins": []}'


@pytest.mark.usefixtures("load")
def test_a_scenario_may_begin_with_what_another_one_saves() -> None:
    Path("login.yaml").write_text(
        "name: Log in\nsteps: [{save_storage_state: .auth/a.json}]\n", encoding="utf-8"
    )

    Path("buy.yaml").write_text(
        f"name: Buy\nstorage_state: .auth/a.json\n{STEPS}", encoding="utf-8"
    )
    both = load_scenarios(["buy.yaml", "login.yaml"], environ={}, run_id="r")
    assert find_prerequisites(both) == {0: (1,)}


def test_one_that_renews_its_own_state_waits_for_nobody(load: Load) -> None:

    Path("a.json").write_text(STATE)
    found = load("storage_state: a.json\nsteps: [{click: a}, {save_storage_state: a.json}]\n")
    assert find_prerequisites(found) == {0: ()}


def test_a_state_that_nobody_saves_is_told(mistakes: Mistakes) -> None:
    (finding,) = mistakes(f"storage_state: none.json\n{STEPS}")
    assert finding.message == "none.json does not exist, and no scenario of this run saves it"


@pytest.mark.usefixtures("load")
def test_scenarios_that_wait_for_each_other_are_told() -> None:

    for name, needs, saves in (("a", "x", "y"), ("b", "y", "x")):
        Path(f"{name}.yaml").write_text(
            f"name: {name}\nstorage_state: {needs}.json\nsteps: [save_storage_state: {saves}.json]"
        )
    with pytest.raises(InputError, match="wait for each other in a circle"):
        load_scenarios(["a.yaml", "b.yaml"], environ={}, run_id="r")


@pytest.mark.usefixtures("load")
@pytest.mark.parametrize(
    ("content", "wrong"),
    [
        (STATE, ""),
        ("{", "a.json is not a storage state: it is not JSON"),
        ("[]", "a.json is not a storage state: it has no cookies"),
        (None, "a.json cannot be read: No such file or directory"),
    ],
)
def test_a_state_is_looked_at_before_it_is_used(content: str | None, wrong: str) -> None:

    if content is not None:
        Path("a.json").write_text(content)
    assert describe_unusable_state(Path("a.json")) == wrong


@pytest.mark.usefixtures("load")
def test_what_logs_a_shopper_in_is_a_secret() -> None:

    Path("a.json").write_text(
        '{"cookies": [{"name": "sid", "value": "abcdef123", "httpOnly": true},'
        ' {"name": "lang", "value": "spanish", "httpOnly": false}]}'
    )
    assert list(read_state_secrets(Path("a.json"))) == [Secret("sid", "abcdef123")]


def test_values_of_the_local_storage_are_secrets(tmp_path: Path) -> None:
    held = {"access": "eyJhbGciOi.J1c2VyIjo1", "name": "Blue shirt", "list": [1, "k3y-k3y-k3y-k3y"]}
    items = {
        "token": "correct horse",
        "session": json.dumps(held),
        "lang": "es-ES",
        "visits": "1234567",
        "since": "2026-11-28T10:00:00.000Z",
        "home": "https://shop.test/a",
    }
    storage = [{"name": name, "value": value} for name, value in items.items()]
    database = [{"stores": [{"records": [{"value": "indexed-key-1"}]}]}]
    origin = {"origin": "https://shop.test", "localStorage": storage, "indexedDB": database}
    cookies = [
        {"name": "sid", "value": "readable-session-1"},
        {"name": "date", "value": "2026-11-28"},
    ]
    file = tmp_path / "state.json"
    file.write_text(json.dumps({"cookies": [*cookies, 5], "origins": [origin, None]}))
    assert [(each.name, each.value) for each in read_state_secrets(file)] == [
        ("sid", "readable-session-1"),
        ("token", "correct horse"),
        ("session", json.dumps(held)),
        ("session", "eyJhbGciOi.J1c2VyIjo1"),
        ("session", "k3y-k3y-k3y-k3y"),
        ("indexedDB", "indexed-key-1"),
    ]
