"""Colors: on a terminal alone, never with NO_COLOR, and never a character's difference besides.

Usage: color_test.py PROGRAM [MPIEXEC]
"""

import json
import os
import pathlib
import pty
import re
import subprocess
import sys
import tempfile
import unittest

import program_test
from program_test import run

COLORS = {"PASS": "32", "FAIL": "31", "FASTER": "32", "SLOWER": "31", "AMBIGUOUS": "33", "WARNING": "33", "ok": "32"}
PAINTED = re.compile(r"\x1b\[(\d+)m(.*?)\x1b\[0m")


def on_terminal(*words, env=None, launcher=()):
    """What the program writes where its standard output is a terminal."""
    ours, theirs = pty.openpty()
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("QUADOT_", "OMP_", "NO_COLOR"))}
    environment.update({"OMP_NUM_THREADS": "2", "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1", "XDG_CACHE_HOME": program_test.CACHE, **(env or {})})
    process = subprocess.Popen([*launcher, program_test.PROGRAM, *words], stdin=subprocess.DEVNULL, stdout=theirs, stderr=subprocess.DEVNULL, env=environment)
    os.close(theirs)
    out = b""
    while True:
        try:
            piece = os.read(ours, 65536)
        except OSError:  # Linux says so where the other end is closed
            break
        if not piece:
            break
        out += piece
    os.close(ours)
    process.wait(timeout=120)
    return out.decode().replace("\r\n", "\n")


class Colors(unittest.TestCase):
    def setUp(self):
        held = tempfile.TemporaryDirectory()
        self.addCleanup(held.cleanup)
        self.folder = held.name

    def reports(self):
        """Two reports of four rows: alike, faster, slower, and too few samples to tell."""
        names = []
        for which in ("old", "new"):
            rows = []
            for name, factor, count in (("same", 1, 30), ("faster", 0.5, 30), ("slower", 2, 30), ("unknown", 1.5, 2)):
                for k in range(count):
                    time = (1 + 0.001 * k) * (factor if which == "new" else 1)
                    rows.append({"name": name, "run_name": name, "run_type": "iteration", "repetition_index": k, "real_time": time, "cpu_time": time, "time_unit": "ms"})
            path = pathlib.Path(self.folder, which + ".json")
            path.write_text(json.dumps({"context": {}, "benchmarks": rows}))
            names.append(str(path))
        return names

    def cases(self):
        few = ("--reps", "2", "--compare", "none")
        return (
            (("dot", "-n", "100", *few), {"PASS"}), (("integrate", "log(x)", "-1", "1", "-n", "100", *few), {"FAIL"}),
            (("integrate", "log(x)", "-1", "1", "--sizes", "100,200", *few), {"FAIL"}), (("dot", "--sizes", "100,200", *few), set()),
            (("scale", "dot", "-n", "1000", "--threads", "1,2", "--mode", "strong", "--reps", "2"), {"PASS"}),
            (("scale", "integrate", "log(x)", "-1", "1", "-n", "1000", "--threads", "1", "--mode", "strong", "--reps", "2"), {"FAIL"}),
            (("diff", *self.reports()), {"FASTER", "SLOWER", "AMBIGUOUS"}), (("doctor", "--threads", "64", "--verbose"), {"WARNING", "ok"}),
        )

    def test_verdict_words(self):
        for words, wanted in self.cases():
            out = on_terminal(*words)
            painted = PAINTED.findall(out)
            self.assertEqual({word for _, word in painted}, wanted, (words, out))
            for color, word in painted:
                self.assertEqual(color, COLORS[word], words)
            plain = PAINTED.sub(r"\2", out)
            self.assertNotIn("\x1b", plain)
            # Every verdict, not some of them: as words of their own they stand nowhere else in a table.
            for word in wanted - {"ok"}:
                rows = [line for line in plain.splitlines() if re.search(rf"(^|  ?){word}( |$|:)", line) and "  WARNING" not in line]
                self.assertGreaterEqual(sum(each == word for _, each in painted), len(rows), (words, word))

    def test_columns_stay(self):
        """Padding does not count the colors."""
        for words in (("doctor", "--threads", "64", "--verbose"), ("integrate", "log(x)", "-1", "1", "--sizes", "100,200", "--compare", "none", "--reps", "2")):
            plain = PAINTED.sub(r"\2", on_terminal(*words))
            if words[0] == "doctor":
                names = [line for line in plain.splitlines() if re.match(r"(ok|note|WARNING) ", line)]
                self.assertGreater(len(names), 3)
                self.assertEqual({re.match(r"\w+ +", line).end() for line in names}, {9})
            else:
                self.assertEqual(len({line.index("FAIL") for line in plain.splitlines() if "FAIL" in line}), 1, plain)

    def test_nobody_else_gets_any(self):
        for words, wanted in self.cases():
            for out in (run(*words)[1], on_terminal(*words, env={"NO_COLOR": "1"}), on_terminal(*words, env={"NO_COLOR": "no"})):
                self.assertNotIn("\x1b", out, words)
                self.assertTrue(all(word in out for word in wanted), words)
            # no-color.org: "when present and not an empty string".
            self.assertEqual(bool(PAINTED.search(on_terminal(*words, env={"NO_COLOR": ""}))), bool(wanted), words)

    def test_launched(self):
        if not program_test.MPIEXEC:
            self.skipTest("no mpiexec")
        launcher = [program_test.MPIEXEC, "-n", "1"]
        for words in (("dot", "-n", "100", "--compare", "none", "--reps", "2"), ("doctor", "--verbose")):
            self.assertNotIn("\x1b", on_terminal(*words, launcher=launcher))


if __name__ == "__main__":
    program_test.PROGRAM = os.path.abspath(sys.argv[1])
    program_test.MPIEXEC = sys.argv[2] if len(sys.argv) > 2 else ""
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]], verbosity=1)
