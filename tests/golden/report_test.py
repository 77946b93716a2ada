"""`quadot report` from outside: the page's structure and pictures, its other formats, and what other programs make of our JSON.

Usage: report_test.py PROGRAM SOURCE_DIR [MPIEXEC]
"""

import base64
import copy
import csv
import hashlib
import html.parser
import importlib.util
import io
import json
import math
import os
import pathlib
import py_compile
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import types
import unittest
import xml.etree.ElementTree
import zlib

import program_test
import report_documents as documents
from program_test import ranks, run, write_npy

SOURCE = pathlib.Path()
HOSTILE = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>&amp;</script></title></style>`touch pwned`]]>\u202e|*_\x01"
VOID = {"meta", "br", "link", "hr", "input", "wbr"}


class Outline(html.parser.HTMLParser):
    """Elements in order, what stands in scripts and styles, and whether every element is closed where it should be."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.elements, self.scripts, self.styles, self.unclosed, self.text = [], [], [], [], ""
        self.open = []
        self.feed(text)
        self.close()
        self.unclosed += self.open

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        if tag == "script":
            self.scripts.append([dict(attributes), ""])
        if tag == "style":
            self.styles.append("")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        if not self.open or self.open[-1] != tag:
            self.unclosed.append(f"</{tag}> in {self.open[-3:]}")
        else:
            self.open.pop()

    def handle_data(self, data):
        if self.open and self.open[-1] == "script":
            self.scripts[-1][1] += data
        elif self.open and self.open[-1] == "style":
            self.styles[-1] += data
        else:
            self.text += data

    def ids(self):
        return [attributes["id"] for _, attributes in self.elements if "id" in attributes]


SVG = "{http://www.w3.org/2000/svg}"


class Plot:
    """A picture, and its positions turned back into values."""

    def __init__(self, source):
        self.root = xml.etree.ElementTree.fromstring(source)
        self.title = self.root.find(SVG + "title").text
        self.description = self.root.find(SVG + "desc").text
        axes = self.root.find(SVG + "g")
        left, right, bottom, top = map(float, axes.get("data-area").split())
        self.x = self.scale(axes.get("data-x"), left, right)
        self.y = self.scale(axes.get("data-y"), bottom, top) if axes.get("data-y") else None

    @staticmethod
    def scale(text, start, end):
        kind, low, high = text.split()
        low, high = float(low), float(high)

        def value(position):
            part = (position - start) / (end - start)
            return low * (high / low) ** part if kind == "log" else low + part * (high - low)

        return value

    def line(self, name, dashed=False):
        """The points of a series' line, as values."""
        for each in self.root.iter(SVG + "polyline"):
            if each.get("data-series") == name and ("dashed" in each.get("class").split()) == dashed:
                return [(self.x(float(x)), self.y(float(y))) for x, y in (pair.split(",") for pair in each.get("points").split())]
        return None

    def marks(self):
        """The title and the place of each marker that has one."""
        found = {}
        for each in self.root.iter(SVG + "path"):
            title = each.find(SVG + "title")
            if title is not None and title.text and "mark" in each.get("class").split():
                x, y = re.match(r"M([\d.-]+) ([\d.-]+)", each.get("d")).groups()
                found[title.text] = (self.x(float(x)), self.y(float(y)))
        return found

    def texts(self):
        return [each.text or "" for each in self.root.iter(SVG + "text")]


def plots(page):
    return {re.search(r'<title id="(.*?)-title"', each).group(1): Plot(each) for each in re.findall(r"<svg.*?</svg>", page, re.DOTALL)}


class Reports(unittest.TestCase):
    def setUp(self):
        self.held = tempfile.TemporaryDirectory()
        self.folder = self.held.name
        self.addCleanup(self.held.cleanup)

    def write(self, name, made):
        return documents.write(self.folder, name, made)

    def report(self, *words):
        code, out, err = run("report", *words)
        self.assertEqual((code, err), (0, ""), words)
        return out

    def page(self, *made):
        names = [self.write(f"{k}.json", each) for k, each in enumerate(made)]
        target = os.path.join(self.folder, "page.html")
        self.assertEqual(self.report(*names, "-o", target), "")
        return pathlib.Path(target).read_text(encoding="utf-8")

    def everything(self):
        return self.page(documents.comparison(), documents.sizes(), documents.scaling(), documents.simulated(), documents.machine(), documents.google())


def close(test, found, wanted, part=0.005):
    test.assertEqual(len(found), len(wanted))
    for (x, y), (wanted_x, wanted_y) in zip(found, wanted):
        test.assertLess(abs(x - wanted_x), part * abs(wanted_x))
        test.assertLess(abs(y - wanted_y), part * abs(wanted_y))


def contrast(first, second):
    """WCAG 2.1, contrast ratio of two sRGB colours #rrggbb."""

    def luminance(color):
        parts = [int(color[k : k + 2], 16) / 255 for k in (1, 3, 5)]
        red, green, blue = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


