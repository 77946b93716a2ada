#!/usr/bin/python3
"""Tests bench/notes/notes.py: the notes' values, the report with and without packages, the reading of Quadot's JSON.

QUADOT_PROGRAM, if set, names a real program to run as well."""

import math
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

NOTES = pathlib.Path(__file__).resolve().parents[2] / "bench" / "notes" / "notes.py"
sys.dont_write_bytecode = True
sys.path.insert(0, str(NOTES.parent))
import notes  # noqa: E402

# Stands in for the program: answers as CLI.md says, with the exact integral, at 1 µs a benchmark.
STAND_IN = """#!{python}
import json, sys
arguments = sys.argv[1:]
assert arguments[-2:] == ["--json", "-"], arguments
if arguments[0] == "integrate":
    assert arguments[1:5] == ["cos", "0", "pi/2", "-n"] and arguments[6:9] == ["--rule", "left", "--threads"], arguments
    names = ["integrate/baseline/naive", "integrate/left/plain/sse2", "integrate/left/plain/avx2"]
else:
    assert arguments[:2] == ["dot", "-n"], arguments
    names = ["dot/plain/avx2"]
slow = {{"integrate/left/plain/sse2": 9.0}}
value = {value}
json.dump({{"schema": "quadot/1", "context": {{"isa": "avx2"}}, "result": {{"value": value}}, "benchmarks": [
    {{"name": name, "run_type": "iteration", "real_time": slow.get(name, 1.0), "time_unit": "us", "value": value}}
    for name in names]}}, sys.stdout)
"""


def run_notes(*arguments, interpreter=()):
    """Runs notes.py --quick; standard output and error are text."""
    command = [sys.executable, *interpreter, str(NOTES), "--quick", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)


def left_rule_cos(n):
    """The left rule's sum for cos on [0, pi/2], without its rounding errors."""
    step = math.pi / 2 / n
    return math.fsum(math.cos(i * step) for i in range(n)) * step


class Values(unittest.TestCase):
    """The constants stand here again: a change in notes.py alone does not pass."""

    def test_one_job(self):
        self.assertEqual(notes.integrate(math.cos, 0, math.pi / 2, 1000), 1.0007851925466296)
        self.assertEqual(notes.integrate(math.sin, 0, math.pi, 1000), 1.9999983550656637)

    def test_thousand_steps_a_job(self):
        self.assertEqual(notes.integrate_jobs(math.cos, 0, math.pi / 2, 2000, 2), 1.0003926476775074)
        self.assertEqual(notes.integrate_jobs(math.sin, 0, math.pi, 2000, 2), 1.9999995887664657)

    def test_thousand_steps_in_all(self):
        self.assertEqual(notes.integrate_jobs(math.cos, 0, math.pi / 2, 1000, 2), 1.0007851925466305)
        self.assertEqual(notes.integrate_jobs(math.sin, 0, math.pi, 1000, 2), 1.9999983550656624)

    def test_agreement_refuses_nan_and_one_percent(self):
        self.assertTrue(notes.agrees(1.0 + 2.0**-50, 1.0, 1000))
        self.assertFalse(notes.agrees(math.nan, 1.0, 1000))
        self.assertFalse(notes.agrees(1.01, 1.0, 10**6))

    def test_sizes(self):
        self.assertEqual([notes.size(text) for text in ("1000", "1e6", "2^20")], [1000, 10**6, 2**20])
        for text in ("", "0", "-5", "1.5", "nan", "inf", "1e300", "2^99999", "2^", "x"):
            with self.assertRaises(notes.argparse.ArgumentTypeError, msg=text):
                notes.size(text)


