"""Charts as inline SVG. Colours are classes, so that light and dark are the page's affair; every chart has a title and a
description for those who cannot see it, and every bar says its number when it is pointed at."""

from collections.abc import Sequence
from html import escape
from math import ceil, log10

from lab.figures.words import number as spaced

WIDTH, HEIGHT = 760, 240
LEFT, RIGHT, TOP, BOTTOM = 64, 8, 10, 26
WIDEST = 64
COLOURS = 8
"""Series beyond these share a colour, and are told apart by their legend and order."""

Series = tuple[str, Sequence[int]]


def stacked_bars(title: str, series: Sequence[Series], names: Sequence[str]) -> str:
    """A bar for each name, made of the series on top of each other."""
    totals = [sum(values[place] for _, values in series) for place in range(len(names))]
    top = _top(max(totals, default=0))
    step = (WIDTH - LEFT - RIGHT) / max(len(names), 1)
    bar = min(step - min(4.0, step * 0.2), WIDEST)
    parts = [_axes(top, names, step)]
    heights = [0.0] * len(names)
    for number, (label, values) in enumerate(series):
        for place, value in enumerate(values):
            if value:
                size = _scaled(value, top)
                y = HEIGHT - BOTTOM - heights[place] - size
                heights[place] += size
                told = escape(f"{names[place]}: {label}, {spaced(value)}")
                parts.append(
                    f'<rect class="c{number % COLOURS}" x="{LEFT + (place + 0.5) * step - bar / 2:.1f}" y="{y:.1f}"'
                    f' width="{bar:.1f}" height="{size:.1f}"><title>{told}</title></rect>'
                )
    return _figure(title, _described(series, names), "".join(parts), [label for label, _ in series])


def lines(title: str, series: Sequence[Series], names: Sequence[str]) -> str:
    """A line for each series over the names."""
    top = _top(max((max(values, default=0) for _, values in series), default=0))
    step = (WIDTH - LEFT - RIGHT) / max(len(names), 1)
    parts = [_axes(top, names, step)]
    for number, (label, values) in enumerate(series):
        points = [
            (LEFT + (place + 0.5) * step, HEIGHT - BOTTOM - _scaled(value, top)) for place, value in enumerate(values)
        ]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        parts.append(f'<polyline class="l{number % COLOURS}" points="{path}"><title>{escape(label)}</title></polyline>')
        if len(points) == 1:
            parts.append(f'<circle class="c{number % COLOURS}" cx="{points[0][0]:.1f}" cy="{points[0][1]:.1f}" r="3"/>')
    return _figure(title, _described(series, names), "".join(parts), [label for label, _ in series])


def columns(title: str, values: Sequence[tuple[str, int]], unit: str) -> str:
    """One column for each value."""
    return stacked_bars(title, [(unit, [value for _, value in values])], [name for name, _ in values])


def rows(title: str, values: Sequence[tuple[str, int, int | None]]) -> str:
    """A horizontal bar for each name with its count, and below it a thin one with that of reality, where there is one."""
    most = max((max(count, really or 0) for _, count, really in values), default=0) or 1
    has_real = any(really is not None for _, _, really in values)
    height, space = (34 if has_real else 26), WIDTH * 0.48
    parts = []
    for place, (name, count, really) in enumerate(values):
        y = place * height
        label = escape(name if len(name) <= 54 else f"{name[:53]}…")
        size = (WIDTH - space - 90) * count / most
        parts.append(
            f'<text class="label" x="{space - 10:.0f}" y="{y + 15}" text-anchor="end">{label}</text>'
            f'<rect class="c0" x="{space:.0f}" y="{y + 3}" width="{size:.1f}" height="16" rx="2">'
            f"<title>{escape(name)}: {spaced(count)}</title></rect>"
            f'<text class="value" x="{space + size + 6:.1f}" y="{y + 15}">{spaced(count)}</text>'
        )
        if really is not None:
            real = (WIDTH - space - 90) * really / most
            parts.append(
                f'<rect class="real" x="{space:.0f}" y="{y + 21}" width="{real:.1f}" height="5" rx="2">'
                f"<title>{escape(name)}, really: {spaced(really)}</title></rect>"
            )
    told = "; ".join(
        f"{name}: {spaced(count)}" + (f", really {spaced(really)}" if really is not None else "")
        for name, count, really in values
    )
    legend = ["draft", "really"] if has_real else []
    return _figure(title, told, "".join(parts), legend, height=max(height * len(values), 1), is_rows=True)


def _figure(
    title: str, told: str, drawn: str, legend: Sequence[str], *, height: int = HEIGHT, is_rows: bool = False
) -> str:
    keys = "".join(
        f'<li><span class="key {"real" if is_rows and number else f"c{number % COLOURS}"}"></span>{escape(label)}</li>'
        for number, label in enumerate(legend)
    )
    listed = f'<ul class="legend">{keys}</ul>' if len(legend) > 1 else ""
    return (
        f'<figure><figcaption>{escape(title)}</figcaption>{listed}<div class="chart"><svg viewBox="0 0 {WIDTH} {height}"'
        f' role="img" aria-label="{escape(title)}"><desc>{escape(told)}</desc>{drawn}</svg></div></figure>'
    )


def _axes(top: int, names: Sequence[str], step: float) -> str:
    parts = []
    for part in range(5):
        value = top * part / 4
        y = HEIGHT - BOTTOM - _scaled(value, top)
        if value == int(value):
            parts.append(
                f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
                f'<text class="tick" x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{spaced(int(value))}</text>'
            )
    widest = max((len(name) for name in names), default=1)
    every = max(1, ceil((widest * 7 + 14) / step)) if step else 1
    for place in range(0, len(names), every):
        x = LEFT + (place + 0.5) * step
        parts.append(
            f'<text class="tick" x="{x:.1f}" y="{HEIGHT - 8}" text-anchor="middle">{escape(names[place])}</text>'
        )
    return "".join(parts)


def _scaled(value: float, top: int) -> float:
    return (HEIGHT - TOP - BOTTOM) * value / top


def _top(most: int) -> int:
    """The next round number that a quarter of is round too."""
    if most <= 4:
        return 4
    unit = 10 ** int(log10(most))
    return next(int(factor * unit) for factor in (1, 2, 4, 6, 8, 10) if factor * unit >= most)


def _described(series: Sequence[Series], names: Sequence[str]) -> str:
    """What the chart shows, in a sentence for each series: its sum, and where it is highest."""
    told = []
    for label, values in series:
        if any(values):
            place = max(range(len(values)), key=values.__getitem__)
            told.append(f"{label}: {spaced(sum(values))} in all, most at {names[place]} with {spaced(values[place])}")
    return "; ".join(told) or "nothing"