class Page(Reports):
    def test_structure(self):
        page = self.everything()
        outline = Outline(page)
        self.assertEqual(outline.unclosed, [])
        self.assertTrue(page.startswith("<!DOCTYPE html>\n"))
        tags = [tag for tag, _ in outline.elements]
        self.assertEqual((tags.count("h1"), tags.count("main"), tags.count("title") > 1), (1, 1, True))
        self.assertIn(("html", {"lang": "en"}), outline.elements)
        ids = outline.ids()
        self.assertEqual(len(ids), len(set(ids)))
        for _, attributes in outline.elements:
            if attributes.get("href", "").startswith("#"):
                self.assertIn(attributes["href"][1:], ids)
            for each in attributes.get("aria-labelledby", "").split():
                self.assertIn(each, ids)
        levels = [int(tag[1]) for tag in tags if re.fullmatch(r"h\d", tag)]
        self.assertTrue(all(after - before <= 1 for before, after in zip(levels, levels[1:])), levels)
        self.assertEqual(tags.count("figure"), tags.count("figcaption"))
        self.assertEqual(tags.count("figure"), tags.count("svg"))
        self.assertEqual(tags.count("table"), tags.count("caption"))
        for tag, attributes in outline.elements:
            if tag == "svg":
                self.assertEqual(attributes["role"], "img")
        for plot in plots(page).values():
            self.assertGreater(len(plot.title), 5)
            self.assertGreater(len(plot.description), 20)

    def test_nothing_is_loaded(self):
        page = self.everything()
        outline = Outline(page)
        for tag, attributes in outline.elements:
            self.assertNotIn(tag, ("link", "img", "iframe", "object", "embed", "base", "audio", "video", "image", "use", "form"))
            self.assertNotIn("src", attributes)
            self.assertNotIn("srcset", attributes)
            for name, value in attributes.items():
                self.assertFalse(name.startswith("on"), (tag, name))
                if "href" in name:
                    self.assertTrue(value.startswith("#"), value)
        for style in outline.styles:
            self.assertNotRegex(style, r"url\(|@import|@font-face")
        elsewhere = re.sub(r'xmlns="http://www\.w3\.org/2000/svg"', "", page)
        self.assertNotRegex(elsewhere, r"https?://")

    def test_only_our_script_may_run(self):
        outline = Outline(self.everything())
        active = [text for attributes, text in outline.scripts if attributes.get("type") != "application/json"]
        self.assertEqual(len(active), 1)
        policy = next(attributes["content"] for tag, attributes in outline.elements if attributes.get("http-equiv") == "Content-Security-Policy")
        self.assertIn("default-src 'none'", policy)
        self.assertIn(f"'sha256-{base64.b64encode(hashlib.sha256(active[0].encode()).digest()).decode()}'", policy)
        self.assertNotRegex(policy, r"script-src[^;]*unsafe")

    def test_sections_follow_the_data(self):
        def sections(page):
            return {each for each in Outline(page).ids() if each in ("results", "sizes", "scaling", "roofline", "limits", "machine", "methods", "raw")}

        always = {"machine", "methods", "raw"}
        for made, wanted, pictures in (
            (documents.comparison(), {"results"}, {"comparison-1", "error-time-1"}),
            (documents.sizes(), {"sizes"}, {"sizes-1"}),
            (documents.scaling(), {"scaling"}, {"strong", "weak"}),
            (documents.simulated(), {"scaling"}, {"strong-simulated", "weak-simulated"}),
            (documents.google(), {"results"}, {"comparison-1"}),
            (documents.machine(), {"roofline", "limits"}, {"roofline-1"}),
            (documents.document([documents.dot_row("dot/plain/avx2", 1e-6)]), {"results"}, set()),
        ):
            page = self.page(made)
            self.assertEqual(sections(page), always | wanted)
            self.assertEqual(set(plots(page)), pictures)
        no_peak = documents.machine()
        no_peak["machine"]["arithmetic"] = []
        self.assertNotIn("roofline", sections(self.page(no_peak)))
        self.assertEqual(sections(self.everything()), always | {"results", "sizes", "scaling", "roofline", "limits"})

    def test_verdicts(self):
        def strip(made):
            return re.search(r'<ul class="strip">(.*?)</ul>', self.page(made), re.DOTALL).group(1)

        good = strip(documents.comparison())
        self.assertIn("4/4 pass", good)
        self.assertNotIn('class="bad"', good)
        self.assertNotIn("SIMULATED", good)
        failing = documents.comparison()
        failing["benchmarks"][1]["verdict"] = "fail"
        failing["benchmarks"][2]["error"] = "nan"
        self.assertRegex(strip(failing), r'class="bad"><b>\S+ 3/4 pass')
        self.assertIn("FAIL</strong>", self.page(failing))
        self.assertIn("error not a number", self.page(failing))
        badly_bound = documents.comparison()
        badly_bound["context"].update({"binding_verdict": "bad", "warnings": ["rank 0: 2 threads share one CPU"]})
        self.assertRegex(strip(badly_bound), r'class="bad"><b>\S+ binding')
        self.assertIn("rank 0: 2 threads share one CPU", self.page(badly_bound))
        refused = documents.comparison()
        refused["result"].update({"status": "divergent_or_singular", "message": "does not converge"})
        self.assertRegex(strip(refused), r'class="bad"><b>\S+ 1 result refused')
        self.assertIn("no verdicts", strip(documents.google()))
        self.assertIn("fewer than 6", strip(documents.google()))

    def test_table_has_the_numbers(self):
        page = self.page(documents.comparison())
        table = re.search(r"<table>(.*?)</table>", page, re.DOTALL).group(1)
        rows = [re.sub(r"<[^>]+>", " ", each) for each in re.findall(r"<tr>(.*?)</tr>", table, re.DOTALL)][1:]
        self.assertEqual(len(rows), 4)
        # 16000 bytes in 200, 250, 800, 210 ns, of 100 GB/s, against 800 ns.
        for text, wanted in zip(rows, (("80.0 GB/s", "1.0×10⁻¹³", "200 ns", "[198 ns, 202 ns]", "80 %", "4.00×"), ("64.0 GB/s", "error 0 ≤ 1.0×10⁻¹⁰", "250 ns", "64 %", "3.20×"),
                                       ("20.0 GB/s", "4.0×10⁻¹²", "800 ns", "20 %", "1.00×"), ("76.2 GB/s", "2.0×10⁻¹³", "210 ns", "76 %", "3.81×"))):
            for each in wanted:
                self.assertIn(each, text)
        self.assertIn("<code>0.10000000000000001</code> = <code>0x1.999999999999ap-4</code>", page)

    def test_contrast(self):
        style = Outline(self.page(documents.comparison())).styles[0]
        blocks = re.findall(r":root\{(.*?)\}", style, re.DOTALL)
        self.assertEqual(len(blocks), 3)  # light, dark, paper
        for block in blocks:
            colors = dict(re.findall(r"--(\w+):(#[0-9a-f]{3,6})", block))
            colors = {name: value if len(value) == 7 else "#" + "".join(2 * c for c in value[1:]) for name, value in colors.items()}
            for name in ("text", "soft", "good", "bad", "warn", "link", *(f"s{k}" for k in range(8)), "sn"):
                self.assertGreaterEqual(contrast(colors[name], colors["back"]), 4.5, (name, colors[name]))
            for name in ("text", "soft", "good", "bad", "warn"):
                self.assertGreaterEqual(contrast(colors[name], colors["panel"]), 4.5, (name, colors[name]))
            self.assertGreaterEqual(contrast(colors["text"], colors["fill"]), 4.5)

    def test_hostile_text_stays_text(self):
        made = documents.comparison()
        made["command"] = ["quadot", HOSTILE, "</script><script>alert(3)</script>"]
        for key in ("host", "host_name", "cpu", "operating_system", "compiler", "flags", "git", "mpi", "job", "problem", "reference", "isa", "date", "build_type"):
            made["context"][key] = HOSTILE + key
        made["context"]["binding"][0].update({"host": HOSTILE, "cpus": HOSTILE})
        made["context"]["warnings"] = [HOSTILE]
        made["context"]["isa_built"] = [HOSTILE]
        made["context"]["binding_verdict"] = HOSTILE
        made["benchmarks"][0].update({"name": HOSTILE, "compiler_flags": HOSTILE})
        made["benchmarks"][3]["verdict"] = HOSTILE
        made["result"].update({"value_hex": HOSTILE, "accumulator": HOSTILE, "status": HOSTILE, "message": HOSTILE})
        made[HOSTILE] = HOSTILE
        limits = documents.machine()
        limits["machine"].update({"host": HOSTILE, "date": HOSTILE})
        limits["machine"]["bandwidth"][0]["level"] = HOSTILE
        limits["machine"]["arithmetic"][2].update({"operation": HOSTILE, "type": HOSTILE, "isa": HOSTILE, "unit": HOSTILE})
        limits["machine"]["messages"][0].update({"pair": HOSTILE, "ranks": HOSTILE})
        lines = documents.simulated()
        lines["context"]["simulated"]["description"] = HOSTILE
        for each in lines["benchmarks"][:4]:
            each["variant"] = HOSTILE
        lines["fits"][0].update({"variant": HOSTILE, "model": HOSTILE})
        lines["fits"][0]["parameters"][0]["name"] = HOSTILE
        sweep = documents.sizes()
        for each in sweep["benchmarks"]:
            each["variant"] += HOSTILE
        page = self.page(made, limits, lines, sweep)
        outline = Outline(page)
        self.assertEqual(outline.unclosed, [])
        self.assertEqual(len(outline.scripts), 5)  # four files and ours
        for (attributes, text), wanted in zip(outline.scripts, (made, limits, lines, sweep)):
            self.assertEqual(attributes["type"], "application/json")
            self.assertEqual(json.loads(text), wanted)
            self.assertNotIn("<", text)
        known = {tag for tag, _ in Outline(self.everything()).elements}
        self.assertLessEqual({tag for tag, _ in outline.elements}, known)
        for _, attributes in outline.elements:
            self.assertFalse([name for name in attributes if name.startswith("on")])
        self.assertNotIn("\u202e", re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL))
        self.assertGreaterEqual(len(plots(page)), 5)  # each parsed as XML
        self.assertIn("alert(1)", outline.text)
        named = self.write("<b>&'.json", documents.comparison())
        outline = Outline(self.report(named, named, "--title", HOSTILE.replace("\x01", "")))
        self.assertEqual(outline.unclosed, [])
        self.assertNotIn("b", {tag for tag, attributes in outline.elements if tag == "b" and attributes})
        self.assertEqual(len(outline.scripts), 3)

    def test_size_of_200_rows(self):
        for samples in (15, 1000):
            made = documents.document([documents.row(f"dot/variant{k}/avx2", 1.2345678e-4 + k * 1e-7, samples, bytes_per_second=1e9 + k, error=1e-12 * k) for k in range(200)])
            page = self.page(made)
            self.assertLess(len(page.encode()), 2_000_000)
            self.assertEqual(len(re.findall(r"<code>dot/variant\d+/avx2</code>", page)), 200)
            embedded = json.loads(Outline(page).scripts[0][1])
            self.assertEqual(len(embedded["benchmarks"]), 200)
            if samples == 15:
                self.assertEqual(embedded, made)
            else:
                self.assertEqual(embedded["benchmarks"][7]["samples_left_out"], 1000)
                self.assertIn("single samples", page)

    def test_methods(self):
        text = Outline(self.page(documents.comparison())).text
        for each in ("node1", "Test CPU", "GNU 12.2.0", "-O3 -ffp-contract=off", "avx2", "quadot dot -n 1000 --json x.json", "interleaved", "median", "order statistics", "the time of the slowest counts",
                     "against the exact sum of products", "9 samples", "each thread had a CPU of its own"):
            self.assertIn(each, text)
        quoted = documents.comparison()
        quoted["command"] = ["quadot", "integrate", "exp(-x^2)*cos(3*x)", "it's", ""]
        self.assertIn("quadot integrate 'exp(-x^2)*cos(3*x)' 'it'\\''s' ''", Outline(self.page(quoted)).text)

    def test_simulated_is_said_everywhere(self):
        page = self.page(documents.simulated())
        outline = Outline(page)
        self.assertRegex(page, r"<h1><strong[^>]*>SIMULATED")
        self.assertIn("fat tree of 64 nodes", outline.text)
        self.assertIn("All times are SIMULATED", outline.text)
        for plot in plots(page).values():
            self.assertTrue(plot.title.startswith("SIMULATED"))
        self.assertTrue(all("SIMULATED" in each for each in re.findall(r"<figcaption>(.*?)</figcaption>", page, re.DOTALL)))
        self.assertTrue(all("SIMULATED" in each for each in re.findall(r'<th scope="row">(.*?)</th>', page) if "dot/" in each))
        self.assertNotIn("SIMULATED", self.page(documents.scaling()))
        path = self.write("s.json", documents.simulated())
        for words in (("--format", "md"), ("--format", "gnuplot"), ("--export", "extrap")):
            self.assertIn("SIMULATED", self.report(path, *words))
        self.assertEqual({each["simulated"] for each in csv.DictReader(io.StringIO(self.report(path, "--format", "csv")))}, {"true"})


