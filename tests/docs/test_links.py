"""Links between documents, and to files and folders, lead somewhere."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.docs.blocks import PAGES, ROOT, anchors, links, name_of


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_leads_somewhere(page: Path) -> None:
    assert [target for target in links(page) if not leads_somewhere(page, target)] == []


def leads_somewhere(page: Path, target: str) -> bool:
    """Web addresses are believed; a path must exist, and its anchor be a heading."""
    parts = urlsplit(target)
    if parts.scheme:
        return True
    linked = (page.parent / parts.path).resolve() if parts.path else page
    return linked.exists() and (not parts.fragment or parts.fragment in anchors(linked))


def test_the_index_names_every_document() -> None:
    index = ROOT / "docs/README.md"
    named = {(index.parent / urlsplit(target).path).resolve() for target in links(index)}
    assert {name_of(page) for page in PAGES if page not in named and page != index} == set()
