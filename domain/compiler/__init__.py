"""From a journey document to the program that the engine runs, or to everything that is wrong with it."""

from domain.compiler.compile import can_be_requested, compile_journey, known_with
from domain.compiler.identifiers import missing_ids
from domain.compiler.known import Compiled, Known, Placed

__all__ = ["Compiled", "Known", "Placed", "can_be_requested", "compile_journey", "known_with", "missing_ids"]