class Figures(Reports):
    def test_sizes(self):
        plot = plots(self.page(documents.sizes()))["sizes-1"]
        for name, first in (("dot/plain/avx2", 100e9), ("dot/exact/avx2", 80e9)):
            close(self, plot.line(name), [(16 * 2**power, first * 0.9 ** (power - 8)) for power in range(8, 25)])
        # One worker: its own L1 and L2, and one L3; no instruction cache.
        guides = [plot.x(float(each.get("x1"))) for each in plot.root.iter(SVG + "line") if each.get("class") == "guide"]
        self.assertEqual(len(guides), 3)
        for found, wanted in zip(guides, (32768, 1048576, 33554432)):
            self.assertLess(abs(found / wanted - 1), 0.01)
        self.assertLessEqual({"L1 32 KiB", "L2 1 MiB", "L3 32 MiB"}, set(plot.texts()))

    def test_caches_of_several_workers(self):
        made = documents.sizes()
        for each in made["benchmarks"]:
            each.update({"workers": 2, "threads": 2})
        # Of two workers: two L1, two L2, and the one L3 that they share.
        self.assertLessEqual({"L1 64 KiB", "L2 2 MiB", "L3 32 MiB"}, set(plots(self.page(made))["sizes-1"].texts()))

    def test_studies_that_do_not_start_at_one(self):
        pictures = plots(self.page(documents.scaling((2, 4, 8), fits=False)))
        times = {p: 0.05 + 0.95 / p for p in (2, 4, 8)}
        close(self, pictures["strong"].line("dot/plain/avx2"), [(p, 2 * times[2] / times[p]) for p in times])
        self.assertEqual(pictures["weak"].line("dot/plain/avx2")[0][0], 2)
        close(self, pictures["weak"].line("dot/plain/avx2")[:1], [(2, 1)])
        # Where the run recorded its efficiency, it knew of smaller ones.
        made = documents.scaling((2, 4, 8), fits=False)
        for each in made["benchmarks"]:
            each["efficiency"] = 1 / (each["workers"] * times[each["workers"]]) if each["study"] == "strong" else 0.9
        pictures = plots(self.page(made))
        close(self, pictures["strong"].line("dot/plain/avx2"), [(p, 1 / times[p]) for p in times])
        close(self, pictures["weak"].line("dot/plain/avx2")[:1], [(2, 0.9)])

    def test_strong_and_weak(self):
        pictures = plots(self.page(documents.scaling()))
        counts = (1, 2, 4, 8)
        for name in ("dot/plain/avx2", "dot/exact/avx2"):
            speedups = [(p, 1 / (0.05 + 0.95 / p)) for p in counts]
            close(self, pictures["strong"].line(name), speedups)
            self.assertEqual(sorted(y for _, y in pictures["strong"].line(name)), [y for _, y in pictures["strong"].line(name)])
            close(self, pictures["weak"].line(name), [(p, 1 / (1 + 0.03 * math.log2(p))) for p in counts], 0.01)
        for study, ideal in (("strong", lambda p: p), ("weak", lambda p: 1)):
            line = pictures[study].line("ideal", dashed=True)
            close(self, line, [(p, ideal(p)) for p, _ in line])
            self.assertGreaterEqual(line[-1][0], 31)
        # The fits' extrapolation, dashed, from the last measured point on.
        dashed = [each for each in pictures["strong"].root.iter(SVG + "polyline") if "dashed" in each.get("class") and not each.get("data-series")]
        self.assertEqual(len(dashed), 2)
        values = [(pictures["strong"].x(float(x)), pictures["strong"].y(float(y))) for x, y in (pair.split(",") for pair in dashed[0].get("points").split())]
        close(self, values, [(p, 1 / (0.05 + 0.95 / p)) for p in (8, 16, 32)])
        self.assertEqual(len([each for each in pictures["strong"].root.iter(SVG + "polygon")]), 2 + 2 * 2)
        text = Outline(self.page(documents.scaling())).text
        self.assertIn("falls below 80 % efficiency at 6 workers [5, 7.5]", text)
        self.assertIn("serial share = 0.05 [0.04, 0.06]", text)

    def test_bands_enclose_their_lines(self):
        for plot in (plots(self.page(documents.scaling()))["strong"], plots(self.page(documents.sizes()))["sizes-1"]):
            names = [each.get("data-series") for each in plot.root.iter(SVG + "polyline") if each.get("data-series") not in ("", "ideal")]
            self.assertEqual(len(names), 2)
            bands = {}
            for each in plot.root.iter(SVG + "polygon"):
                points = [tuple(map(float, pair.split(","))) for pair in each.get("points").split()]
                half = len(points) // 2
                self.assertEqual([x for x, _ in points[:half]], [x for x, _ in reversed(points[half:])])
                for (_, upper), (_, lower) in zip(points[:half], reversed(points[half:])):
                    self.assertLessEqual(upper, lower)
                bands.setdefault(each.get("class"), []).append(points)
            self.assertEqual(len(bands), 2)

    def test_error_against_time(self):
        plot = plots(self.page(documents.comparison()))["error-time-1"]
        marks = {title.split(":")[0]: place for title, place in plot.marks().items()}
        for name, seconds, error in (("dot/plain/avx2", 200e-9, 1e-13), ("dot/baseline/naive", 800e-9, 4e-12), ("dot/baseline/eigen", 210e-9, 2e-13)):
            close(self, [marks[name]], [(seconds, error)], 0.03)
        # Error 0: below all others, on the line that says so.
        self.assertLess(marks["dot/exact/avx2"][1], 0.9 * min(place[1] for name, place in marks.items() if name != "dot/exact/avx2"))
        self.assertIn("error 0", plot.texts())
        guide = next(each for each in plot.root.iter(SVG + "line") if each.get("class") == "guide")
        self.assertLess(abs(plot.y(float(guide.get("y1"))) / marks["dot/exact/avx2"][1] - 1), 0.03)
        without = documents.comparison()
        without["benchmarks"][1]["error"] = 3e-13
        self.assertNotIn("error 0", plots(self.page(without))["error-time-1"].texts())

    def test_bars(self):
        plot = plots(self.page(documents.comparison()))["comparison-1"]
        bars = [each for each in plot.root.iter(SVG + "rect") if each.get("class").startswith("bar")]
        for bar, seconds in zip(bars, (200e-9, 250e-9, 800e-9, 210e-9)):
            rate = plot.x(float(bar.get("x")) + float(bar.get("width")))
            self.assertLess(abs(rate / (16000 / seconds) - 1), 0.01)
        times = plots(self.page(documents.google()))["comparison-1"]
        widths = [float(each.get("width")) for each in times.root.iter(SVG + "rect")]
        self.assertLess(abs(widths[1] / widths[0] - 2), 0.02)

    def test_roofline(self):
        plot = plots(self.page(documents.machine(), documents.comparison()))["roofline-1"]
        marks = {title.split(":")[0]: place for title, place in plot.marks().items()}
        # 2 flops for 16 bytes.
        for name, seconds in (("dot/plain/avx2", 200e-9), ("dot/baseline/naive", 800e-9)):
            close(self, [marks[name]], [(1 / 8, 2000 / seconds)], 0.02)
        slopes = [[(plot.x(float(x)), plot.y(float(y))) for x, y in (pair.split(",") for pair in each.get("points").split())] for each in plot.root.iter(SVG + "polyline")]
        # Of each level the most: two threads.
        for line, bandwidth in zip(slopes, (4e11, 2e11, 1.8e11, 4e10)):
            for intensity, flops in line:
                self.assertLess(abs(flops / (intensity * bandwidth) - 1), 0.02)
            self.assertLess(abs(line[-1][1] / 1.6e11 - 1), 0.02)  # up to the f32 peak
        self.assertLessEqual({"FMA f64 80.0 Gflop/s", "FMA f32 160 Gflop/s", "DRAM 40.0 GB/s"}, set(plot.texts()))
        half = documents.document([documents.row(f"dot/plain/avx2/{k}", 1e-6, bytes_per_second=8e9, items_per_second=1e9, variant="dot/plain/avx2") for k in range(2)])
        self.assertEqual({round(x, 3) for x, _ in plots(self.page(documents.machine(), half))["roofline-1"].marks().values()}, {0.25})

    def test_labels_do_not_overlap(self):
        """Texts of one picture, as wide as DejaVu Sans draws them, 12 units high."""
        for name, plot in plots(self.everything()).items():
            boxes = []
            for each in plot.root.iter(SVG + "text"):
                wide = 7.3 * len(each.text or "")
                if each.get("transform"):  # the y axis' title, upright
                    x, y = map(float, re.match(r"translate\((\S+) (\S+)\) rotate\(-90\)", each.get("transform")).groups())
                    boxes.append((x - 10, x + 2, y - wide / 2, y + wide / 2, each.text))
                    continue
                x, y = float(each.get("x")), float(each.get("y"))
                start = x - {"start": 0, "middle": wide / 2, "end": wide}[each.get("text-anchor")]
                boxes.append((start, start + wide, y - 10, y + 2, each.text))
            for k, (left, right, top, bottom, text) in enumerate(boxes):
                for other_left, other_right, other_top, other_bottom, other in boxes[:k]:
                    apart = right <= other_left + 1 or other_right <= left + 1 or bottom <= other_top + 1 or other_bottom <= top + 1
                    self.assertTrue(apart, (name, text, other))
                self.assertGreaterEqual(left, 0, (name, text))
                self.assertLessEqual(right, 760, (name, text))


