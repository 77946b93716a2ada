#!/usr/bin/python3
"""Error against condition number: what each variant of the dot product still gets right when terms cancel, and at what speed.

Prints a Markdown table with `relative error (GB/s)` in every cell; `--svg` draws the errors as an SVG that needs no other file.

Standard library only. Each condition is one run of `quadot dot --data cancel:COND --accumulator exact --compare all --json -`, so every cell of a row
was measured interleaved in one process. Relative error: |value - exact sum| / |exact sum|; the exact sum of such data is a double, so 0 is the
correctly rounded result and nothing else is. GB/s: 16 n bytes over the median time.

Exit codes: 0 right, 2 bad usage or no such program, 3 the program failed or the picture cannot be written.
"""

import argparse
import contextlib
import html
import json
import math
import os
import pathlib
import subprocess
import sys
from typing import NamedTuple

import picture

CONDITIONS = ["1", "1e4", "1e8", "1e12", "1e16", "1e20", "1e25", "1e30", "1e40", "1e60", "1e100", "1e200"]
VARIANTS = ["naive", "eigen", "blas", "plain", "compensated", "exact"]
LOOKS = {short: (colour, label) for short, colour, label in picture.SHOWN}
DEFAULT_PROGRAM = pathlib.Path(__file__).resolve().parent.parent / "build" / "release" / "quadot"

WIDTH, HEIGHT = 860, 500
LEFT, RIGHT, TOP, BOTTOM = 70, 190, 40, 116
LAST_DRAWN = 1e60  # conditions beyond differ in the caption only: most of the interest is below 1e40
CAP, FLOOR = 1.0, 1e-17  # relative errors: no digit right; below u = 2^-53, where 0 is drawn
UNIT_ROUNDOFF = 2.0**-53


class Failure(Exception):
    """What ends the script: one line of text and its exit code."""

    def __init__(self, text, code):
        super().__init__(text)
        self.code = code


class Cell(NamedTuple):
    error: float  # relative; infinite if there is none
    rate: float  # GB/s


class Row(NamedTuple):
    cells: dict[str, Cell]  # by the variant's short name
    decided_by: str  # the step at which the exact accumulator was sure of its last bit: ball, tolerance or integers


def run(options, condition):
    """The report of one run."""
    words = [options.program, "dot", "-n", options.n, "--threads", str(options.threads), "--data", f"cancel:{condition}"]
    words += ["--accumulator", "exact", "--compare", "all", "--json", "-", "--max-time", options.max_time]
    try:
        done = subprocess.run(words, capture_output=True, text=True, check=False)
    except OSError as problem:
        raise Failure(f"{options.program}: {problem.strerror}; build it (./setup.sh) or name another with --program", 2) from None
    if done.returncode != 0:
        last_line = (done.stderr.strip().splitlines() or ["no message"])[-1]
        raise Failure(f"{options.program}: exit code {done.returncode} at condition {condition}: {last_line}", 2 if done.returncode == 2 else 3)
    try:
        return json.loads(done.stdout)
    except ValueError:
        raise Failure(f"{options.program}: what it printed at condition {condition} is not JSON; is it quadot?", 3) from None


def row_of(report):
    exact = abs(float(report["result"]["value"]))
    cells = {}
    for benchmark in report["benchmarks"]:
        parts = benchmark["name"].split("/")
        short = parts[2] if parts[1] == "baseline" else parts[1]
        error = float(benchmark["error"])  # "nan" and "inf" are strings
        relative = error / exact if exact > 0 else math.inf if error else 0.0
        cells[short] = Cell(math.inf if math.isnan(relative) else relative, benchmark["bytes_per_second"] / 1e9)
    return Row(cells, report["result"]["decided_by"])


def measure(options):
    """{condition: Row}, and the last report's context."""
    rows, context = {}, {}
    for condition in CONDITIONS:
        report = run(options, condition)
        try:
            rows[condition], context = row_of(report), report["context"]
        except KeyError as key:
            raise Failure(f"{options.program}: its report lacks {key}; build the version that belongs to this script", 3) from None
    return rows, context


def table(rows):
    """The Markdown table's lines."""

    def text(cell):
        if cell is None:
            return "–"
        error = f"{cell.error:.0e}" if cell.error else "0"
        return f"{error} · {cell.rate:.0f}" if cell.rate >= 10 else f"{error} · {cell.rate:.1f}"

    yield "| condition | " + " | ".join(VARIANTS) + " | decided by |"
    yield "|---" * (len(VARIANTS) + 2) + "|"
    for condition, row in rows.items():
        yield f"| {condition} | " + " | ".join(text(row.cells.get(short)) for short in VARIANTS) + f" | {row.decided_by} |"


def beyond(rows):
    """What the table says of the conditions that are not drawn: two lines."""
    hidden = {condition: row for condition, row in rows.items() if float(condition) > LAST_DRAWN}

    def names(holds):
        always = [LOOKS[short][1] for short in VARIANTS if all(short in row.cells and holds(row.cells[short].error) for row in hidden.values())]
        return ", ".join(always) or "none"

    right, lost = names(lambda error: error == 0), names(lambda error: error >= CAP)
    return [f"Beyond, at {' and '.join(hidden)}, correctly rounded: {right};", f"no digit right: {lost}."]


def power_of_ten(x, y, exponent, anchor):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">10<tspan dy="-5" font-size="9">{exponent}</tspan></text>'


