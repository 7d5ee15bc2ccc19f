"""Bars in SVG, lying, with the spread of each. Readable on white and on black, and without seeing them."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH, LABELS, FIGURES = 760, 210, 120  # of the picture, and what is left and right of the bars
BAR, GAP, HEAD, FOOT = 14, 12, 62, 14
COLOURS = ["#3b82f6", "#f59e0b"]
STYLE = """
text { font: 13px system-ui, -apple-system, "Segoe UI", sans-serif; fill: #24292f }
.title { font-size: 15px; font-weight: 600 }
.figure { font-size: 12px; fill: #57606a }
.spread { stroke: #24292f; stroke-width: 1.5 }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 } .figure { fill: #9da7b1 } .spread { stroke: #e6edf3 }
}
"""


@dataclass(frozen=True)
class Bar:
    """A figure with its spread."""

    value: float
    low: float
    high: float
    text: str


@dataclass(frozen=True)
class Chart:
    """Groups of bars: a label, and a bar for each of the series, if there is one."""

    title: str
    description: str
    series: Sequence[str]
    groups: Sequence[tuple[str, Sequence[Bar | None]]]

    def draw(self) -> str:
        """Return the picture."""
        step = BAR * len(self.series) + GAP
        height = HEAD + step * len(self.groups) + FOOT
        highest = max((bar.high for _, bars in self.groups for bar in bars if bar), default=1)
        scale = (WIDTH - LABELS - FIGURES) / highest
        parts = [group(label, bars, HEAD + number * step, scale) for number, (label, bars) in enumerate(self.groups)]
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img"'
            f' aria-labelledby="title description">\n<title id="title">{escape(self.title)}</title>\n'
            f'<desc id="description">{escape(self.description)}</desc>\n<style>{STYLE}</style>\n'
            f'<text class="title" x="0" y="18">{escape(self.title)}</text>\n{self.legend()}{"".join(parts)}</svg>\n'
        )

    def legend(self) -> str:
        """Return what the colours say."""
        if len(self.series) < 2:
            return ""
        return "".join(
            f'<rect x="{number * 120}" y="32" width="12" height="12" rx="2" fill="{COLOURS[number]}"/>'
            f'<text x="{number * 120 + 18}" y="43">{escape(name)}</text>\n'
            for number, name in enumerate(self.series)
        )


def group(label: str, bars: Sequence[Bar | None], top: float, scale: float) -> str:
    """Return a label and its bars."""
    middle = top + BAR * len(bars) / 2
    lines = [f'<text x="{LABELS - 10}" y="{middle + 4:.1f}" text-anchor="end">{escape(label)}</text>\n']
    for number, bar in enumerate(bars):
        if bar:
            lines.append(drawn(bar, top + number * BAR, scale, COLOURS[number]))
    return "".join(lines)


def drawn(bar: Bar, top: float, scale: float, colour: str) -> str:
    """Return a bar, the line of its spread and its figure."""
    middle, right = top + BAR / 2, LABELS + max(bar.value, bar.high) * scale
    return (
        f'<rect x="{LABELS}" y="{top + 1:.1f}" width="{bar.value * scale:.1f}" height="{BAR - 2}" rx="2"'
        f' fill="{colour}"/>'
        f'<line class="spread" x1="{LABELS + bar.low * scale:.1f}" x2="{LABELS + bar.high * scale:.1f}"'
        f' y1="{middle:.1f}" y2="{middle:.1f}"/>'
        f'<text class="figure" x="{right + 6:.1f}" y="{middle + 4:.1f}">{escape(bar.text)}</text>\n'
    )