class Merging(Reports):
    def test_same_names_are_tagged(self):
        page = self.page(documents.comparison(), documents.comparison())
        for name in ("dot/plain/avx2", "dot/exact/avx2"):
            for file in ("0.json", "1.json"):
                self.assertIn(f"<code>{name} ({file})</code>", page)
        self.assertEqual(len(plots(page)), 2)  # side by side, in one picture each
        self.assertIn("8/8 pass", page)
        other = documents.comparison()
        other["context"]["host"] = "node7"
        page = self.page(documents.comparison(), other)
        self.assertNotIn("(0.json)</code>", page)
        self.assertEqual(len(plots(page)), 4)
        self.assertIn("from 2 hosts", page)
        path = self.write("same.json", documents.comparison())
        self.assertEqual(len(set(re.findall(r"<code>dot/plain/avx2 \((.*?)\)</code>", self.report(path, path)))), 2)

    def test_files_of_node_counts_join(self):
        """The study cut into one file for each number of workers, each with its own host, draws the same lines."""
        whole = documents.scaling(fits=False)
        parts = []
        for k, workers in enumerate((8, 2, 1, 4)):
            part = copy.deepcopy(whole)
            part["context"].update({"host": f"node{k}", "host_name": f"node{k}"})
            part["benchmarks"] = [each for each in part["benchmarks"] if each["workers"] == workers]
            for each in part["benchmarks"]:
                each["speedup"] = each["efficiency"] = 0.7  # all that a file alone can say
            parts.append(part)
        once, joined = plots(self.page(whole)), plots(self.page(*parts))
        for study in ("strong", "weak"):
            for name in ("dot/plain/avx2", "dot/exact/avx2"):
                self.assertEqual(joined[study].line(name), once[study].line(name))

    def test_two_whole_studies_stay_apart(self):
        slower = documents.scaling(fits=False)
        for each in slower["benchmarks"]:
            for key in ("real_time", "real_time_lower", "real_time_upper"):
                each[key] *= 2
            each["samples"] = [2 * time for time in each["samples"]]
        plot = plots(self.page(documents.scaling(fits=False), slower))["strong"]
        for file in ("0.json", "1.json"):
            self.assertEqual(len(plot.line(f"dot/plain/avx2 ({file})")), 4)
        mixed = plots(self.page(documents.scaling(), documents.simulated()))
        self.assertEqual(set(mixed), {"strong", "weak", "strong-simulated", "weak-simulated"})
        self.assertEqual(len(mixed["strong"].line("dot/plain/avx2")), 4)

    def test_google_benchmark(self):
        page = self.page(documents.google())
        self.assertIn("BM_one/64", page)
        self.assertIn("11.0 µs", page)  # the median of 10, 11, 12
        self.assertIn("Measured with Google Benchmark on node2", page)
        rows = list(csv.DictReader(io.StringIO(self.report(self.write("g.json", documents.google()), "--format", "csv"))))
        self.assertEqual([(each["name"], float(each["seconds"]), each["samples"]) for each in rows][0], ("BM_one/64", 11e-6, "3"))

    def test_incomplete_entries_do_no_harm(self):
        made = documents.scaling()
        made["fits"] += [7, {}, {"curve": [{}, {"workers": "x", "seconds": -1}], "parameters": [3], "loses_80_percent_at": []}, {"study": "strong", "variant": "dot/plain/avx2"}]
        made["machine"] = {"bandwidth": [{}, 3, {"level": "L1", "bytes_per_second": "inf"}], "arithmetic": {}, "messages": [[]], "allreduce": [{}]}
        made["context"].update({"caches": [{}, 1, {"level": 1, "size": 5}], "binding": "none", "warnings": 3, "isa_built": None, "simulated": False})
        made["benchmarks"][0]["workers"] = 0
        made["benchmarks"][1]["workers"] = "inf"
        made["benchmarks"] += [documents.row("zero", 0.0, study="strong", variant="v", workers=1), documents.row("zero2", 0.0, study="sizes", variant="v", problem_size=4), documents.row("z", 0.0)]
        page = self.page(made, documents.document([]), documents.machine())
        self.assertEqual(Outline(page).unclosed, [])
        extremes = documents.document([documents.dot_row(f"dot/{k}/avx2", seconds, error=error) for k, (seconds, error) in enumerate(
            ((5e-324, 5e-324), (1e-9, 1e300), (1e200, 0.0), (1e-6, "nan"), (1e-6, "inf"), (1e-6, "-inf"), (0.0, 1.0)))])
        for each in extremes["benchmarks"]:
            each["bytes_per_second"] = min(each["bytes_per_second"], 1e308) if each["real_time"] else 0.0
            each["items_per_second"] = min(each["items_per_second"], 1e308)
        for text in (page, self.page(extremes)):
            self.assertEqual(re.findall(r".*\b(?:nan|inf)\b.*", re.sub(r"<script\b.*?</script>", "", text, flags=re.DOTALL)), [])
        made["context"] = 3
        self.assertEqual(Outline(self.page(made)).unclosed, [])


