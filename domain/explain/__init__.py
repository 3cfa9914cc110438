"""Why somebody got, or did not get, something: the decision log told as a story.

`story.py` what goes in and comes out · `telling.py` from one to the other · `sentences.py` and `sending.py` one decision as a
sentence · `missed.py` why there is no run · `markdown.py` the story as a document · `path.py` a run under way, for operators.
"""

from domain.explain.markdown import markdown
from domain.explain.path import path_markdown
from domain.explain.story import JourneyMaterial, Line, Material, SeenEvent, Story
from domain.explain.telling import tell

__all__ = ["JourneyMaterial", "Line", "Material", "SeenEvent", "Story", "markdown", "path_markdown", "tell"]
