"""A report as one HTML page by itself: `layout.py` what stands where · `charts.py` the drawings (`spans.py` those over time) ·
`style.py` the looks."""

from lab.figures.page.layout import page

__all__ = ["page"]