class Formats(Reports):
    def all_files(self):
        return [self.write(name + ".json", getattr(documents, name)()) for name in ("comparison", "sizes", "scaling")]

    def test_csv(self):
        text = self.report(*self.all_files(), "--format", "csv")
        rows = list(csv.DictReader(io.StringIO(text, newline="")))
        wanted = [each for name in ("comparison", "sizes", "scaling") for each in getattr(documents, name)()["benchmarks"]]
        self.assertEqual(len(rows), len(wanted))
        for found, each in zip(rows, wanted):
            self.assertEqual(found["name"], each["name"])
            for column, key, unit in (("seconds", "real_time", 1e-9), ("seconds_lower", "real_time_lower", 1e-9), ("seconds_upper", "real_time_upper", 1e-9),
                                      ("bytes_per_second", "bytes_per_second", 1), ("error", "error", 1), ("bound", "bound", 1)):
                self.assertTrue(math.isclose(float(found[column]), each[key] * unit, rel_tol=1e-15), column)
            self.assertEqual(found["verdict"], "pass")
            if each.get("study") == "strong":
                self.assertAlmostEqual(float(found["speedup"]), 1 / (0.05 + 0.95 / each["workers"]), places=12)
                self.assertAlmostEqual(float(found["efficiency"]), 1 / (0.05 * each["workers"] + 0.95), places=12)
            if each.get("study") == "weak":
                self.assertEqual(found["speedup"], "")
                self.assertAlmostEqual(float(found["efficiency"]), 1 / (1 + 0.03 * math.log2(each["workers"])), places=12)
        self.assertEqual(float(rows[0]["naive_ratio"]), 4)
        hostile = documents.comparison()
        hostile["benchmarks"][0]["name"] = 'a,"b"\n'
        rows = list(csv.DictReader(io.StringIO(self.report(self.write("h.json", hostile), "--format", "csv"), newline="")))
        self.assertEqual((rows[0]["name"], len(rows)), ('a,"b"\\x0a', 4))

    def test_markdown(self):
        text = self.report(*self.all_files(), "--format", "md")
        tables = re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE)
        self.assertEqual([len(table.splitlines()) - 2 for table in tables], [4, 34, 8, 8])
        for table in tables:
            widths = {len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}
            self.assertEqual(len(widths), 1)
        self.assertIn("| dot/plain/avx2 | 80.0 GB/s | 1.0×10⁻¹³ | 200 ns [198 ns, 202 ns] | 80 % | 4.00× | pass |", text)
        self.assertIn("**54/54 rows pass**", text)
        self.assertIn("quadot dot -n 1000 --json x.json", text)
        hostile = documents.comparison()
        hostile["context"].update({"problem": HOSTILE, "host": HOSTILE, "flags": HOSTILE})
        hostile["benchmarks"][0]["name"] = HOSTILE
        hostile["command"] = ["```", "</code>\n# heading"]
        text = self.report(self.write("h.json", hostile), "--format", "md")
        outside = re.sub(r"^(`{3,})\n.*?^\1$", "", text, flags=re.MULTILINE | re.DOTALL)
        self.assertNotRegex(outside, r"<(script|img)")
        self.assertNotIn("\n# heading", text)
        self.assertEqual(len(re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE)[0].splitlines()), 6)

    def blocks(self, script):
        return {name: [line.split() if not line.startswith('"') else [line.split('"')[1], *line.split('"')[2].split()] for line in body.splitlines()]
                for name, body in re.findall(r"^\$(\w+) << EOD\n(.*?)^EOD$", script, re.MULTILINE | re.DOTALL)}

    def test_gnuplot(self):
        script = self.report(*self.all_files(), "--format", "gnuplot")
        blocks = self.blocks(script)
        for found, each in zip(blocks["comparison_1"], documents.comparison()["benchmarks"]):
            self.assertEqual(found[0], each["name"])
            for text, value in zip(found[1:], (each["real_time"] * 1e-9, each["real_time_lower"] * 1e-9, each["real_time_upper"] * 1e-9, each["bytes_per_second"], each["error"])):
                self.assertTrue(math.isclose(float(text), value, rel_tol=1e-15))
        for found, workers in zip(blocks["strong_1"], (1, 2, 4, 8)):
            self.assertEqual(float(found[0]), workers)
            self.assertAlmostEqual(float(found[4]), 1 / (0.05 + 0.95 / workers), places=12)
        self.assertEqual([float(line[0]) for line in blocks["sizes_2"]], [2**k for k in range(8, 25)])
        gnuplot = shutil.which("gnuplot")
        if gnuplot is None:
            self.skipTest("gnuplot is not installed: its script was read, not run")
        hostile = documents.comparison()
        hostile["context"]["problem"] = HOSTILE + "'; system('touch pwned2') #"
        hostile["benchmarks"][0]["name"] = HOSTILE
        for k, names in enumerate((self.all_files(), [self.write("h.json", hostile)])):
            target = os.path.join(self.folder, f"it's {k}.gp")
            self.report(*names, "-o", target)
            done = subprocess.run([gnuplot, target], capture_output=True, text=True, cwd=self.folder, timeout=60)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            made = sorted(each for each in os.listdir(self.folder) if each.startswith(f"it's {k}-"))
            wanted = ["comparison-1", "error-time-1"] + (["sizes", "strong", "weak"] if k == 0 else [])
            self.assertEqual(made, [f"it's {k}-{each}.svg" for each in wanted])
            for each in made:
                xml.etree.ElementTree.parse(os.path.join(self.folder, each))
        self.assertFalse([each for each in os.listdir(self.folder) if "pwned" in each])

    def test_extrap(self):
        text = self.report(*self.all_files(), "--export", "extrap")
        wanted = [each for name in ("comparison", "sizes", "scaling") for each in getattr(documents, name)()["benchmarks"]]
        lines = [json.loads(line) for line in text.splitlines()]
        self.assertEqual(len(lines), len(wanted))
        for found, each in zip(lines, wanted):
            self.assertEqual(list(found), ["params", "metric", "callpath", "value"])
            self.assertEqual(found["metric"], "time")
            self.assertEqual(found["params"], {"p": each.get("workers", 1), "n": each.get("problem_size", 1000)})
            self.assertEqual(found["callpath"], each.get("variant", each["name"]))
            self.assertTrue(math.isclose(found["value"], each["real_time"] * 1e-9, rel_tol=1e-15))
        code, out, err = run("report", self.write("m.json", documents.machine()), "--export", "extrap")
        self.assertEqual((code, out), (2, ""))
        self.assertEqual(self.report(*self.all_files(), "-o", os.path.join(self.folder, "x.jsonl")), "")
        self.assertEqual(pathlib.Path(self.folder, "x.jsonl").read_text(), text)

    def test_format_by_ending(self):
        path = self.write("c.json", documents.comparison())
        for name, start in (("a.html", "<!DOCTYPE html>"), ("a.md", "# Quadot report"), ("a.csv", "file,host,"), ("a.gp", "# A report of quadot"), ("a.txt", "<!DOCTYPE html>"), ("a", "<!DOCTYPE html>")):
            target = os.path.join(self.folder, name)
            self.report(path, "-o", target)
            self.assertTrue(pathlib.Path(target).read_text().startswith(start), name)
        self.assertTrue(self.report(path, "--format", "md", "-o", "-").startswith("# Quadot report"))
        self.assertTrue(self.report(path).startswith("<!DOCTYPE html>"))

    def test_markdown_of_a_machine(self):
        text = self.report(self.write("m.json", documents.machine()), "--format", "md")
        self.assertIn("## Measured limits of node1\n", text)
        tables = dict(re.findall(r"^### (.*)\n\n((?:\|.*\n)+)", text, re.MULTILINE))
        rows = {name: [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.splitlines()[2:]] for name, table in tables.items()}
        self.assertEqual(list(rows), ["Load bandwidth", "Arithmetic", "Messages between ranks", "Allreduce of one number", "Empty parallel region", "Clock"])
        self.assertEqual(rows["Load bandwidth"][0], ["L1", "1", "16 KiB", "200 GB/s"])
        self.assertEqual([each[3] for each in rows["Load bandwidth"]], ["200 GB/s", "100 GB/s", "90.0 GB/s", "20.0 GB/s", "400 GB/s", "200 GB/s", "180 GB/s", "40.0 GB/s"])
        self.assertEqual(rows["Arithmetic"][2], ["division", "f64", "avx2", "1", "2.00 Gop/s"])
        self.assertEqual(rows["Arithmetic"][4], ["fma", "f32", "avx2", "2", "160 Gflop/s"])
        self.assertEqual(rows["Messages between ranks"], [["same node", "0 and 1", "500 ns", "8.00 GB/s"]])
        self.assertEqual(rows["Allreduce of one number"], [["2", "2.00 µs"]])
        self.assertEqual(rows["Empty parallel region"], [["2", "1.50 µs"]])
        self.assertEqual(rows["Clock"], [["shortest difference", "30.0 ns"]])
        # The page's tables say the same.
        page = Outline(self.page(documents.machine())).text
        for table in rows.values():
            for row in table:
                for cell in row:
                    self.assertIn(cell, page)
        hostile = documents.machine()
        hostile["machine"].update({"host": "a|b\n# c", "messages": [{"pair": "x|y", "ranks": [0, 1], "latency_seconds": 1, "bytes_per_second": 1}]})
        text = self.report(self.write("h.json", hostile), "--format", "md")
        self.assertIn(r"| x\|y | 0 and 1 |", text)
        self.assertNotIn("\n# c", text)

    def test_findings(self):
        doctor = self.write("d.json", documents.doctor())
        text = self.report(doctor, "--format", "md")
        self.assertEqual(re.findall(r"^\| (.*) \|$", text, re.MULTILINE)[1:], [
            r"**WARNING** | governor | 0-3 | powersave \| slow | clocks wander | cpupower frequency-set -g performance",
            r"note | pages | 0 | 4 KiB pages | more misses | use larger ones"])
        self.assertIn("## Findings on node1\n", text)
        self.assertIn("1 of 3 findings are well.", text)
        page = self.page(documents.doctor())
        outline = Outline(page)
        self.assertEqual(outline.unclosed, [])
        self.assertIn("findings", outline.ids())
        section = page[page.index('<section id="findings"'):]
        self.assertLess(section.index("powersave | slow"), section.index("4 KiB pages"))
        self.assertIn("<code>cpupower frequency-set -g performance</code>", section)
        self.assertIn("1 warning", re.search(r'<ul class="strip">(.*?)</ul>', page, re.DOTALL).group(1))
        self.assertNotIn("no verdicts", page)
        # Beside measurements, too; where nothing warns, that is said.
        well = documents.doctor()
        well["findings"][2]["severity"] = "ok"
        strip = re.search(r'<ul class="strip">(.*?)</ul>', self.page(well, documents.comparison()), re.DOTALL).group(1)
        self.assertIn("no warnings", strip)
        self.assertIn("4/4 pass", strip)
        hostile = documents.doctor()
        hostile["findings"] = [{key: HOSTILE for key in hostile["findings"][0]}, {}, 3, {"check": "x"}]
        self.assertNotRegex(re.sub(r"<script\b.*?</script>", "", self.page(hostile), flags=re.DOTALL), "<img|alert\\(1\\)</")
        self.assertNotIn("findings", Outline(self.page(documents.comparison())).ids())
        for words in (("--format", "csv"), ("--format", "gnuplot"), ("--export", "extrap")):
            for name in (doctor, self.write("l.json", {**documents.machine(), "benchmarks": []})):
                code, out, err = run("report", name, *words)
                self.assertEqual((code, out), (2, ""), words)
                self.assertRegex(err, r"^quadot: report: no rows in .*; choose --format html or md\n$")
        # What the doctor really writes here, whatever it finds.
        path = os.path.join(self.folder, "real.json")
        self.assertIn(run("doctor", "--json", path)[0], (0, 3))
        found = json.loads(pathlib.Path(path).read_text())["findings"]
        text = self.report(path, "--format", "md")
        well = sum(each["severity"] == "ok" for each in found)
        self.assertIn(f"{well} of {len(found)} findings are well.", text)
        self.assertEqual(len(re.findall(r"^\| (?:\*\*WARNING\*\*|note) \|", text, re.MULTILINE)), len(found) - well)

    def test_refusals(self):
        good = self.write("c.json", documents.comparison())
        broken = os.path.join(self.folder, "broken.json")
        pathlib.Path(broken).write_text('{"benchmarks": [')
        target = os.path.join(self.folder, "kept.html")
        pathlib.Path(target).write_text("precious")
        for code, pattern, *words in (
            (2, r"report: .*", "report"), (2, "nowhere.json: cannot be read", "report", "nowhere.json"), (2, r"broken\.json: not JSON", "report", good, broken, "-o", target),
            (2, "a folder", "report", self.folder), (2, "did you mean 'html'", "report", good, "--format", "htlm"), (2, "unknown export", "report", good, "--export", "excel"),
            (2, "--format with --export", "report", good, "--format", "md", "--export", "extrap"), (3, "cannot be written", "report", good, "-o", "/nowhere/x.html"),
            (3, "cannot be written", "report", good, "-o", "/dev/full"), (2, "neither rows, limits nor findings in .*; give JSON of quadot dot", "report", self.write("e.json", documents.document([]))),
        ):
            found, out, err = run(*words)
            self.assertEqual((found, out), (code, ""), (words, err))
            self.assertEqual(len(err.splitlines()), 1, err)
            if words != ["report"]:
                self.assertRegex(err, pattern)
        self.assertEqual(pathlib.Path(target).read_text(), "precious")

    def test_examples_run(self):
        """Those of --help, and of docs/report.md but for the ones that need other programs."""
        example = r"^ *(quadot report [^|#&>]*?) *(?:#.*|&&.*|>>.*)?$"
        _, out, _ = run("report", "--help")
        lines = re.findall(example, out, re.MULTILINE) + re.findall(example, (SOURCE / "docs/report.md").read_text(), re.MULTILINE)
        self.assertGreater(len(lines), 8)
        for line in lines:
            names = [each for each in line.split() if each.endswith(".json")]
            for k, name in enumerate(names):
                made = documents.scaling((2**k,), fits=False) if len(names) > 1 or "scaling" in name else documents.comparison()
                self.write(name, made)
            done = subprocess.run([program_test.PROGRAM, *line.split()[1:]], cwd=self.folder, capture_output=True, text=True, timeout=60)
            self.assertEqual((done.returncode, done.stderr), (0, ""), line)
            if "-o -" not in line and " -o " in line:
                self.assertGreater(os.path.getsize(os.path.join(self.folder, line.split()[line.split().index("-o") + 1])), 300)

    def test_one_process(self):
        if not program_test.MPIEXEC:
            self.skipTest("no mpiexec")
        code, out, err = ranks(2, "report", self.write("c.json", documents.comparison()), "-o", os.path.join(self.folder, "x.html"))
        self.assertEqual((code, out), (2, ""))
        self.assertIn("run it without mpirun", err)
        self.assertFalse(os.path.exists(os.path.join(self.folder, "x.html")))


