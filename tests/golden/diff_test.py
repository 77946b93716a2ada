"""`quadot diff` from outside: verdicts on reports with known shifts, errors that grew, exit codes, messages, and programs run in turn.

Usage: diff_test.py PROGRAM [MPIEXEC]
"""

import csv
import io
import json
import math
import os
import pathlib
import random
import stat
import statistics
import sys
import tempfile
import unittest

import program_test
from program_test import ranks, run

CONTEXT = {"host_name": "one", "host": "one", "num_cpus": 2, "cpu": "some CPU", "isa": "avx2", "threads": 1, "ranks": 1, "compiler": "GNU 12",
           "flags": "-O3", "build_type": "Release", "problem": "dot, n = 1000, f64, uniform data, seed 1", "seed": 1, "git": "0.1.0",
           "date": "2026-01-01T00:00:00+00:00"}


def row(name, samples, **more):
    """A row of quadot/1 with these samples in seconds."""
    nanoseconds = [1e9 * s for s in samples]
    return {"name": name, "run_type": "iteration", "real_time": statistics.median(nanoseconds), "time_unit": "ns", "samples": nanoseconds,
            "value": 1.0, "value_hex": "0x1p+0", "error": 1e-17, "bound": 1e-15, "verdict": "pass", **more}


def report(rows, context=None, result=None):
    return {"schema": "quadot/1", "command": ["quadot"], "context": {**CONTEXT, **(context or {})},
            "result": {"value": 1.0, "value_hex": "0x1p+0", "status": "ok", "certified": True, **(result or {})}, "benchmarks": rows}


def noisy(numbers, count, seconds=1e-3, noise=0.01):
    return [seconds * math.exp(numbers.gauss(0, noise)) for _ in range(count)]


