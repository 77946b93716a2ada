"""Draws the README's picture: GB/s of dot products against size, with the cache edges, as an SVG that needs no other file.

    python3 bench/picture.py build/release/quadot docs/dot_rates.svg [--threads 1] [--max-time 300ms]

Standard library only. Each size is one run of `quadot dot --compare all --json -`, so every point of a size was measured interleaved in one process,
and each was judged: a variant that fails its bound is drawn hollow.
"""

import argparse
import json
import math
import subprocess

SIZES = [2**k for k in range(6, 27, 2)]
SHOWN = [  # short name, colour, label
    ("naive", "#8a8a8a", "naive loop"),
    ("stl", "#b07d2b", "std::transform_reduce"),
    ("eigen", "#3b8f5a", "Eigen"),
    ("blas", "#7a55b5", "OpenBLAS"),
    ("plain", "#1f6fd0", "Quadot plain"),
    ("compensated", "#d0402f", "Quadot compensated"),
    ("exact", "#e0a030", "Quadot exact"),
]
WIDTH, HEIGHT = 860, 440
LEFT, RIGHT, TOP, BOTTOM = 70, 190, 40, 60


def measure(program, threads, max_time):
    """{size: {short name: (GB/s, passed)}}, and the last report's context."""
    points, context = {}, {}
    for size in SIZES:
        words = [program, "dot", "-n", str(size), "--threads", str(threads), "--max-time", max_time, "--json", "-", "--data", "normal"]
        report = json.loads(subprocess.run(words, check=True, capture_output=True, text=True).stdout)
        context = report["context"]
        points[size] = {}
        for row in report["benchmarks"]:
            parts = row["name"].split("/")
            short = parts[2] if parts[1] == "baseline" else parts[1]
            points[size][short] = (row["bytes_per_second"] / 1e9, row["verdict"] == "pass")
    return points, context


def draw(points, context, threads):
    """The SVG's text."""
    top_rate = max(rate for row in points.values() for short, (rate, _) in row.items() if short in {name for name, _, _ in SHOWN})
    top_rate = 50 * math.ceil(top_rate / 50)
    low, high = math.log2(min(points)), math.log2(max(points))

    def at_x(size):
        return LEFT + (math.log2(size) - low) / (high - low) * (WIDTH - LEFT - RIGHT)

    def at_y(rate):
        return HEIGHT - BOTTOM - rate / top_rate * (HEIGHT - TOP - BOTTOM)

    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="13" role="img">',
        "<title>GB/s of dot products against vector length</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        f'<text x="{LEFT}" y="22" font-weight="bold">Dot product, f64, {threads} thread: GB/s against length ({context["cpu"]}, {context["isa"]})</text>',
    ]
    for rate in range(0, top_rate + 1, 50):
        out.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{at_y(rate):.1f}" y2="{at_y(rate):.1f}" stroke="#dddddd"/>')
        out.append(f'<text x="{LEFT - 8}" y="{at_y(rate) + 4:.1f}" text-anchor="end">{rate}</text>')
    for size in points:
        out.append(f'<text x="{at_x(size):.1f}" y="{HEIGHT - BOTTOM + 20}" text-anchor="middle">2<tspan dy="-5" font-size="9">{int(math.log2(size))}</tspan></text>')
    out.append(f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 12}" text-anchor="middle">terms n (two vectors of n doubles); dashed: both fill a cache</text>')
    for cache in context.get("caches", []):
        if cache["type"] == "Instruction":
            continue
        size = cache["size"] / 16
        if min(points) < size < max(points):
            x = at_x(size)
            out.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{HEIGHT - BOTTOM}" stroke="#999999" stroke-dasharray="4 4"/>')
            out.append(f'<text x="{x + 4:.1f}" y="{TOP + 12}" fill="#666666">L{cache["level"]}</text>')
    ends = []
    for short, colour, label in SHOWN:
        line = [(size, *row[short]) for size, row in points.items() if short in row]
        if not line:
            continue
        path = " ".join(f"{at_x(size):.1f},{at_y(rate):.1f}" for size, rate, _ in line)
        weight = 3 if label.startswith("Quadot") else 1.6
        out.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="{weight}"/>')
        for size, rate, passed in line:
            out.append(f'<circle cx="{at_x(size):.1f}" cy="{at_y(rate):.1f}" r="3" stroke="{colour}" fill="{colour if passed else "#ffffff"}"/>')
        ends.append((label, colour))
    for k, (label, colour) in enumerate(ends):
        y = TOP + 20 + 22 * k
        out.append(f'<line x1="{WIDTH - RIGHT + 14}" x2="{WIDTH - RIGHT + 40}" y1="{y}" y2="{y}" stroke="{colour}" stroke-width="3"/>')
        out.append(f'<text x="{WIDTH - RIGHT + 46}" y="{y + 4}">{label}</text>')
    out.append("</svg>")
    return "\n".join(out) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program")
    parser.add_argument("output")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--max-time", default="300ms")
    options = parser.parse_args()
    points, context = measure(options.program, options.threads, options.max_time)
    with open(options.output, "w", encoding="utf-8") as file:
        file.write(draw(points, context, options.threads))


if __name__ == "__main__":
    main()
