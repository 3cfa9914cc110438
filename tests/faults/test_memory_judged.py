"""A leak is told from a cache that fills and from noise."""

import pytest

from tests.faults.campaign.memory import Growth

RUNS = 200
STEADY = (150.0, 180.0, 190.0, 191.0, 190.5, 191.5, 190.0, 192.0, 191.0, 190.5, 191.5, 191.0)


@pytest.mark.parametrize(
    ("kib_a_run", "is_leak"),
    [
        pytest.param(0, False, id="steady after warm-up"),
        pytest.param(2, False, id="a cache that still fills"),
        pytest.param(20, True, id="a leak"),
        pytest.param(-5, False, id="memory given back"),
    ],
)
def test_a_leak_is_growth_that_goes_on_after_warm_up(kib_a_run: float, is_leak: bool) -> None:
    sizes = tuple(size + wave * RUNS * kib_a_run / 1024 for wave, size in enumerate(STEADY))
    growth = Growth(sizes, RUNS)
    assert growth.is_leak == is_leak
    assert growth.per_run == pytest.approx(kib_a_run, abs=1)


def test_one_wave_alone_decides_nothing() -> None:
    assert not Growth((*STEADY[:-1], 260.0), RUNS).is_leak