class Reports(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.old = str(self.folder / "old.json")
        self.new = str(self.folder / "new.json")

    def write(self, old, new):
        for path, content in ((self.old, old), (self.new, new)):
            pathlib.Path(path).write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")

    def diff(self, old, new, *words, code=None):
        """The exit code and the machine-readable comparison."""
        self.write(old, new)
        done = run("diff", self.old, self.new, "--json", "-", *words)
        if code is not None:
            self.assertEqual(done[0], code, done)
        self.assertEqual(done[2], "")
        return done[0], json.loads(done[1])

    def verdicts(self, old_rows, new_rows, *words, code=None):
        found = self.diff(report(old_rows), report(new_rows), *words, code=code)[1]
        return {each["name"]: each["verdict"] for each in found["rows"]}


class Times(Reports):
    def test_five_percent_of_fifteen_samples_is_found(self):
        names = ["dot/plain/avx2", "dot/compensated/avx2", "dot/exact/avx2", "dot/baseline/naive", "dot/baseline/stl",
                 "dot/baseline/eigen", "dot/baseline/blas"]
        found = 0
        for seed in range(20):
            numbers = random.Random(seed)
            old = [row(name, noisy(numbers, 15)) for name in names]
            new = [row(name, noisy(numbers, 15, 1.05e-3 if name == "dot/compensated/avx2" else 1e-3)) for name in names]
            code, comparison = self.diff(report(old), report(new))
            verdicts = {each["name"]: each["verdict"] for each in comparison["rows"]}
            found += code == 1 and verdicts.pop("dot/compensated/avx2") == "SLOWER"
            self.assertNotIn("SLOWER", verdicts.values())
            # The same the other way round, and no regression then.
            code, comparison = self.diff(report(new), report(old), code=0)
        self.assertEqual(found, 20)

    def test_one_row_alone_is_enough(self):
        found = 0
        for seed in range(20):
            numbers = random.Random(100 + seed)
            found += self.verdicts([row("a", noisy(numbers, 15, noise=0.02))], [row("a", noisy(numbers, 15, 1.05e-3, 0.02))])["a"] == "SLOWER"
        self.assertGreaterEqual(found, 17)  # of 1000 seeds, 97 %

    def test_identical_distributions_raise_no_alarm(self):
        for noise in (0.005, 0.02, 0.1):
            alarms = 0
            for seed in range(20):
                numbers = random.Random(1000 + seed)
                old = [row(f"dot/{k}/avx2", noisy(numbers, 15, noise=noise)) for k in range(6)]
                new = [row(f"dot/{k}/avx2", noisy(numbers, 15, noise=noise)) for k in range(6)]
                alarms += self.diff(report(old), report(new))[0]
            self.assertLessEqual(alarms, 1, noise)

    def test_an_offset_of_a_whole_run_raises_no_alarm(self):
        # One process 2 % slower than the other, in each 1 % normal. A thousand samples prove the offset and nothing about the code.
        for count in (15, 1000):
            alarms = 0
            for seed in range(20):
                numbers = random.Random(2000 + seed)
                old, new = ([row("dot/plain/avx2", noisy(numbers, count, seconds))] for seconds in (1e-3, 1.02e-3))
                code, comparison = self.diff(report(old), report(new))
                alarms += code
                self.assertEqual(comparison["rows"][0]["old_samples"], min(count, 16))
            self.assertLessEqual(alarms, 1, count)

    def test_what_samples_of_one_run_scatter_by_is_no_alarm(self):
        numbers = random.Random(2)
        old, new = ([row("a", noisy(numbers, 400, seconds, 0.1))] for seconds in (1e-3, 1.1e-3))
        only = self.diff(report(old), report(new), code=0)[1]["rows"][0]
        self.assertLess(only["p_holm"], 1e-4)
        self.assertEqual(only["verdict"], "AMBIGUOUS")
        self.assertIn("samples of one run scatter", only["reason"])

    def test_what_moves_as_much_as_unchanged_code_is_no_alarm(self):
        numbers = random.Random(3)
        shifts = {"dot/plain/avx2": 1.06, "dot/baseline/naive": 0.97, "dot/baseline/stl": 1.06, "dot/baseline/eigen": 1.09, "dot/baseline/blas": 1.01}
        old = [row(name, noisy(numbers, 15, noise=0.002)) for name in shifts]
        new = [row(name, noisy(numbers, 15, 1e-3 * shift, 0.002)) for name, shift in shifts.items()]
        comparison = self.diff(report(old), report(new), code=0)[1]
        self.assertEqual(comparison["rows"][0]["verdict"], "AMBIGUOUS")
        self.assertIn("other people's code", comparison["rows"][0]["reason"])
        # All in step is no noise: that is shown, and the note says where to look.
        new = [row(name, noisy(numbers, 15, 1.06e-3, 0.002)) for name in shifts]
        comparison = self.diff(report(old), report(new), code=1)[1]
        self.assertEqual({each["verdict"] for each in comparison["rows"]}, {"SLOWER"})
        self.assertIn("none of Quadot's code", " ".join(comparison["notes"]))

    def test_shift_interval_and_p_are_those_of_the_textbook(self):
        # exp of Hollander & Wolfe's table 4.1: the same ranks, and their shift -0.305 [-0.76, 0.15], one-sided p 0.1272.
        term = [0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46]
        earlier = [1.15, 0.88, 0.90, 0.74, 1.21]
        comparison = self.diff(report([row("a", [math.exp(x) for x in term])]), report([row("a", [math.exp(x) for x in earlier])]), code=0)[1]
        only = comparison["rows"][0]
        for key, expected in (("ratio", -0.305), ("ratio_lower", -0.76), ("ratio_upper", 0.15)):
            self.assertAlmostEqual(math.log(only[key]), expected, places=9)
        self.assertAlmostEqual(only["p"], 0.2544, places=3)
        self.assertEqual(only["verdict"], "AMBIGUOUS")

    def test_tolerance(self):
        numbers = random.Random(4)
        old, new = [row("a", noisy(numbers, 15))], [row("a", noisy(numbers, 15, 1.05e-3))]
        self.assertEqual(self.verdicts(old, new, "--tolerance", "8%", code=0)["a"], "SAME")
        self.assertEqual(self.verdicts(old, new, "--tolerance", "0.08", code=0)["a"], "SAME")
        self.assertEqual(self.verdicts(old, new, "--tolerance", "3%", code=1)["a"], "SLOWER")
        self.assertEqual(self.verdicts(new, old, code=0)["a"], "FASTER")
        self.assertEqual(self.verdicts(old, new, "--tolerance", "5%", code=0)["a"], "AMBIGUOUS")  # its interval holds 5 %
        self.write(report(old), report(new))
        self.assertEqual(run("diff", self.old, self.new, env={"QUADOT_TOLERANCE": "8%"})[0], 0)

    def test_few_samples_show_nothing_and_say_so(self):
        comparison = self.diff(report([row("a", [1.0, 1.01, 1.02])]), report([row("a", [2.0, 2.01, 2.02])]), code=0)[1]
        self.assertEqual(comparison["rows"][0]["verdict"], "AMBIGUOUS")
        self.assertIn("take 4 each", comparison["rows"][0]["reason"])  # 2/C(8, 4) = 0.029
        self.assertEqual(self.verdicts([row("a", [1.0, 1.01, 1.02, 1.03])], [row("a", [2.0, 2.01, 2.02, 2.03])], code=1)["a"], "SLOWER")
        comparison = self.diff(report([row("a", [1.0])]), report([row("a", [1.0])]), code=0)[1]
        self.assertEqual((comparison["rows"][0]["verdict"], comparison["rows"][0]["ratio_upper"]), ("AMBIGUOUS", "inf"))

    def test_holm_corrects_over_all_rows(self):
        # Samples 1 … 5 and 6 … 10 in ranks: p = 2/252 = 0.0079, which is significant alone, among six, and not among seven.
        low, high = [1.0, 1.01, 1.02, 1.03, 1.04], [1.2, 1.21, 1.22, 1.23, 1.24]
        even = [1.0, 1.02, 1.04, 1.06, 1.08]
        for others, expected in ((0, "SLOWER"), (5, "SLOWER"), (6, "AMBIGUOUS")):
            old = [row("a", low)] + [row(f"b{k}", even) for k in range(others)]
            new = [row("a", high)] + [row(f"b{k}", even) for k in range(others)]
            first = self.diff(report(old), report(new))[1]["rows"][0]
            self.assertEqual(first["verdict"], expected, others)
            self.assertAlmostEqual(first["p"], 2 / 252)
            self.assertAlmostEqual(first["p_holm"], (others + 1) * 2 / 252 if others < 6 else 1)
        # Six more rows with three samples, which could never be significant, cost nothing (Tarone).
        more = [row(f"c{k}", [1.0, 1.0, 1.0]) for k in range(6)]
        comparison = self.diff(report([row("a", low)] + more), report([row("a", high)] + more), code=1)[1]
        self.assertAlmostEqual(comparison["rows"][0]["p_holm"], 2 / 252)

    def test_zero_times_have_no_ratio(self):
        comparison = self.diff(report([row("a", [0.0, 1.0, 1.0])]), report([row("a", [1.0, 1.0, 1.0])]), code=0)[1]
        self.assertIn("a time of 0", comparison["rows"][0]["reason"])
        self.assertEqual(comparison["rows"][0]["ratio"], "nan")

    def test_a_file_is_the_same_as_itself(self):
        numbers = random.Random(5)
        rows = [row(f"dot/{k}/avx2", noisy(numbers, 15)) for k in range(4)]
        self.assertEqual(set(self.verdicts(rows, rows, code=0).values()), {"SAME"})


class Rows(Reports):
    def test_rows_of_one_file_alone_are_no_regression(self):
        numbers = random.Random(6)
        both = row("both", noisy(numbers, 15))
        self.write(report([both, row("gone", [1.0])]), report([both, row("come", [1.0])]))
        code, out, _ = run("diff", self.old, self.new)
        self.assertEqual(code, 0)
        self.assertRegex(out, r"gone +only in the old report: nothing to compare, no regression")
        self.assertRegex(out, r"come +only in the new report: nothing to compare, no regression")
        self.assertIn("0 SLOWER, 0 FASTER, 1 SAME, 0 AMBIGUOUS; 0 errors grew\nNo regression\n", out)

    def test_google_benchmark(self):
        numbers = random.Random(7)

        def document(shift, unit="us", scale=1e6):
            entries = []
            for name, factor in (("BM_a/64", shift), ("BM_b", 1.0)):
                samples = [scale * s for s in noisy(numbers, 10, 1e-3 * factor, 0.005)]
                entries += [{"name": name, "run_name": name, "run_type": "iteration", "repetitions": 10, "repetition_index": k, "iterations": 7,
                             "real_time": s, "cpu_time": s, "time_unit": unit} for k, s in enumerate(samples)]
                # Aggregates have names and times of their own, and are no samples.
                entries += [{"name": name + "_mean", "run_name": name, "run_type": "aggregate", "aggregate_name": "mean", "real_time": 1e9,
                             "cpu_time": 1e9, "time_unit": unit}]
            return {"context": {"date": "now", "host_name": "one", "num_cpus": 2, "library_build_type": "release"}, "benchmarks": entries}

        old = document(1.0)
        new = document(1.1, "ns", 1e9)  # another unit
        comparison = self.diff(old, new, code=1)[1]
        self.assertEqual([(each["name"], each["verdict"], each["old_samples"]) for each in comparison["rows"]],
                         [("BM_a/64", "SLOWER", 10), ("BM_b", "SAME", 10)])
        self.assertEqual(comparison["notes"], [])
        # Without repetitions there is one sample, and aggregates alone leave nothing.
        single = {"context": old["context"], "benchmarks": old["benchmarks"][:1]}
        self.assertEqual(self.diff(single, single, code=0)[1]["rows"][0]["verdict"], "AMBIGUOUS")
        aggregates = {"context": old["context"], "benchmarks": [e for e in old["benchmarks"] if e["run_type"] == "aggregate"]}
        self.write(aggregates, aggregates)
        self.assertEqual(run("diff", self.old, self.new)[0], 2)

    def test_circumstances_are_noted(self):
        rows = [row("a", [1.0] * 8)]
        comparison = self.diff(report(rows), report(rows, {"host_name": "two", "threads": 2, "problem": "other", "build_type": "Debug"}), code=0)[1]
        text = "\n".join(comparison["notes"])
        self.assertIn("host differs: one | two; times of two machines do not tell what the code did", text)
        self.assertIn("threads differs: 1 | 2", text)
        self.assertIn("problem differs: dot, n = 1000", text)
        self.assertIn("build type differs: Release | Debug", text)
        self.assertEqual(len(comparison["notes"]), 4)
        self.assertEqual(self.diff(report(rows), report(rows, {"git": "0.2.0", "date": "later"}))[1]["notes"], [])
        self.assertIn("bad binding", self.diff(report(rows), report(rows, {"binding_verdict": "bad"}))[1]["notes"][0])


class Errors(Reports):
    """Errors that grew are regressions, whatever the times say."""

    def regression(self, name, before, after, context=None):
        samples = [1.0 + k / 1000 for k in range(8)]
        code, comparison = self.diff(report([row(name, samples, **before)]), report([row(name, samples, **after)], context))
        self.assertEqual(code, 1 if comparison["rows"][0]["wrong"] else 0)
        self.assertEqual(comparison["rows"][0]["verdict"], "SAME")
        return comparison["rows"][0]["wrong"]

    def test_verdicts(self):
        fails = {"error": 2e-15, "verdict": "fail"}
        self.assertEqual(self.regression("a", {}, fails), ["verdict pass became fail: error 2e-15, bound 1e-15"])
        self.assertEqual(self.regression("a", fails, fails), [])  # no worse than it was
        self.assertEqual(self.regression("a", fails, {}), [])

    def test_growth_needs_the_bound_and_the_factor(self):
        without = {"verdict": ""}
        self.assertEqual(self.regression("a", without, {**without, "error": 9e-16}), [])  # within the bound
        self.assertEqual(self.regression("a", {**without, "error": 0.8e-15}, {**without, "error": 1.1e-15}), [])  # no factor of 2
        self.assertEqual(self.regression("a", without, {**without, "error": 1.1e-15}), ["error grew from 1e-17 to 1.1e-15, bound 1e-15"])
        # A bound that became loose excuses nothing.
        self.assertEqual(len(self.regression("a", {}, {"error": 1e-9, "bound": 1e-6})), 1)
        # Without any bound, what is just rounding of the value is no error.
        free = {"verdict": "", "bound": None}
        self.assertEqual(self.regression("a", {**free, "error": 0.0}, {**free, "error": 1e-15}), [])
        self.assertEqual(len(self.regression("a", {**free, "error": 0.0}, {**free, "error": 1e-13})), 1)

    def test_nan(self):
        wrong = self.regression("a", {}, {"value": "nan", "error": "nan", "verdict": "fail"})
        self.assertIn("value became NaN", wrong)
        self.assertIn("error became NaN", wrong)
        self.assertEqual(self.regression("a", {"value": "nan", "error": "nan"}, {"value": "nan", "error": "nan"}), [])
        self.assertEqual(len(self.regression("a", {}, {"error": "inf", "bound": "inf"})), 1)

    def test_exact_values_must_not_change(self):
        other = {"value_hex": "0x1.0000000000001p+0"}
        self.assertEqual(self.regression("dot/exact/avx2", {}, other), ["exact value changed from 0x1p+0 to 0x1.0000000000001p+0"])
        self.assertEqual(self.regression("dot/exact/avx2", {}, {"value_hex": "0x0.8p+1"}), [])  # the same number
        self.assertEqual(self.regression("dot/plain/avx2", {}, other), [])  # no such promise
        self.assertEqual(self.regression("dot/exact/avx2", {}, other, {"problem": "dot, n = 2000"}), [])  # another sum
        self.assertEqual(self.regression("dot/exact/avx2", {"value_hex": "nan"}, {"value_hex": "nan"}), [])

    def test_results(self):
        rows = [row("a", [1.0 + k / 1000 for k in range(8)])]
        for result, expected in (({"status": "not_a_number"}, "status ok became not_a_number"),
                                 ({"value_hex": "0x1.8p+0"}, "certified value changed from 0x1p+0 to 0x1.8p+0")):
            comparison = self.diff(report(rows), report(rows, None, result), code=1)[1]
            self.assertEqual(comparison["wrong"], [expected])
        self.diff(report(rows), report(rows, None, {"value_hex": "0x1.8p+0", "certified": False}), code=0)

    def test_repetitions_fail_if_one_does(self):
        good, bad = row("a", [1.0, 1.001, 1.002, 1.003]), row("a", [1.0, 1.001, 1.002, 1.003], error=1.0, verdict="fail")
        self.diff(report([good, good]), report([good, bad]), code=1)


class Output(Reports):
    def sample(self):
        numbers = random.Random(8)
        old = [row("slow", noisy(numbers, 15)), row('with "quotes", and commas', noisy(numbers, 15)), row("wrong", noisy(numbers, 15))]
        new = [row("slow", noisy(numbers, 15, 1.2e-3)), row('with "quotes", and commas', noisy(numbers, 15)),
               row("wrong", noisy(numbers, 15), error=1.0, verdict="fail")]
        self.write(report(old), report(new))

    def test_quiet_prints_regressions_alone(self):
        self.sample()
        code, out, err = run("diff", self.old, self.new, "--quiet")
        self.assertEqual((code, err), (1, ""))
        lines = out.splitlines()
        self.assertEqual(len(lines), 3, out)
        self.assertRegex(lines[0], r"^slow .* SLOWER$")
        self.assertRegex(lines[1], r"^wrong .* SAME$")
        self.assertIn("WRONG: verdict pass became fail", lines[2])
        self.assertEqual(run("diff", self.old, self.old, "--quiet"), (0, "", ""))

    def test_csv(self):
        self.sample()
        code, out, _ = run("diff", self.old, self.new, "--csv", "-")
        self.assertEqual(code, 1)
        rows = list(csv.DictReader(io.StringIO(out)))
        self.assertEqual([(r["name"], r["verdict"], bool(r["wrong"])) for r in rows],
                         [("slow", "SLOWER", False), ('with "quotes", and commas', "SAME", False), ("wrong", "SAME", True)])
        self.assertAlmostEqual(float(rows[0]["ratio"]), 1.2, delta=0.02)

    def test_files_are_written_beside_the_table(self):
        self.sample()
        path = self.folder / "out.json"
        code, out, _ = run("diff", self.old, self.new, "--json", str(path), "--csv", str(self.folder / "out.csv"))
        self.assertEqual(code, 1)
        self.assertIn("1 SLOWER, 0 FASTER, 2 SAME, 0 AMBIGUOUS; 1 error grew\nRegression\n", out)
        written = json.loads(path.read_text(encoding="utf-8"))
        self.assertEqual((written["schema"], written["regression"], written["tolerance"]), ("quadot-diff/1", True, 0.03))
        self.assertEqual(written["old"]["path"], self.old)
        self.assertTrue((self.folder / "out.csv").exists())
        self.assertEqual(run("diff", self.old, self.new, "--json", str(self.folder / "no" / "out.json"))[0], 3)

    def test_control_bytes_in_names_stay_out_of_the_terminal(self):
        self.write(report([row("a\x1b[31m\n", [1.0])]), report([row("a\x1b[31m\n", [1.0])]))
        self.assertNotIn("\x1b", run("diff", self.old, self.new)[1])


class Refusals(Reports):
    def refused(self, *words, code=2, says=""):
        done = run("diff", *words)
        self.assertEqual((done[0], done[1]), (code, ""), done)
        self.assertEqual(done[2].count("\n"), 1, done[2])
        self.assertTrue(done[2].startswith("quadot: "), done[2])
        self.assertIn(says, done[2])

    def test_bad_files(self):
        good = report([row("a", [1.0])])
        cases = {
            "": "empty", "{": "not JSON", "[]": "without a list", '{"benchmarks": 3}': "without a list",
            '{"schema": "quadot/9", "benchmarks": []}': "quadot/9", '{"benchmarks": [1]}': "no object", '{"benchmarks": [{}]}': "no name",
            '{"benchmarks": [{"name": "a"}]}': "no real_time", '{"benchmarks": []}': "nothing at all",
            '{"benchmarks": [{"name": "a", "real_time": 1, "time_unit": "weeks"}]}': "no real_time",
            json.dumps(report([{**row("a", [1.0]), "samples": ["nan"]}])): "no time",
            json.dumps(report([{**row("a", [1.0]), "samples": [-1]}])): "no time",
            json.dumps(report([row("b", [1.0])])): "no benchmark is in both",
        }
        for text, says in cases.items():
            self.write(good, text)
            self.refused(self.old, self.new, says=says)
            self.assertIn("new.json", run("diff", self.old, self.new)[2])
        self.refused(self.old, str(self.folder / "missing.json"), says="No such file")
        self.refused(self.old, str(self.folder), says="a folder")

    def test_bad_usage(self):
        self.write(report([row("a", [1.0])]), report([row("a", [1.0])]))
        self.refused(says="files given: 0")
        self.refused(self.old, says="files given: 1")
        self.refused(self.old, self.new, self.old, says="files given: 3")
        for tolerance in ("3", "x", "-1%", "nan", "", "%", "1e9%"):
            if tolerance:
                self.refused(self.old, self.new, "--tolerance", tolerance, says="--tolerance")
        self.refused(self.old, self.new, "--rounds", "3", says="belong to --run")
        self.refused(self.old, self.new, "--time-limit", "3s", says="belong to --run")
        self.refused(self.old, self.new, "--", "dot", says="belong to --run")
        self.refused("--run", "a", "b", "--rounds", "3", "--time-limit", "3s", "--", "dot", says="leave out one of them")
        self.refused("--run", "a", "b", "--time-limit", "soon", "--", "dot", says="--time-limit")
        self.refused(self.old, self.new, "--json", "-", "--csv", "-", says="both to standard output")
        self.refused("--run", self.old, says="programs given: 1")
        self.refused("--run", "a", "b", says="nothing to run")
        self.refused("--run", "a", "b", "--rounds", "0", "--", "dot", says="--rounds")
        self.refused("--run", "a", "b", "--", "dot", "--json", "x", says="leave it out")
        self.refused(self.old, self.new, "--toleranse", "3%", says="did you mean '--tolerance'")

    def test_several_ranks(self):
        if not program_test.MPIEXEC:
            self.skipTest("no mpiexec")
        self.write(report([row("a", [1.0])]), report([row("a", [1.0])]))
        code, out, err = ranks(2, "diff", self.old, self.new)
        self.assertEqual((code, out), (2, ""))
        self.assertIn("diff: started on 2 ranks", err)

    def test_help_has_an_example_that_runs(self):
        out = run("diff", "--help")[1]
        self.assertIn("quadot diff old.json new.json", out)
        for name in ("old", "new"):
            self.assertEqual(run("dot", "-n", "1e4", "--reps", "8", "--json", getattr(self, name))[0], 0)
        self.assertIn(run("diff", self.old, self.new)[0], (0, 1))  # what the times say is the machine's affair


# Takes the place of a program: passes its words on, then edits the report that they ask for.
WRAPPER = """#!{python}
import json, subprocess, sys
code = subprocess.call([{program!r}, *sys.argv[1:]])
path = sys.argv[sys.argv.index("--json") + 1]
document = json.load(open(path))
with open({log!r}, "a") as log:
    log.write({name!r})
for each in document["benchmarks"]:
    {edit}
json.dump(document, open(path, "w"))
sys.exit(code)
"""

# Times that no machine disturbs, the same in each sample but not in each run (numbered by the log): a run is one sample, whatever it holds.
STEADY = """
    import os, random
    numbers = random.Random(each["name"] + str(os.path.getsize(LOG)))
    each["real_time"] = 1e6 * FACTOR * numbers.gauss(1, SCATTER)
    each["samples"] = [each["real_time"]] * 5"""


class Programs(Reports):
    words = ("--", "dot", "-n", "100", "--reps", "2", "--compare", "plain,compensated", "--threads", "1")

    def script(self, name, text):
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return str(path)

    def steady(self, name, factor, scatter=0.01):
        values = {"LOG": repr(str(self.folder / "log")), "FACTOR": str(factor), "SCATTER": str(scatter)}
        edit = STEADY
        for word, value in values.items():
            edit = edit.replace(word, value)
        return self.wrapper(name, edit)

    def wrapper(self, name, edit):
        return self.script(name, WRAPPER.format(python=sys.executable, program=program_test.PROGRAM, name=name[0], log=str(self.folder / "log"),
                                                edit=edit.strip()))

    def test_the_program_against_itself(self):
        code, out, err = run("diff", "--run", program_test.PROGRAM, program_test.PROGRAM, "--rounds", "4", "--json", "-", *self.words)
        self.assertIn(code, (0, 1), err)  # 1: the machine was unkind to one of them
        comparison = json.loads(out)
        self.assertEqual([(each["name"].split("/")[1], each["old_samples"], each["new_samples"]) for each in comparison["rows"]],
                         [("plain", 4, 4), ("compensated", 4, 4)])
        self.assertEqual(comparison["notes"], [])
        self.assertEqual(comparison["wrong"], [])

    def test_ten_percent_slower(self):
        old, new = self.steady("a", 1.0), self.steady("b", 1.1)
        code, out, err = run("diff", "--run", old, new, "--json", "-", *self.words)
        self.assertEqual((code, err), (1, ""))
        comparison = json.loads(out)
        self.assertEqual([each["verdict"] for each in comparison["rows"]], ["SLOWER", "SLOWER"])
        self.assertEqual([each["old_samples"] for each in comparison["rows"]], [12, 12])
        for each in comparison["rows"]:
            self.assertAlmostEqual(each["ratio"], 1.1, delta=0.03)
        self.assertEqual((self.folder / "log").read_text(encoding="utf-8"), "abba" * 6)

    def test_times_that_differ_from_run_to_run_alone(self):
        code, out, _ = run("diff", "--run", self.steady("a", 1.0), self.steady("b", 1.0), "--json", "-", *self.words)
        self.assertEqual(code, 0, out)

    def test_noise_takes_more_runs(self):
        # Runs that scatter by 5 %: twelve cannot tell 6 % from none. It goes on, looks after twice as many, and stops once it knows.
        old, new = self.steady("a", 1.0, 0.05), self.steady("b", 1.06, 0.05)
        code, out, err = run("diff", "--run", old, new, "--json", "-", "--time-limit", "10min", *self.words)
        self.assertEqual((code, err), (1, ""))
        comparison = json.loads(out)
        self.assertEqual([each["verdict"] for each in comparison["rows"]], ["SLOWER", "SLOWER"])
        taken = {each["old_samples"] for each in comparison["rows"]} | {each["new_samples"] for each in comparison["rows"]}
        self.assertEqual(len(taken), 1)
        self.assertIn(taken.pop(), (24, 48, 96, 192))

    def test_the_time_limit_ends_it(self):
        old, new = self.steady("a", 1.0, 0.2), self.steady("b", 1.0, 0.2)
        code, out, _ = run("diff", "--run", old, new, "--json", "-", "--time-limit", "1ms", *self.words)
        self.assertEqual(code, 0)
        self.assertEqual([(each["old_samples"], each["verdict"]) for each in json.loads(out)["rows"]], [(12, "AMBIGUOUS")] * 2)

    def test_a_wrong_value_is_seen(self):
        wrong = self.wrapper("b", 'each.update(error=1.0, verdict="fail")')
        code, out, _ = run("diff", "--run", program_test.PROGRAM, wrong, "--rounds", "1", "--quiet", *self.words)
        self.assertEqual(code, 1)
        self.assertEqual(out.count("WRONG: verdict pass became fail"), 2)

    def failure(self, program, code, *says):
        done = run("diff", "--run", program_test.PROGRAM, program, "--rounds", "2", *self.words)
        self.assertEqual((done[0], done[1]), (code, ""), done)
        self.assertEqual(done[2].count("\n"), 1, done[2])
        for each in says:
            self.assertIn(each, done[2])

    def test_programs_that_fail(self):
        self.failure(str(self.folder / "missing"), 2, "cannot be started", "No such file")
        self.failure(self.script("usage", "#!/bin/sh\necho first >&2\necho no such option >&2\nexit 2\n"), 2, "exit code 2", "no such option")
        self.failure(self.script("memory", "#!/bin/sh\nexit 3\n"), 3, "exit code 3", "it said nothing")
        self.failure(self.script("defect", "#!/bin/sh\nexit 17\n"), 4, "exit code 17")
        self.failure(self.script("killed", "#!/bin/sh\nkill -SEGV $$\n"), 4, "ended by signal 11")
        self.failure(self.script("mute", "#!/bin/sh\nexit 0\n"), 2, "no report")
        self.failure(self.script("garbage", '#!/bin/sh\nfor last; do :; done\necho "{" > "$last"\n'), 2, "not JSON")

    def test_launcher_and_environment(self):
        # The launcher's words come first, and no shell sees any: $HOME stays as it is. diff's own variables do not reach the programs.
        launcher = self.script("launcher", '#!/bin/sh\necho "$1 $2 ${QUADOT_JSON:-none} ${QUADOT_CSV:-none}" >> "$(dirname "$0")/log"\nshift 2\nexec "$@"\n')
        code, out, err = run("diff", "--run", program_test.PROGRAM, program_test.PROGRAM, "--rounds", "1", "--launcher", launcher + "  -n $HOME",
                             *self.words, env={"QUADOT_JSON": str(self.folder / "diff.json"), "QUADOT_CSV": str(self.folder / "diff.csv")})
        self.assertEqual((code, err), (0, ""), out)
        self.assertEqual((self.folder / "log").read_text(encoding="utf-8"), "-n $HOME none none\n" * 2)
        self.assertTrue((self.folder / "diff.json").exists())

    def test_nothing_is_left_behind(self):
        temporary = self.folder / "temporary"
        temporary.mkdir()
        for program in (program_test.PROGRAM, "/nowhere"):
            run("diff", "--run", program_test.PROGRAM, program, "--rounds", "1", *self.words, env={"TMPDIR": str(temporary)})
            self.assertEqual(os.listdir(temporary), [])
        code, _, err = run("diff", "--run", program_test.PROGRAM, program_test.PROGRAM, *self.words, env={"TMPDIR": str(self.folder / "none")})
        self.assertIn(code, (0, 1, 3), err)  # /tmp instead, or a clear refusal


def main():
    program_test.PROGRAM = str(pathlib.Path(sys.argv[1]).resolve())
    program_test.MPIEXEC = sys.argv[2] if len(sys.argv) > 2 else ""
    unittest.main(argv=sys.argv[:1], verbosity=1)


if __name__ == "__main__":
    main()
