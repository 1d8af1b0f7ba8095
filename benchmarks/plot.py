"""Lines on logarithmic axes, as SVG: each is marked by a letter of its own, so that none is told by colour alone."""

from __future__ import annotations

from html import escape
from math import ceil, floor, log10
from string import ascii_lowercase

WIDTH, HEIGHT, LEFT, TOP, LEGEND = 520, 400, 60, 50, 300
COLOURS = ("#0b5394", "#990000", "#38761d", "#7f6000", "#351c75", "#444444")

Line = dict[int, float]  # x → y, both above 0


def log_log(lines: dict[str, Line], title: str, across: str, up: str) -> str:
    """Draw the lines; the axes go from one power of ten to another. Dashes rise as y does in proportion to x."""
    left, right = _powers([x for line in lines.values() for x in line])
    bottom, top = _powers([y for line in lines.values() for y in line.values()])

    def place(x: float, y: float) -> tuple[float, float]:
        at = (log10(x) - left) / (right - left), (top - log10(y)) / (top - bottom)
        return round(LEFT + at[0] * WIDTH, 1), round(TOP + at[1] * HEIGHT, 1)

    drawn = []
    for power in range(left, right + 1):
        x, low = place(10**power, 10**bottom)
        drawn += [_line([(x, TOP), (x, low)], "#ddd"), _text(x, low + 18, f"{10**power:,}", "middle")]
    for power in range(bottom, top + 1):
        x, y = place(10**left, 10.0**power)
        drawn += [_line([(x, y), (LEFT + WIDTH, y)], "#ddd"), _text(x - 8, y + 4, f"{10.0**power:,g}", "end")]
        if power < top:
            rise = min(right - left, top - power)
            drawn.append(_line([(x, y), place(10 ** (left + rise), 10.0 ** (power + rise))], "#ccc", "2 4"))
    highest_last = sorted(lines.items(), key=lambda named: list(named[1].values())[-1], reverse=True)
    for n, (letter, (name, line)) in enumerate(zip(ascii_lowercase, highest_last, strict=False)):
        colour, points = COLOURS[n % len(COLOURS)], [place(x, y) for x, y in line.items()]
        drawn.append(_line(points, colour))
        for x, y in points:
            drawn += [
                f'<circle cx="{x}" cy="{y}" r="7" fill="#fff" stroke="{colour}"/>',
                _text(x, y + 4, letter, "middle"),
            ]
        last = list(line.values())[-1]
        drawn.append(_text(LEFT + WIDTH + 24, TOP + 12 + 22 * n, f"{letter}  {name}: {last:,.0f} ms"))
    told = "; ".join(
        f"{name}: " + ", ".join(f"{y:.1f} at {x:,}" for x, y in line.items()) for name, line in lines.items()
    )
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {LEFT + WIDTH + LEGEND} {TOP + HEIGHT + 50}"'
            ' role="img" aria-labelledby="title desc" font-family="sans-serif" font-size="12">',
            f'<title id="title">{escape(title)}</title>',
            f'<desc id="desc">{escape(f"{up} by {across}, logarithmic. {told}.")}</desc>',
            '<rect width="100%" height="100%" fill="#fff"/>',
            _text(LEFT, 20, f"{title}: {up}; dashed, in proportion"),
            _text(LEFT + WIDTH / 2, TOP + HEIGHT + 40, across, "middle"),
            *drawn,
            "</svg>\n",
        ]
    )


def _powers(values: list[float] | list[int]) -> tuple[int, int]:
    low, high = floor(log10(min(values))), ceil(log10(max(values)))
    return low, max(high, low + 1)


def _line(points: list[tuple[float, float]], colour: str, dashes: str = "none") -> str:
    at = " ".join(f"{x},{y}" for x, y in points)
    return f'<polyline points="{at}" fill="none" stroke="{colour}" stroke-width="1.5" stroke-dasharray="{dashes}"/>'


def _text(x: float, y: float, words: str, anchor: str = "start") -> str:
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}">{escape(words)}</text>'
