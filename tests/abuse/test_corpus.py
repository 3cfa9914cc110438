"""What a fuzzer starts from and what it once found is read without a fault. `make fuzz` looks for more."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.abuse.fuzz.targets import TARGETS

CORPUS = Path(__file__).parent / "fuzz" / "corpus"
INPUTS = sorted(file.relative_to(CORPUS).as_posix() for file in CORPUS.glob("*/*"))


@pytest.mark.parametrize("name", INPUTS)
def test_an_input_is_read_without_a_fault(name: str) -> None:
    TARGETS[name.partition("/")[0]]((CORPUS / name).read_bytes())


def test_every_target_has_inputs() -> None:
    assert {name.partition("/")[0] for name in INPUTS} == set(TARGETS)


@pytest.mark.parametrize("target", TARGETS)
@settings(max_examples=60, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_piece_cut_out_or_doubled_is_read_without_a_fault(target: str, data: st.DataObject) -> None:
    chosen = data.draw(st.sampled_from([name for name in INPUTS if name.startswith(f"{target}/")]))
    source = (CORPUS / chosen).read_bytes()
    begin = data.draw(st.integers(0, len(source)))
    end = data.draw(st.integers(begin, len(source)))
    times = data.draw(st.sampled_from([0, 2, 3]))
    TARGETS[target](source[:begin] + data.draw(st.binary(max_size=4)) + source[begin:end] * times + source[end:])
