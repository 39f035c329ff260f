"""The plot: for every workload, times of all contenders as multiples of GradC's best, on a logarithmic scale."""

import math
from xml.sax.saxutils import escape

COLOURS = ["#1f6fb2", "#d1495b", "#2e933c", "#b5651d", "#7b4fa3", "#c2a000", "#5c6770", "#00798c", "#e377c2", "#222222"]
LEFT, RIGHT, TOP, ROW, WIDTH = 130, 30, 70, 24, 900


def svg(rows, tiers, peers, threads):
    """The picture as text."""
    names = [*tiers, "c", *peers]
    points = []
    for index, row in enumerate(rows):
        mine = [row["best"][tier]["median"] for tier in tiers if tier in row["best"]]
        if mine:
            points += [(index, n, row["best"][n]["median"] / min(mine)) for n in names if n in row["best"]]
    exponents = [math.log10(multiple) for _, _, multiple in points] or [0]
    low, high = math.floor(min(exponents)), max(math.ceil(max(exponents)), 1)

    def x(multiple):
        return LEFT + (WIDTH - LEFT - RIGHT) * (math.log10(multiple) - low) / (high - low)

    height = TOP + ROW * len(rows) + 20
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{height}" fill="white"/>',
        f'<text x="10" y="18" font-size="14">Time as a multiple of GradC\'s, {threads} thread{"s" if threads > 1 else ""}'
        " (right of 1: slower than GradC)</text>",
    ]
    for place, name in enumerate(names):
        left = 10 + (WIDTH - 20) / len(names) * place
        parts.append(f'<circle cx="{left + 5}" cy="36" r="5" fill="{colour(names, name)}"/>')
        parts.append(f'<text x="{left + 14}" y="40">{escape("hand-written C" if name == "c" else name)}</text>')
    for exponent in range(low, high + 1):
        position = x(10.0**exponent)
        line = "#333" if exponent == 0 else "#ddd"
        parts.append(
            f'<line x1="{position:.1f}" y1="{TOP - 6}" x2="{position:.1f}" y2="{height - 14}" stroke="{line}"/>'
        )
        label = f"{10.0 ** exponent:g}×"
        parts.append(f'<text x="{position:.1f}" y="{TOP - 10}" text-anchor="middle" fill="#666">{label}</text>')
    for index, row in enumerate(rows):
        middle = TOP + ROW * index + ROW / 2
        parts.append(f'<text x="10" y="{middle + 4:.1f}">{escape(row["workload"])}</text>')
        parts.append(f'<line x1="{LEFT}" y1="{middle:.1f}" x2="{WIDTH - RIGHT}" y2="{middle:.1f}" stroke="#eee"/>')
    for index, name, multiple in points:
        middle = TOP + ROW * index + ROW / 2
        title = escape(f"{name}: {multiple:.3g}×")
        parts.append(
            f'<circle cx="{x(multiple):.1f}" cy="{middle:.1f}" r="5" fill="{colour(names, name)}" fill-opacity="0.85">'
            f"<title>{title}</title></circle>"
        )
    return "\n".join([*parts, "</svg>", ""])


def colour(names, name):
    return COLOURS[names.index(name) % len(COLOURS)]