class OfTheProgram(Reports):
    """What the program really writes."""

    made = None

    @classmethod
    def setUpClass(cls):
        cls.kept = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.kept.cleanup)
        write_npy(f"{cls.kept.name}/X.npy", [float(k) for k in range(6)], shape="(2, 3)")
        write_npy(f"{cls.kept.name}/y.npy", [1.0, 2.0, 3.0])
        cls.made, cls.printed = {}, {}
        for name, *words in (
            ("dot", "dot", "-n", "1000", "--reps", "7"), ("exact", "dot", "-n", "1000", "--reps", "2", "--accumulator", "exact", "--compare", "naive"),
            ("integrate", "integrate", "cos", "0", "pi/2", "-n", "1000", "--rule", "left", "--reps", "2"), ("tolerance", "integrate", "exp(-x^2)", "-inf", "inf", "--reps", "2"),
            ("refused", "integrate", "1/x", "0", "1", "--reps", "1"), ("sweep", "integrate", "exp(-k*x)", "0", "1", "--param", "k=0:4:1", "--reps", "2"),
            ("batch", "dot", f"{cls.kept.name}/X.npy", f"{cls.kept.name}/y.npy", "--reps", "2"), ("jit", "integrate", "x^2", "0", "1", "-n", "100", "--reps", "1", "--jit=off"),
        ):
            path = f"{cls.kept.name}/{name}.json"
            code, cls.printed[name], err = run(*words, "--json", path)
            assert code == (1 if name == "refused" else 0), (words, err)
            cls.made[name] = json.loads(pathlib.Path(path).read_text())

    def test_pages(self):
        page = self.page(*self.made.values())
        outline = Outline(page)
        self.assertEqual(outline.unclosed, [])
        self.assertIn("divergent_or_singular", outline.text)
        self.assertIn("5 values, the first", outline.text)
        for (_, text), wanted in zip(outline.scripts, self.made.values()):
            self.assertEqual(json.loads(text), wanted)
        again = [os.path.join(self.kept.name, name + ".json") for name in self.made]
        for row in csv.DictReader(io.StringIO(self.report(*again, "--format", "csv"))):
            self.assertGreater(float(row["seconds"]), 0)

    def schema(self):
        try:
            import jsonschema
        except ImportError:
            self.skipTest("python3-jsonschema is not installed: nothing was validated")
        schema = json.loads((SOURCE / "docs/quadot-1.schema.json").read_text())
        jsonschema.Draft7Validator.check_schema(schema)
        return schema, jsonschema.Draft7Validator(schema)

    def test_schema_accepts_what_is_written(self):
        _, validator = self.schema()
        for name, made in {**self.made, "scaling": documents.scaling(), "simulated": documents.simulated(), "machine": documents.machine(), "doctor": documents.doctor(), "sizes": documents.sizes()}.items():
            self.assertEqual([(list(each.absolute_path), each.message[:200]) for each in validator.iter_errors(made)], [], name)

    def test_schema_finds_what_is_missing_or_wrong(self):
        schema, validator = self.schema()
        made = self.made["exact"]
        self.assertTrue(validator.is_valid(made))
        kinds = schema["definitions"]
        rows = next(each["required"] for each in kinds["row"]["anyOf"] if "value" in each["required"])
        for path, keys, optional in (((), [*schema["required"], "result"], []), (("context",), kinds["context"]["required"], []),
                                     (("result",), kinds["result"]["required"], ["decided_by", "radius", "certified_blocks"]),
                                     (("benchmarks", 0), [*kinds["row"]["required"], *rows], ["bytes_per_second", "limit_bytes_per_second"]),
                                     (("benchmarks", 1), [], ["compiler_flags"]), (("context", "binding", 0), ["rank", "host", "threads", "cpus"], [])):
            # The schema must not be laxer than this list of what the program always writes.
            target = made
            for step in path:
                target = target[step]
            self.assertLessEqual(set(keys) | set(optional), set(target))
            for key in (*keys, *optional):
                for wrong in (*(["missing"] if key in keys else []), {"an": "object"}, None):
                    broken = copy.deepcopy(made)
                    target = broken
                    for step in path:
                        target = target[step]
                    if wrong == "missing":
                        del target[key]
                    else:
                        target[key] = wrong
                    self.assertFalse(validator.is_valid(broken), (path, key, wrong))
        written = {key for each in self.made.values() for key in each["context"]} - set(kinds["context"]["properties"])
        self.assertEqual(written, set(), "fields that the schema does not know")
        self.assertEqual({key for each in self.made.values() for row in each["benchmarks"] for key in row} - set(kinds["row"]["properties"]), set())
        self.assertEqual({key for each in self.made.values() for key in each["result"]} - set(kinds["result"]["properties"]), set())
        for path, wrong in ((("schema",), "quadot/2"), (("context", "binding_verdict"), "fine"), (("context", "threads"), 0), (("context", "date"), "yesterday"), (("result", "status"), "fine"),
                            (("result", "value"), "NaN"), (("result", "value_hex"), "1.5"), (("benchmarks", 0, "verdict"), "PASS"), (("benchmarks", 0, "real_time"), -1),
                            (("benchmarks", 0, "time_unit"), "hours"), (("benchmarks", 0, "samples"), []), (("benchmarks", 0, "communication_share"), 2), (("command",), [])):
            broken = copy.deepcopy(made)
            target = broken
            for step in path[:-1]:
                target = target[step]
            target[path[-1]] = wrong
            self.assertFalse(validator.is_valid(broken), path)

    def test_schema_is_explained(self):
        """docs/json.md names every field of the schema."""
        schema = json.loads((SOURCE / "docs/quadot-1.schema.json").read_text())
        text = (SOURCE / "docs/json.md").read_text()

        def names(part):
            if isinstance(part, dict):
                yield from part.get("properties", {})
                for each in part.values():
                    yield from names(each)
            elif isinstance(part, list):
                for each in part:
                    yield from names(each)

        self.assertEqual(sorted(name for name in set(names(schema)) if f"`{name}`" not in text), [])

    def test_google_benchmarks_compare(self):
        tool = next((each for each in (shutil.which("compare.py"), "/usr/share/benchmark/compare.py") if each and os.path.exists(each)), None)
        if tool is None:
            self.skipTest("Google Benchmark's compare.py (libbenchmark-tools) is not installed")
        if importlib.util.find_spec("scipy") is None or importlib.util.find_spec("numpy") is None:
            self.skipTest("compare.py needs python3-scipy and python3-numpy")
        slower = copy.deepcopy(self.made["dot"])
        for row in slower["benchmarks"]:
            row["real_time"] *= 2
        paths = [self.write("old.json", self.made["dot"]), self.write("new.json", slower)]
        done = subprocess.run([sys.executable, tool, "--no-color", "benchmarks", *paths], capture_output=True, text=True, timeout=60, env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"})
        self.assertEqual(done.returncode, 0, done.stderr)
        for row in self.made["dot"]["benchmarks"]:
            line = next(line for line in done.stdout.splitlines() if line.startswith(row["name"] + " "))
            self.assertRegex(line, r" \+1\.0000 ")  # (new - old) / old

    def test_reframe(self):
        path = SOURCE / "bench/reframe/quadot_check.py"
        with tempfile.TemporaryDirectory() as folder:
            py_compile.compile(str(path), os.path.join(folder, "x.pyc"), doraise=True)
        found = with_reframe(path)
        for test, name in (("quadot_dot", "dot"), ("quadot_integrate", "integrate")):
            check = found[test]()
            check.accumulator, check.stdout, check.stagedir = "compensated", self.printed[name], self.folder
            check.kernel = "dot" if name == "dot" else "integrate/left"
            pathlib.Path(self.folder, "quadot.json").write_text(json.dumps(self.made[name]))
            row = next(each for each in self.made[name]["benchmarks"] if "/compensated/" in each["name"])
            rate = row["bytes_per_second" if name == "dot" else "items_per_second"]
            self.assertTrue(check.solution_validates())
            self.assertAlmostEqual(check.bandwidth() if name == "dot" else check.evaluations(), rate * 1e-9, places=3)
            self.assertEqual(check.time(), row["real_time"])
            self.assertEqual(check.error(), row["error"])
            check.stdout = "Solution DOES NOT validate (1/3)\nSolution validates (2/3)\n"
            self.assertFalse(check.solution_validates())
        # The options that it would run.
        check = found["quadot_integrate"]()
        check.accumulator = "plain"
        check.set_options()
        check.executable_opts[check.executable_opts.index("1e7")] = "1000"
        code, out, err = run(*check.executable_opts[:-1], os.path.join(self.folder, "quadot.json"), "--reps", "1")
        self.assertEqual(code, 0, err)
        check.stdout, check.stagedir = out, self.folder
        self.assertTrue(check.solution_validates())
        self.assertGreater(check.evaluations(), 0)

    def test_ramble(self):
        path = SOURCE / "bench/ramble/application.py"
        with tempfile.TemporaryDirectory() as folder:
            py_compile.compile(str(path), os.path.join(folder, "x.pyc"), doraise=True)
        said = with_ramble(path)
        figures = [each for each in said if each[0] == "figure_of_merit"]
        self.assertEqual(len(figures), 7)
        for name in ("dot", "integrate"):
            lines = self.printed[name].splitlines()
            rows = self.made[name]["benchmarks"]
            for _, words, options in figures:
                # Ramble matches line by line, from the line's start.
                found = [match for match in (re.compile(options["fom_regex"]).match(line) for line in lines) if match]
                self.assertEqual(len(found), len(rows) if "contexts" in options else 1, (words, name))
                for match, row in zip(found, rows):
                    self.assertTrue(match.group(options["group_name"]))
                    if options["group_name"] == "rate":
                        self.assertAlmostEqual(float(match.group("rate")), row.get("bytes_per_second", row["items_per_second"]) * 1e-9, places=3)
                    if options["group_name"] == "error" and "contexts" in options:
                        self.assertEqual(float(match.group("error")), float(f"{row['error']:.2g}"))
            context = next(each for each in said if each[0] == "figure_of_merit_context")
            names = [match.group("variant") for match in map(re.compile(context[2]["regex"]).match, lines) if match]
            self.assertEqual(names, [row["name"] for row in rows])
            criterion = re.compile(next(each for each in said if each[0] == "success_criteria")[2]["match"])
            self.assertTrue(any(criterion.match(line) for line in lines))
            self.assertFalse(criterion.match("Solution DOES NOT validate (1/3)"))
        # Every variable of a command is one of the workload's, and the command runs.
        variables = {words[0]: options["default"] for kind, words, options in said if kind == "workload_variable"}
        for kind, words, options in said:
            if kind != "executable":
                continue
            known = {**variables, "size": "1000", "panels": "1000", "experiment_run_dir": self.folder}
            self.assertLessEqual(set(re.findall(r"\{(\w+)\}", words[1])), set(known))
            code, _, err = run(*words[1].format(**known).split()[1:], "--reps", "1")
            self.assertEqual(code, 0, err)


def with_reframe(path):
    """The check's classes, loaded with a ReFrame that does as its documentation says of what the check uses."""

    class Sanity:
        @staticmethod
        def assert_found(pattern, text):
            return re.search(pattern, text) is not None

        @staticmethod
        def extractsingle(pattern, text, tag, conversion):
            return conversion(re.search(pattern, text).group(tag))

    def decorator(*_, **__):
        return lambda function: function

    framework = types.ModuleType("reframe")
    framework.RunOnlyRegressionTest = type("RunOnlyRegressionTest", (), {})
    framework.simple_test = lambda test: test
    sanity = types.ModuleType("reframe.utility.sanity")
    sanity.assert_found, sanity.extractsingle = Sanity.assert_found, Sanity.extractsingle
    utility = types.ModuleType("reframe.utility")
    utility.sanity, framework.utility = sanity, utility
    names = {"parameter": list, "variable": lambda *_, value=None: value, "run_before": decorator, "run_after": decorator, "performance_function": decorator,
             "sanity_function": lambda function: function, "__name__": "quadot_check"}
    before = {key: sys.modules.get(key) for key in ("reframe", "reframe.utility", "reframe.utility.sanity")}
    sys.modules.update({"reframe": framework, "reframe.utility": utility, "reframe.utility.sanity": sanity})
    try:
        exec(compile(path.read_text(), str(path), "exec"), names)
    finally:
        for key, module in before.items():
            sys.modules.pop(key) if module is None else sys.modules.update({key: module})
    return names


def with_ramble(path):
    """The directives that the application gives, in order: (name, words, options)."""
    said = []
    kit = types.ModuleType("ramble.appkit")
    kit.ExecutableApplication = type("ExecutableApplication", (), {})
    for name in ("tags", "executable", "workload", "workload_variable", "figure_of_merit", "figure_of_merit_context", "success_criteria"):
        setattr(kit, name, lambda *words, name=name, **options: said.append((name, words, options)))
    before = {key: sys.modules.get(key) for key in ("ramble", "ramble.appkit")}
    sys.modules.update({"ramble": types.ModuleType("ramble"), "ramble.appkit": kit})
    try:
        exec(compile(path.read_text(), str(path), "exec"), {"__name__": "application"})
    finally:
        for key, module in before.items():
            sys.modules.pop(key) if module is None else sys.modules.update({key: module})
    return said


def pixels(path):
    """Width and rows of (r, g, b) bytes of an 8-bit PNG, by its specification."""
    data = pathlib.Path(path).read_bytes()
    at, packed = 8, b""
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        body = data[at + 8 : at + 8 + length]
        if kind == b"IHDR":
            width, height, depth, color = struct.unpack(">IIBB", body[:10])
        if kind == b"IDAT":
            packed += body
        at += 12 + length
    step = {2: 3, 6: 4}[color]
    assert depth == 8
    raw, before, rows = zlib.decompress(packed), bytes(width * step), []
    for k in range(height):
        start = k * (width * step + 1)
        kind, line = raw[start], bytearray(raw[start + 1 : start + 1 + width * step])
        if kind:
            for i in range(len(line)):
                a, b, c = line[i - step] if i >= step else 0, before[i], before[i - step] if i >= step else 0
                if kind == 4:
                    p = a + b - c
                    pa, pb, pc = abs(p - a), abs(p - b), abs(p - c)
                    guess = a if pa <= pb and pa <= pc else b if pb <= pc else c
                else:
                    guess = {1: a, 2: b, 3: (a + b) // 2}[kind]
                line[i] = (line[i] + guess) & 255
        before = bytes(line)
        rows.append([before[i : i + 3] for i in range(0, len(before), step)])
    return rows


class Browser(Reports):
    browser = next((found for found in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if found), None)

    def setUp(self):
        super().setUp()
        if self.browser is None:
            self.skipTest("chromium is not installed: no browser has seen the page")

    def look(self, page, *options):
        target = pathlib.Path(self.folder, "seen.html")
        target.write_text(page, encoding="utf-8")
        # A proxy where nobody listens: whatever the page wanted from a network would fail and be logged.
        done = subprocess.run([self.browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", "--no-first-run", "--disable-background-networking",
                               "--disable-component-update", "--disable-sync", "--proxy-server=127.0.0.1:9", f"--user-data-dir={self.folder}/profile", "--enable-logging=stderr",
                               f"--log-net-log={self.folder}/net.json", *options, target.as_uri()], capture_output=True, text=True, timeout=100)
        self.assertEqual(done.returncode, 0, done.stderr[-2000:])
        self.assertEqual([line for line in done.stderr.splitlines() if "CONSOLE" in line], [])
        return done.stdout

    def requests(self):
        """What the browser asked for, but for itself: its own services ask whatever the page is."""
        text = pathlib.Path(self.folder, "net.json").read_text(errors="replace")
        own = ("google", "gvt1", "chromium", "gstatic")
        return sorted({url for url in re.findall(r'"url":"((?:https?|wss?|ftp)://[^"]*)"', text) if not any(each in url for each in own)})

    def picture(self, page, *options, size="480,600"):
        path = os.path.join(self.folder, "seen.png")
        self.look(page, f"--window-size={size}", f"--screenshot={path}", *options)
        self.assertEqual(self.requests(), [])
        return pixels(path)

    def test_light_and_dark(self):
        page = self.page(documents.comparison())
        brightness = {}
        for name, options in (("light", ()), ("dark", ("--blink-settings=preferredColorScheme=0",))):
            rows = self.picture(page, *options)
            colors = {pixel for row in rows for pixel in row}
            self.assertGreater(len(colors), 60)
            brightness[name] = sum(sum(pixel) for pixel in rows[5]) / (3 * len(rows[5]))
        self.assertGreater(brightness["light"], 200)
        self.assertLess(brightness["dark"], 60)

    def test_paper(self):
        path = os.path.join(self.folder, "page.pdf")
        self.look(self.page(documents.comparison(), documents.scaling()), f"--print-to-pdf={path}")
        data = pathlib.Path(path).read_bytes()
        self.assertTrue(data.startswith(b"%PDF"))
        self.assertGreater(len(data), 20_000)

    def test_with_and_without_script(self):
        page = self.page(documents.comparison())
        self.assertIn('<p><a class="download"', self.look(page, "--dump-dom"))
        # Without it the link, which would lead nowhere, stays hidden, and the script element itself shows the file.
        self.assertIn('<p hidden><a class="download"', page)
        self.assertRegex(page, r"details\.raw script\{display:block")
        raw = re.search(r'<section id="raw">.*?</section>', page, re.DOTALL).group().replace('class="raw"', 'class="raw" open')
        start = page[: page.index("<header>")]
        dark = [sum(sum(pixel) < 300 for row in self.picture(each + raw) for pixel in row) for each in (start, start.replace("script{display:block", "script{display:none"))]
        self.assertGreater(dark[0], 2 * dark[1] + 500)

    def test_a_page_that_asks_for_more_is_found_out(self):
        """The checks above can fail: the same page with an image and a script of somebody else's."""
        page = self.page(documents.comparison())
        free = re.sub(r"<meta http-equiv.*?>", "", page).replace("</main>", '<img src="http://elsewhere.test/a.png"></main>')
        self.look(free, "--dump-dom")
        self.assertEqual(self.requests(), ["http://elsewhere.test/a.png"])
        with self.assertRaises(AssertionError):
            self.look(page.replace("</main>", "<script>console.log(1)</script></main>"), "--dump-dom")


if __name__ == "__main__":
    words = sys.argv[1:]
    program_test.PROGRAM = os.path.abspath(words[0])
    SOURCE = pathlib.Path(words[1]).resolve()
    program_test.MPIEXEC = words[2] if len(words) > 2 and not words[2].startswith("-") else ""
    chosen = words[3 if program_test.MPIEXEC else 2 :]
    unittest.main(argv=[sys.argv[0], *chosen], verbosity=1)
