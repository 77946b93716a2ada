"""Studies from outside: `quadot machine`, `quadot scale`, `--sizes`, and RESULT lines.

Usage: study_test.py PROGRAM [MPIEXEC]. No figure is judged for being fast; only for being what its parts say.
"""

import json
import math
import os
import pathlib
import re
import sys
import tempfile
import unittest

import program_test
from program_test import ranks, run, write_npy


def document(*words, launch=None, env=None, expect=0):
    """The JSON of a run, alone or on `launch` ranks."""
    words = (*words, "--json", "-")
    code, out, err = ranks(launch, *words, env=env) if launch else run(*words, env=env)
    assert code == expect, (code, out[-2000:], err)
    return json.loads(out)


def value_of(*words):
    return document(*words)["result"]["value_hex"]


def instruction_sets():
    """Those that run here."""
    return [line.split()[1] for line in run("list", "isa")[1].splitlines() if line.startswith((">", "*"))]


class WithMpi(unittest.TestCase):
    def setUp(self):
        if not program_test.MPIEXEC:
            self.skipTest("built without MPI")


class Machine(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.cache = f"{self.folder.name}/cache"
        self.env = {"QUADOT_CACHE": self.cache}

    def kept(self):
        files = list(pathlib.Path(self.cache).glob("machine-*.json"))
        self.assertEqual(len(files), 1)
        return files[0]

    def test_every_limit_is_there_and_follows_from_its_row(self):
        found = document("machine", "--max-time", "5ms", "--threads", "2", env=self.env)
        limits = found["machine"]
        rows = {row["name"]: row for row in found["benchmarks"]}
        for row in rows.values():
            self.assertEqual(row["study"], "machine")
            self.assertGreater(row["real_time"], 0)
            self.assertNotIn("verdict", row)
        levels = [(each["level"], each["threads"]) for each in limits["bandwidth"] if "," not in each["level"]]
        self.assertEqual(len(levels), len(set(levels)))
        for level in ("L1", "DRAM"):
            for threads in (1, 2):
                self.assertIn((level, threads), levels)
        for each in limits["bandwidth"]:
            if "," in each["level"]:
                continue
            row = rows[f"machine/load/{each['level']}/threads:{each['threads']}"]
            moved = each["bytes_per_second"] * row["real_time"] * 1e-9
            rounds = moved / (each["working_set_bytes"] * each["threads"])
            self.assertAlmostEqual(rounds, round(rounds), delta=1e-6 * rounds, msg=row["name"])
            self.assertGreaterEqual(round(rounds), 1)
        sizes = [each["working_set_bytes"] for each in limits["bandwidth"] if each["threads"] == 1 and "," not in each["level"]]
        self.assertEqual(sizes, sorted(sizes))
        arithmetic = {(e["operation"], e["type"], e["isa"], e["threads"]): e["per_second"] for e in limits["arithmetic"]}
        wanted = {
            (operation, kind, isa, threads)
            for operation in ("fma", "fma+add", "division", "square_root")
            for kind in ("f64", "f32")
            for isa in instruction_sets()
            for threads in (1, 2)
        }
        self.assertEqual(set(arithmetic), wanted)
        self.assertTrue(all(math.isfinite(rate) and rate > 0 for rate in arithmetic.values()))
        self.assertEqual([each["threads"] for each in limits["parallel_region"]], [2])
        self.assertGreater(limits["timer_resolution_seconds"], 0)
        self.assertEqual((limits["messages"], limits["allreduce"]), ([], []))
        self.assertEqual(json.loads(self.kept().read_text()), limits)

    def test_what_was_found_is_the_roof_of_later_runs(self):
        words = ("dot", "-n", "64Ki", "--compare", "none", "--threads", "1")
        before = document(*words, env=self.env)
        self.assertNotIn("machine", before)
        self.assertNotIn("limit_bytes_per_second", before["benchmarks"][0])
        limits = document("machine", "--max-time", "1ms", "--threads", "1", env=self.env)["machine"]
        after = document(*words, env=self.env)
        self.assertEqual(after["machine"], limits)
        # 1 MiB: in the smallest cache whose half is at least half of that.
        room = [e for e in limits["bandwidth"] if e["threads"] == 1 and (2 * e["working_set_bytes"] >= 2**20 or e["level"] == "DRAM")]
        roof = min(room, key=lambda e: e["working_set_bytes"])["bytes_per_second"]
        self.assertEqual(after["benchmarks"][0]["limit_bytes_per_second"], roof)
        # Another CPU under this host's name: its roof is not ours.
        kept = self.kept()
        kept.write_text(json.dumps({**limits, "cpu": "another"}))
        self.assertNotIn("machine", document(*words, env=self.env))
        for damaged in ("", "{", "[]", "{}", json.dumps({**limits, "bandwidth": [{"level": 3}]})):
            kept.write_text(damaged)
            self.assertNotIn("machine", document(*words, env=self.env))

    def test_a_folder_that_cannot_be_made_spoils_nothing(self):
        code, out, err = run("machine", "--max-time", "1ms", "--threads", "1", "--isa", "sse2", "--quiet", env={"QUADOT_CACHE": "/dev/null/x"})
        self.assertEqual(code, 0, err)
        self.assertGreater(float(out), 0)
        self.assertIn("not kept for later runs", err)

    def test_usage(self):
        self.assertEqual(run("machine", "--isa", "mmx")[0], 2)
        self.assertEqual(run("machine", "--json", "/nowhere/m.json")[0], 3)
        code, out, _ = run("machine", "--dry-run")
        self.assertEqual(code, 0)
        self.assertIn("nothing was measured", out)


class MachineOnRanks(WithMpi):
    def test_messages_and_sums(self):
        with tempfile.TemporaryDirectory() as cache:
            env = {"QUADOT_CACHE": cache}
            limits = document("machine", "--max-time", "2ms", "--isa", "sse2", "--threads", "1", launch=3, env=env)["machine"]
        self.assertEqual([(each["pair"], each["ranks"]) for each in limits["messages"]], [("same node", [0, 1])])
        self.assertGreater(limits["messages"][0]["latency_seconds"], 0)
        self.assertGreater(limits["messages"][0]["bytes_per_second"], 0)
        self.assertEqual([each["ranks"] for each in limits["allreduce"]], [2, 3])
        # One thread of one rank, then all three ranks.
        self.assertEqual({each["threads"] for each in limits["bandwidth"]}, {1, 3})


class Scale(WithMpi):
    def check_figures(self, rows):
        base = min(rows, key=lambda row: row["workers"])
        for row in rows:
            ratio = row["workers"] / base["workers"]
            quicker = base["real_time"] / row["real_time"]
            speedup = quicker if row["study"] == "strong" else quicker * ratio
            self.assertAlmostEqual(row["speedup"], speedup, delta=1e-9 * speedup)
            self.assertAlmostEqual(row["efficiency"], speedup / ratio, delta=1e-9)
            if row["study"] == "strong" and row is not base:
                # Karp & Flatt 1990, equation 2.
                serial = (1 / speedup - 1 / ratio) / (1 - 1 / ratio)
                self.assertAlmostEqual(row["karp_flatt"], serial, delta=1e-9 * max(1, abs(serial)))
            else:
                self.assertNotIn("karp_flatt", row)
            self.assertGreaterEqual(row["imbalance"], 1 - 1e-12)
            self.assertTrue(0 <= row["communication_share"] <= 1)
            self.assertEqual(row["workers"], row["ranks"] * row["threads"])

    def test_strong_and_weak_dot(self):
        words = ("scale", "dot", "-n", "100003", "--threads", "1,2", "--reps", "3", "--accumulator", "plain")
        found = document(*words, launch=4)
        rows = [row for row in found["benchmarks"] if row["study"] != "allreduce"]
        strong = [row for row in rows if row["study"] == "strong"]
        weak = [row for row in rows if row["study"] == "weak"]
        points = [(1, 1), (1, 2), (2, 1), (2, 2), (4, 1), (4, 2)]
        for study in (strong, weak):
            self.assertEqual(sorted((row["ranks"], row["threads"]) for row in study), points)
            self.check_figures(study)
            self.assertTrue(all(len(row["samples"]) == 3 and row["verdict"] == "pass" for row in study))
        alone = value_of("dot", "-n", "100003", "--accumulator", "plain")
        self.assertEqual({row["value_hex"] for row in strong}, {alone})
        self.assertEqual(found["result"]["value_hex"], alone)
        for row in weak:
            self.assertEqual(row["problem_size"], 100003 * row["workers"])
            self.assertEqual(row["value_hex"], value_of("dot", "-n", str(row["problem_size"]), "--accumulator", "plain"))
        self.assertEqual(
            [row["name"] for row in strong][:2],
            [f"scale/strong/{strong[0]['variant']}/ranks:1/threads:{threads}" for threads in (1, 2)],
        )
        sums = [row for row in found["benchmarks"] if row["study"] == "allreduce"]
        self.assertEqual([row["ranks"] for row in sums], [2, 4])
        models = {fit["model"]: fit for fit in found["fits"]}
        self.assertEqual(set(models), {"amdahl", "usl", "gustafson", "allreduce"})
        # Workers 1, 2, 4, 8: four points, and the law of five refuses.
        self.assertIn("fewer than 5", models["usl"]["refusal"])
        self.assertEqual(models["usl"]["parameters"], [])
        for point in models["amdahl"]["curve"]:
            self.assertEqual(point["extrapolated"], point["workers"] > 8)
            self.assertLessEqual(point["lower"], point["seconds"])
            self.assertLessEqual(point["seconds"], point["upper"])

    def test_limits_whose_squares_overflow(self):
        """Samples that double takes for 0 and long double does not: right by the rule, however far that is from the integral."""
        for what in ("pi", "4/(1+x^2)"):
            for n in ("1e6", "4e6"):
                few = ("0", "1e308", "-n", n, "--reps", "2", "--threads", "1", "--compare", "none")
                for words in (("integrate", what, *few), ("scale", "integrate", what, *few, "--mode", "strong")):
                    code, out, err = run(*words)
                    self.assertEqual((code, err), (0, ""), (words, out))
                    self.assertIn("PASS", out)
                    self.assertNotRegex(out, r"\bnan\b")

    def test_integrals_on_more_ranks_than_a_power_of_two(self):
        words = ("scale", "integrate", "exp(-x^2)*cos(k*x)", "-1", "2", "--param", "k=3", "-n", "1001", "--rule", "simpson", "--mode", "strong",
                 "--reps", "2", "--threads", "1")  # fmt: skip
        found = document(*words, launch=3)
        rows = [row for row in found["benchmarks"] if row["study"] == "strong"]
        self.assertEqual([row["ranks"] for row in rows], [1, 2, 3])
        self.check_figures(rows)
        alone = value_of("integrate", "exp(-x^2)*cos(k*x)", "-1", "2", "--param", "k=3", "-n", "1001", "--rule", "simpson")
        self.assertEqual({row["value_hex"] for row in rows}, {alone})

    def test_integrals_to_a_tolerance(self):
        # Hard enough for regions on every worker. 2 + a Fresnel integral: C(w) = int cos(pi t^2/2), and x = t sqrt(pi/2e5) makes one of the other
        # (Abramowitz & Stegun 7.3.1); for w = sqrt(2e5/pi), 7.3.9 and 7.3.27/28: C(w) = 1/2 + f sin(pi w^2/2) - g cos(pi w^2/2).
        what = ("integrate", "cos(k*x^2)+2", "0", "1", "--param", "k=1e5", "--rtol", "1e-9", "--max-evaluations", "1e7")
        found = document("scale", *what, "--threads", "1,2", "--reps", "2", launch=3)
        rows = [row for row in found["benchmarks"] if row["study"] == "strong"]
        self.assertEqual([(row["ranks"], row["threads"]) for row in rows], [(ranks, threads) for ranks in (1, 2, 3) for threads in (1, 2)])
        self.check_figures(rows)
        self.assertEqual({row["value_hex"] for row in rows}, {value_of(*what)})
        w = math.sqrt(2e5 / math.pi)
        f, g = 1 / (math.pi * w), 1 / (math.pi**2 * w**3)  # the next terms are 1e-12 of these
        fresnel = 0.5 + f * math.sin(1e5) - g * math.cos(1e5)
        self.assertAlmostEqual(found["result"]["value"], 2 + math.sqrt(math.pi / 2e5) * fresnel, delta=2e-9)
        self.assertEqual(found["result"]["status"], "ok")
        self.assertEqual({row["problem_size"] for row in rows}, {found["result"]["evaluations"]})
        self.assertEqual({row["verdict"] for row in rows}, {"pass"})
        code, out, err = ranks(2, "scale", "integrate", "1/x", "0", "1", "--rtol", "1e-6", "--reps", "1")
        self.assertEqual(code, 1)
        self.assertIn("divergent_or_singular", err)
        self.assertIn("DOES NOT validate", out)

    def test_text(self):
        code, out, err = ranks(2, "scale", "dot", "-n", "1000", "--reps", "6", "--threads", "1", "--compare", "naive")
        self.assertEqual(code, 0, err)
        for wanted in ("strong scaling\n", "weak scaling\n", "Karp-Flatt", "none: fewer than 5", "Solution validates (8/8)"):
            self.assertIn(wanted, out)
        fitted = [line for line in out.splitlines() if re.match(r"\s+strong\s+amdahl", line)]
        self.assertEqual(len(fitted), 2)

    def test_nan_fails_on_every_rank(self):
        code, out, _ = ranks(2, "scale", "integrate", "sqrt(x)", "-1", "1", "-n", "10", "--reps", "1", "--mode", "strong")
        self.assertEqual(code, 1)
        self.assertIn("FAIL", out)
        self.assertIn("DOES NOT validate", out)

    def test_a_serialised_run_is_flagged(self):
        launcher = [program_test.MPIEXEC, "-n", "2", "--bind-to", "core", "--oversubscribe"]
        words = ("scale", "dot", "-n", "1000", "--threads", "2", "--reps", "1", "--mode", "strong")
        _, out, _ = run(*words, launcher=launcher)
        self.assertRegex(out, r"WARNING +.*(run one after the other|oversubscribed)")
        self.assertIn("mend with mpirun", out)
        code, _, err = run(*words, "--strict", launcher=launcher)
        self.assertEqual(code, 3)
        self.assertIn("binding", err)

    def test_usage(self):
        for words in (
            (),
            ("dot", "--mode", "sideways"),
            ("dot", "--threads", "0"),
            ("dot", "--threads", "1,,2"),
            ("dot", "--ranks", "2"),  # of one
            ("dot", "-n", "0"),
            ("dot", "-n", "2^53", "--mode", "weak", "--threads", "2"),
            ("integrate", "nonsense", "0", "1"),
            ("integrate", "cos", "1", "1"),
            ("integrate", "cos", "1", "1", "--rtol", "1e-3"),
            ("integrate", "cos", "0", "1", "--rtol", "1e-3", "--mode", "weak"),
            ("integrate", "cos", "0", "1", "--rtol", "1e-3", "-n", "10"),
            ("integrate", "cos(k*x)", "0", "1", "--param", "k=0:1:0.1", "--rtol", "1e-3"),
            ("somewhere",),
        ):
            code, _, err = run("scale", *words)
            self.assertEqual(code, 2, words)
            self.assertEqual(err.count("\n"), 1, err)
            self.assertTrue(err.startswith("quadot: "), err)
        code, _, err = run("scale", "dot", "-n", "2^50", "--mode", "strong")
        self.assertEqual(code, 3, err)
        self.assertIn("memory", err)


class Sizes(unittest.TestCase):
    def test_dot(self):
        words = ("--compare", "naive,plain", "--reps", "2", "--accumulator", "exact")
        found = document("dot", "--sizes", "0,1,4097,100..1000:x10", *words)
        sizes = [0, 1, 4097, 100, 1000]
        rows = found["benchmarks"]
        self.assertEqual([row["name"].split("/n:")[1] for row in rows], [str(n) for n in sizes for _ in range(3)])
        for row in rows:
            single = document("dot", "-n", row["name"].split("/n:")[1], *words)
            twin = next(each for each in single["benchmarks"] if each["name"] == row["variant"])
            for key in ("value_hex", "error", "bound", "verdict"):
                self.assertEqual(row[key], twin[key], row["name"])
            self.assertEqual((row["study"], row["name"]), ("sizes", f"{row['variant']}/n:{row.get('problem_size', 0)}"))
        self.assertEqual(found["result"]["value_hex"], value_of("dot", "-n", "1000", *words))
        values = run("dot", "--sizes", "1,4097", "--quiet")[1].split()
        self.assertEqual(values, [run("dot", "-n", n, "--quiet")[1].strip() for n in ("1", "4097")])

    def test_table(self):
        code, out, err = run("dot", "--sizes", "64,128,64", "--compare", "plain,naive", "--reps", "1")
        self.assertEqual(code, 0, err)
        lines = out.splitlines()
        head = next(k for k, line in enumerate(lines) if line.split()[:1] == ["n"])
        self.assertEqual([line.split()[0] for line in lines[head + 1 : head + 4]], ["64", "128", "64"])
        self.assertIn("Solution validates (9/9)", out)

    def test_rules(self):
        found = document("integrate", "pi", "0", "1", "--sizes", "10..1000:x10", "--rule", "simpson", "--compare", "none")
        self.assertEqual([row["problem_size"] for row in found["benchmarks"]], [10, 100, 1000])
        for row in found["benchmarks"]:
            self.assertEqual(row["value_hex"], value_of("integrate", "pi", "0", "1", "-n", str(row["problem_size"]), "--rule", "simpson"))

    def test_one_wrong_size_is_not_mended_by_the_next(self):
        # The midpoint of [-1, 1] alone is where the integrand is not a number: one panel has it, two have not.
        words = ("integrate", "sqrt(x^2-0.01)", "-1", "1", "--sizes", "1,2", "--compare", "none", "--reps", "1")
        self.assertEqual(run(*words)[0], 1)
        self.assertEqual(run(*words, "--quiet")[0], 1)
        self.assertEqual(run("integrate", *words[1:4], "-n", "2", "--compare", "none")[0], 0)

    def test_usage(self):
        for words in (("--sizes", "1,2", "-n", "5"), ("--sizes", "5..1"), ("--sizes", "1K"), ("x.npy", "y.npy", "--sizes", "1")):
            self.assertEqual(run("dot", *words)[0], 2, words)
        self.assertEqual(run("integrate", "cos", "0", "1", "--sizes", "0,1")[0], 2)


class Roof(unittest.TestCase):
    def test_rivals_of_an_integral_are_held_against_its_integrand(self):
        words = ("integrate", "exp(-x^2)", "0", "3", "-n", "1e4", "--reps", "2", "--threads", "1")
        rows = document(*words, "--compare", "naive,plain")["benchmarks"]
        self.assertEqual(len({row["limit_items_per_second"] for row in rows}), 1)
        self.assertGreater(rows[0]["limit_items_per_second"], 0)
        self.assertNotIn("limit_items_per_second", document(*words, "--compare", "none")["benchmarks"][0])


class ResultLines(unittest.TestCase):
    def test_lines_say_what_the_json_says(self):
        words = ("dot", "-n", "1000", "--compare", "naive,exact", "--reps", "2")
        code, out, err = run(*words, "--result-lines")
        self.assertEqual(code, 0, err)
        lines = [dict(pair.split("=", 1) for pair in line.split()[1:]) for line in out.splitlines() if line.startswith("RESULT ")]
        found = document(*words)
        self.assertEqual([line["name"] for line in lines], [row["name"] for row in found["benchmarks"]] + ["result"])
        for line, row in zip(lines, found["benchmarks"]):
            self.assertEqual((line["value_hex"], line["verdict"]), (row["value_hex"], row["verdict"]))
            self.assertEqual(float(line["value"]), row["value"])
            self.assertAlmostEqual(float(line["error"]), row["error"], delta=1e-5 * row["error"])
            lower, median, upper = (float(line[key]) for key in ("lower_seconds", "median_seconds", "upper_seconds"))
            self.assertTrue(0 < lower <= median <= upper)
            self.assertAlmostEqual(float(line["items_per_second"]) * median, 1000, delta=0.1)
        self.assertEqual(lines[-1]["status"], "ok")
        self.assertNotIn("RESULT", run(*words)[1])
        self.assertNotIn("RESULT", run(*words, "--quiet", "--result-lines")[1])


class NanOnOneRank(WithMpi):
    def test_every_rank_fails(self):
        with tempfile.TemporaryDirectory() as folder:
            values = [1.0] * 20000
            write_npy(f"{folder}/y.npy", values)
            values[-1] = math.nan  # in the last rank's slice alone
            write_npy(f"{folder}/x.npy", values)
            codes = f"{folder}/codes"
            # Each rank's own exit code, not what the launcher makes of them.
            script = f'"$0" dot "{folder}/x.npy" "{folder}/y.npy" --reps 1 > "{folder}/out.$$"; echo $? >> "{codes}"; exit 0'
            launcher = [program_test.MPIEXEC, "-n", "3", "--oversubscribe", "sh", "-c", script]
            code, _, err = run(launcher=launcher)
            self.assertEqual(code, 0, err)
            self.assertEqual(pathlib.Path(codes).read_text().split(), ["1"] * 3)
            said = "".join(path.read_text() for path in pathlib.Path(folder).glob("out.*"))
            self.assertIn("DOES NOT validate", said)


if __name__ == "__main__":
    program_test.PROGRAM = os.path.abspath(sys.argv[1])
    program_test.MPIEXEC = sys.argv[2] if len(sys.argv) > 2 else ""
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]], verbosity=1)