def draw(rows, context, options):
    """The SVG's text."""
    drawn = {float(condition): row.cells for condition, row in rows.items() if float(condition) <= LAST_DRAWN}
    right, bottom = WIDTH - RIGHT, HEIGHT - BOTTOM
    decades = round(math.log10(LAST_DRAWN))
    lowest = round(math.log10(FLOOR))

    def at_x(condition):
        return LEFT + math.log10(condition) / decades * (right - LEFT)

    def at_y(error):
        error = min(max(error, FLOOR), sys.float_info.max)
        return TOP + math.log10(error / CAP) / lowest * (bottom - TOP)

    setting = f"n = {html.escape(options.n)}, f64, {context['threads']} thread{'s' if context['threads'] > 1 else ''}"
    what = "Dot product: relative error against condition number"
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="13" role="img" '
        'aria-labelledby="title desc">',
        f'<title id="title">{what}</title>',
        f'<desc id="desc">Log-log lines, one a variant, for conditions 1 to {LAST_DRAWN:g}; {setting}. {" ".join(beyond(rows))}</desc>',
        f'<clipPath id="plot"><rect x="{LEFT - 4}" y="{TOP}" width="{right - LEFT + 8}" height="{bottom - TOP + 4}"/></clipPath>',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        f'<text x="{LEFT}" y="22" font-weight="bold">{what} ({setting})</text>',
    ]
    for exponent in range(0, lowest, -4):
        y = at_y(10.0**exponent)
        out.append(f'<line x1="{LEFT}" x2="{right}" y1="{y:.1f}" y2="{y:.1f}" stroke="#dddddd"/>')
        out.append(power_of_ten(LEFT - 8, y + 4, exponent, "end") if exponent else f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">≥ 1</text>')
    out.append(f'<line x1="{LEFT}" x2="{right}" y1="{bottom}" y2="{bottom}" stroke="#666666"/>')
    out.append(f'<text x="{LEFT - 8}" y="{bottom + 4}" text-anchor="end">0</text>')
    out.append(f'<text x="{right - 4}" y="{bottom - 8}" text-anchor="end" fill="#666666">correctly rounded</text>')
    out.append(f'<text x="{right - 4}" y="{TOP + 16}" text-anchor="end" fill="#666666">no digit right</text>')
    for exponent in range(0, decades + 1, 10):
        out.append(power_of_ten(at_x(10.0**exponent), bottom + 20, exponent, "middle"))
    for condition, label in ((1 / UNIT_ROUNDOFF, "1/u"), (1 / UNIT_ROUNDOFF**2, "1/u²")):
        x = at_x(condition)
        out.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{bottom}" stroke="#999999" stroke-dasharray="4 4"/>')
        out.append(f'<text x="{x + 4:.1f}" y="{at_y(1e-7):.1f}" fill="#666666">{label}</text>')
    captions = [
        "condition of the sum; dashed: where one f64 and two have no digit left (u = 2⁻⁵³)",
        *beyond(rows),
        html.escape(f"{context['cpu']}, {context['isa']}"),
    ]
    for k, caption in enumerate(captions):
        size = 13 if k == 0 else 11
        out.append(f'<text x="{LEFT}" y="{bottom + 44 + 18 * k}" font-size="{size}">{caption}</text>')
    # The exact line first and widest, so that those that share the bottom with it stay visible on top.
    for short in reversed(VARIANTS):
        colour, label = LOOKS[short]
        line = [(condition, cells[short].error) for condition, cells in drawn.items() if short in cells]
        if not line:
            continue
        weight = {"exact": 7, "compensated": 3, "plain": 3}.get(short, 1.6)
        path = " ".join(f"{at_x(condition):.1f},{at_y(error):.1f}" for condition, error in line)
        # Lines are clipped at the cap: to draw their points there would bend the slope up to it.
        out.append(f'<polyline points="{path}" clip-path="url(#plot)" fill="none" stroke="{colour}" stroke-width="{weight}"/>')
        for condition, error in line:
            if error <= CAP:
                out.append(f'<circle cx="{at_x(condition):.1f}" cy="{at_y(error):.1f}" r="{1.5 + weight / 2:.1f}" fill="{colour}"/>')
        y = TOP + 20 + 22 * VARIANTS.index(short)
        out.append(f'<line x1="{right + 14}" x2="{right + 40}" y1="{y}" y2="{y}" stroke="{colour}" stroke-width="{weight}"/>')
        out.append(f'<text x="{right + 46}" y="{y + 4}">{label}</text>')
    out.append("</svg>")
    return "\n".join(out) + "\n"


def write(path, text):
    """Writes the whole file or leaves what was there."""
    unfinished = f"{path}.part"
    try:
        with open(unfinished, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(unfinished, path)
    except OSError as problem:
        with contextlib.suppress(OSError):
            os.remove(unfinished)
        raise Failure(f"{path}: {problem.strerror}", 3) from None


def main():
    parser = argparse.ArgumentParser(
        description=__doc__.splitlines()[0],
        epilog="example: python3 bench/condition.py --max-time 0.3s --svg docs/condition.svg",
    )
    parser.add_argument("--program", default=str(DEFAULT_PROGRAM), help="quadot to run (default: build/release/quadot)")
    parser.add_argument("-n", default="1e6", metavar="SIZE", help="terms (default: %(default)s)")
    parser.add_argument("--threads", type=int, default=1, metavar="T", help="default: %(default)s")
    parser.add_argument("--max-time", default="0.3s", metavar="TIME", help="sampling time of each variant at most (default: %(default)s)")
    parser.add_argument("--svg", metavar="FILE", help="draw the errors there")
    options = parser.parse_args()
    try:
        rows, context = measure(options)
        print("\n".join(table(rows)))
        if options.svg:
            write(options.svg, draw(rows, context, options))
    except Failure as failure:
        print(f"condition.py: {failure}", file=sys.stderr)
        return failure.code
    return 0


if __name__ == "__main__":
    sys.exit(main())
