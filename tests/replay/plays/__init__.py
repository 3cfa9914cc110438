"""Plays: each makes real runs end for the reasons it is named after, and gives the journey whose runs they are."""

from tests.replay.plays import beside, deciding, holding, listening, moving, operating, sending, waiting
from tests.replay.plays.stage import Play

PLAYS: dict[str, Play] = {
    play.name: play
    for module in (beside, deciding, holding, listening, moving, operating, sending, waiting)
    for play in vars(module).values()
    if isinstance(play, Play)
}