class Script(unittest.TestCase):
    def assert_values_printed(self, text):
        for value in (1.0007851925466296, 1.9999983550656637, 1.0003926476775074, 1.9999995887664657,
                      1.0007851925466305, 1.9999983550656624):
            self.assertIn(f"| {value!r} | yes |", text)

    def assert_rows(self, text):
        for version in notes.VERSIONS:
            self.assertIn(f"| {version.label} |", text)

    def write_stand_in(self, folder, value):
        program = pathlib.Path(folder) / "quadot"
        program.write_text(STAND_IN.format(python=sys.executable, value=value))
        program.chmod(0o755)
        return str(program)

    def test_with_the_packages_installed_here(self):
        finished = run_notes("--quadot", "none")
        self.assertEqual(finished.returncode, 0, finished.stdout + finished.stderr)
        self.assert_values_printed(finished.stdout)
        self.assert_rows(finished.stdout)
        self.assertNotIn("Traceback", finished.stderr)

    def test_without_any_package(self):
        finished = run_notes("--quadot", "none", interpreter=["-S"])  # -S hides Debian's dist-packages
        self.assertEqual(finished.returncode, 0, finished.stdout + finished.stderr)
        self.assert_values_printed(finished.stdout)
        self.assert_rows(finished.stdout)
        for package in notes.DEBIAN_PACKAGES.values():
            self.assertIn(f"absent: install {package} |", finished.stdout)

    def test_reads_the_program_and_writes_the_report(self):
        with tempfile.TemporaryDirectory() as folder:
            program = self.write_stand_in(folder, repr(left_rule_cos(2000)))
            output = pathlib.Path(folder) / "notes.md"
            finished = run_notes("--quadot", program, "--output", str(output), interpreter=["-S"])
            self.assertEqual(finished.returncode, 0, finished.stdout + finished.stderr)
            self.assertEqual(output.read_text(encoding="utf-8"), finished.stdout)
            self.assertEqual(sorted(os.listdir(folder)), ["notes.md", "quadot"])
        self.assertIn("`integrate/left/plain/avx2`, 1 thread | 0.00100 ms", finished.stdout)
        self.assertIn("`integrate/left/plain/avx2`, 2 threads | 0.00100 ms", finished.stdout)
        self.assertNotIn("sse2", finished.stdout)
        self.assertIn("C++ loop (`integrate/baseline/naive`) | 0.00100 ms", finished.stdout)
        self.assertIn("`dot/plain/avx2`", finished.stdout)

    def test_a_wrong_value_fails(self):
        for value in ("1.01", "'nan'"):
            with tempfile.TemporaryDirectory() as folder:
                finished = run_notes("--quadot", self.write_stand_in(folder, value), interpreter=["-S"])
            self.assertEqual(finished.returncode, 1, value)
            self.assertIn("* integrate/left/plain/avx2: ", finished.stdout)

    def test_a_program_that_does_not_answer_fails(self):
        with tempfile.TemporaryDirectory() as folder:
            program = pathlib.Path(folder) / "quadot"
            for body, message in (("exit 3", "exit code 3"), ("echo fast", "not JSON"),
                                  ("echo '{}'", "unexpected JSON"),
                                  ("echo '{\"benchmarks\": []}'", "no benchmark integrate/left/plain"),
                                  ("echo []", "unexpected JSON")):
                program.write_text(f"#!/bin/sh\n{body}\n")
                program.chmod(0o755)
                finished = run_notes("--quadot", str(program), interpreter=["-S"])
                self.assertEqual(finished.returncode, 1, body)
                self.assertIn(message, finished.stdout)
                self.assertEqual(finished.stderr, "")

    def test_bad_usage(self):
        for arguments in (["--n", "x"], ["--reps", "0"], ["--quadot", "/nonexistent/quadot"],
                          ["--output", "/nonexistent/notes.md"]):
            self.assertEqual(run_notes(*arguments, interpreter=["-S"]).returncode, 2, arguments)

    @unittest.skipUnless(os.environ.get("QUADOT_PROGRAM"), "QUADOT_PROGRAM is not set")
    def test_with_the_real_program(self):
        finished = run_notes("--quadot", os.environ["QUADOT_PROGRAM"], interpreter=["-S"])
        self.assertEqual(finished.returncode, 0, finished.stdout + finished.stderr)
        self.assertIn("`integrate/left/plain/", finished.stdout)
        self.assertIn("`dot/plain/", finished.stdout)


if __name__ == "__main__":
    unittest.main()
