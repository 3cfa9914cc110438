"""From a journey document to the program that the engine runs, or to everything that is wrong with it."""

from domain.compiler.compile import compile_journey
from domain.compiler.identifiers import missing_ids
from domain.compiler.known import Compiled, Known

__all__ = ["Compiled", "Known", "compile_journey", "missing_ids"]
