"""However a scenario is damaged, it loads or is refused: there is no third way."""

from __future__ import annotations

from pathlib import Path

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from validator.core.document import Json
from validator.core.errors import InputError
from validator.scenario.load import load_scenarios
from validator.scenario.model.scenario import Scenario

VALID = Path(__file__).parents[1] / "cases" / "scenario" / "valid"
FILES = [VALID / name for name in ("every-step.yaml", "browsing.yaml", "every-setting.yaml")]
ENVIRON = {"CARD": "4000000000001000", "SHOP_URL": "http://shop.test"}

WORDS = [
    *("click", "include", "steps", "save", "css", "role", "${total}", "${a", "0s", "none", "url"),
    *("when", "matrix", "exclude", "vars", "device", "${fake.name}", "${matrix.device}"),
]
JUNK: st.SearchStrategy[Json] = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 3) | st.sampled_from(WORDS) | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=2)
    ),
    max_leaves=5,
)


def damage(data: Json, draw: st.DrawFn) -> Json:
    """Go down to some value, and replace it, leave it out, or give it a neighbour."""
    if isinstance(data, list) and data and draw(st.integers(0, 4)):
        at = draw(st.integers(0, len(data) - 1))
        return [*data[:at], damage(data[at], draw), *data[at + 1 :]]
    if isinstance(data, dict) and data and draw(st.integers(0, 4)):
        key = draw(st.sampled_from([*data]))
        change = draw(st.sampled_from(["inside", "inside", "without", "beside"]))
        if change == "without":
            return {name: value for name, value in data.items() if name != key}
        if change == "beside":
            return {**data, draw(st.sampled_from(WORDS)): draw(JUNK)}
        return {**data, key: damage(data[key], draw)}
    return draw(JUNK)


@st.composite
def damaged(draw: st.DrawFn) -> Json:
    file = draw(st.sampled_from(FILES))
    data: Json = yaml.safe_load(file.read_text(encoding="utf-8"))
    for _ in range(draw(st.integers(1, 3))):
        data = damage(data, draw)
    return data


def outcome(path: Path) -> tuple[Scenario, ...] | InputError:
    try:
        return load_scenarios([path], environ=ENVIRON, run_id="run1")
    except InputError as error:
        return error


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=damaged())
def test_a_damaged_scenario_loads_or_is_refused(data: Json, tmp_path: Path) -> None:
    file = tmp_path / "scenario.yaml"
    (tmp_path / "fragments").mkdir(exist_ok=True)
    (tmp_path / "fragments" / "address.yaml").write_text("steps: [click: a]", encoding="utf-8")
    file.write_text(yaml.safe_dump(data, sort_keys=False), encoding="utf-8")
    told = outcome(file)
    assert isinstance(told, tuple) or all(finding.location for finding in told.findings)
