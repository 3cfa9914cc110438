"""No promise without a test: the list in tests/semantics.py is whole, and what it names exists."""

import ast
from pathlib import Path

import pytest

from tests.semantics import NOT_BUILT, PROMISES, PROOFS

HERE = Path(__file__).parent
NAMED = sorted({proof for proofs in PROOFS.values() for proof in proofs})


def test_every_promise_has_a_test_or_is_named_as_not_built() -> None:
    assert sorted(PROMISES) == [*range(1, 28)]
    assert sorted([*PROOFS, *NOT_BUILT]) == sorted(PROMISES)
    assert all(PROOFS.values())


@pytest.mark.parametrize("proof", NAMED)
def test_a_test_that_proves_a_promise_exists(proof: str) -> None:
    file, _, name = proof.partition("::")
    assert name.startswith("test_"), "a file is not a proof: name the test"
    tree = ast.parse((HERE / file).read_text())
    assert name in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
