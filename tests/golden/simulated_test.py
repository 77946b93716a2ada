"""Simulated ranks: the program's bits on them, the modelled times against closed forms, and what bench/scaling/simulate.py makes of failures.

Usage: simulated_test.py PROGRAM SIMULATED
"""

import json
import math
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import unittest

PROGRAM = SIMULATED = ""
SCRIPT = pathlib.Path(__file__).resolve().parent.parent.parent / "bench" / "scaling" / "simulate.py"
QUIET_NETWORK = ["--overhead", "0", "--merge", "0"]


def plain_environment():
    return {name: value for name, value in os.environ.items() if not name.startswith(("QUADOT_", "OMP_", "OMPI_", "PMI"))}


def simulate(*words, path=None, program=None):
    """Runs the script; returns (exit code, standard output, standard error)."""
    environment = plain_environment()
    if path is not None:
        environment["PATH"] = f"{path}:{environment['PATH']}"
    words = [sys.executable, str(SCRIPT), "--program", program or PROGRAM, "--simulated", SIMULATED, *words]
    done = subprocess.run(words, env=environment, capture_output=True, text=True, timeout=200, check=False)
    return done.returncode, done.stdout, done.stderr


def value_hex(*words):
    done = subprocess.run([PROGRAM, *words, "--threads", "1", "--compare", "none", "--reps", "1", "--json", "-"], env=plain_environment(),
                          capture_output=True, text=True, timeout=60, check=True)  # fmt: skip
    return json.loads(done.stdout)["result"]["value_hex"]


class Bits(unittest.TestCase):
    def check(self, counts, *command):
        code, out, err = simulate("--ranks", counts, "--json", "-", "--", *command)
        self.assertEqual((code, err.count("DIFFERS")), (0, 0), err)
        rows = json.loads(out)["benchmarks"]
        self.assertEqual([str(row["ranks"]) for row in rows], counts.split(","))
        expected = value_hex(*command)
        for row in rows:
            self.assertEqual((row["value_hex"], row["verdict"]), (expected, "pass"))
        return rows

    def test_dot_has_the_programs_bits(self):
        for accumulator in ("plain", "compensated"):
            self.check("2,64,97", "dot", "-n", "2^20", "--accumulator", accumulator)

    def test_exact_sums_that_need_every_step_have_them_too(self):
        # Balls, then integers: two kinds of messages, of ranks that are not all in the same reduction.
        rows = self.check("48,64", "dot", "-n", "524289", "--accumulator", "exact", "--data", "cancel:1e40")
        self.assertGreater(rows[0]["compute_time"], 0)

    def test_more_ranks_than_blocks(self):
        self.check("16", "dot", "-n", "20000", "--accumulator", "exact")

    def test_integral_of_pi(self):
        rows = self.check("16,64", "integrate", "pi", "0", "1", "-n", "1e6", "--accumulator", "exact")
        self.assertAlmostEqual(rows[0]["value"], math.pi, delta=1e-12)  # midpoint: (1 / 24) n^-2 (f'(1) - f'(0)) = 8e-14


class Times(unittest.TestCase):
    def rows(self, *words):
        code, out, err = simulate("--json", "-", *words)
        self.assertEqual(code, 0, err)
        return json.loads(out)

    def test_within_a_node_rounds_cost_latency_and_bytes(self):
        report = self.rows("--ranks", "4,32", *QUIET_NETWORK, "--memory-latency", "1e-6", "--memory-bandwidth", "1e9", "--", "dot", "-n", "2^18")
        for row, rounds in zip(report["benchmarks"], (2, 5)):
            network = row["real_time"] - row["compute_time"]  # ns
            expected = rounds * (1000 + row["message_bytes"])
            self.assertAlmostEqual(network, expected, delta=0.03 * expected)
            self.assertAlmostEqual(row["loggp_time"] - row["compute_time"], expected, delta=1e-6 * expected)

    def test_between_nodes_links_add_up(self):
        # A rank a node, two nodes a leaf: partners 1 apart are 2 links away, those 2 and 4 apart 4 links.
        report = self.rows("--ranks", "8", "--cores", "1", "--nodes-per-leaf", "2", *QUIET_NETWORK, "--link-latency", "1e-6",
                           "--link-bandwidth", "1e12", "--", "dot", "-n", "2^18")  # fmt: skip
        row = report["benchmarks"][0]
        self.assertAlmostEqual(row["real_time"] - row["compute_time"], 1000 * (2 + 4 + 4), delta=150)
        self.assertAlmostEqual(row["loggp_time"] - row["compute_time"], 1000 * (2 + 4 + 4), delta=10)

    def test_the_ranks_of_a_node_share_its_link(self):
        # Two rounds between nodes, 8 messages on each link. What does not grow with the message, as ranks that leave the barrier one
        # behind the other, is in the difference of two accumulators no more.
        times = {}
        for accumulator in ("plain", "exact"):
            row = self.rows("--ranks", "32", "--cores", "8", *QUIET_NETWORK, "--memory-latency", "1e-9", "--memory-bandwidth", "1e12", "--link-latency", "1e-9",
                            "--link-bandwidth", "1e9", "--", "dot", "-n", "2^18", "--accumulator", accumulator)["benchmarks"][0]  # fmt: skip
            times[row["message_bytes"]] = [row[name] - row["compute_time"] for name in ("real_time", "loggp_time")]
        (short, before), (long, after) = sorted(times.items())
        for name, first, second in zip(("simulated", "loggp"), before, after):
            expected = 2 * 8 * (long - short)  # ns
            self.assertAlmostEqual(second - first, expected, delta=0.02 * expected, msg=name)

    def test_overheads_and_merges_count_in_each_round(self):
        words = ["--ranks", "16", "--memory-latency", "1e-9", "--memory-bandwidth", "1e12", "--overhead", "3e-6", "--merge", "5e-6", "--", "dot"]
        row = self.rows(*words, "-n", "2^18")["benchmarks"][0]
        self.assertAlmostEqual(row["real_time"] - row["compute_time"], 4 * (2 * 3000 + 5000), delta=1000)

    def test_folded_terms_cost_time_and_no_memory(self):
        words = ["--ranks", "16", "--json", "-", "--mode", "weak", "--fold", "1024", "--", "dot", "-n", "8192"]
        row = self.rows(*words)["benchmarks"][0]
        self.assertEqual((row["problem_size"], row["value_terms"], row["value_hex"]), (8192 * 16 * 1024, 8192 * 16, value_hex("dot", "-n", "131072")))
        # 2^23 terms, 128 MiB a rank: 16 ranks of a node share 460.8 GB/s, 4.66 ms.
        self.assertGreaterEqual(row["compute_time"], 2**27 * 16 / 460.8)
        self.assertLess(row["simulation_bytes"], 2**30)

    def test_the_report_says_that_it_is_simulated(self):
        report = self.rows("--ranks", "4", "--", "dot", "-n", "2^14")
        self.assertEqual(report["schema"], "quadot/1")
        self.assertTrue(report["context"]["simulated"]["description"].startswith("SIMULATED"))
        self.assertEqual(report["context"]["simulated"]["nodes"], 1)
        row = report["benchmarks"][0]
        self.assertTrue(row["simulated"])
        self.assertRegex(row["name"], r"^scale/strong/dot/compensated/\w+/ranks:4/threads:1$")
        self.assertAlmostEqual(row["efficiency"], row["speedup"] / 4)
        self.assertAlmostEqual(row["communication_share"], 1 - row["compute_time"] / row["real_time"])
        code, out, _ = simulate("--ranks", "4", "--", "dot", "-n", "2^14")
        self.assertEqual((code, out.startswith("SIMULATED, not measured")), (0, True))


class Failures(unittest.TestCase):
    def fake(self, folder, name, script):
        path = pathlib.Path(folder) / name
        path.write_text("#!/bin/sh\n" + script, encoding="utf-8")
        path.chmod(0o755)
        return path

    def one_line(self, expected, result, *parts):
        code, _, err = result
        self.assertEqual((code, err.count("\n")), (expected, 1), err)
        for part in parts:
            self.assertIn(part, err)

    def test_a_value_that_differs_is_an_error(self):
        with tempfile.TemporaryDirectory() as folder:
            other = self.fake(folder, "quadot", f'exec "{PROGRAM}" "$@" --seed 2\n')
            self.one_line(1, simulate("--ranks", "2", "--", "dot", "-n", "1000", program=str(other)), "2 ranks", "not that of quadot")

    def test_deadlocks_are_seen_though_the_simulator_exits_with_0(self):
        with tempfile.TemporaryDirectory() as folder:
            self.fake(folder, "smpirun", "echo '[0.000000] Oops! Deadlock detected, some activities are still around'\nexit 0\n")
            self.one_line(4, simulate("--ranks", "2", "--", "dot", "-n", "1000", path=folder), "deadlocked")

    def test_a_run_that_says_nothing_is_no_success(self):
        with tempfile.TemporaryDirectory() as folder:
            self.fake(folder, "smpirun", "exit 0\n")
            self.one_line(3, simulate("--ranks", "2", "--", "dot", "-n", "1000", path=folder), "failed")

    def test_a_late_run_is_ended_with_all_its_children(self):
        with tempfile.TemporaryDirectory() as folder:
            alive = pathlib.Path(folder) / "alive"
            self.fake(folder, "smpirun", f"(sleep 4; touch {alive}) &\nsleep 60\n")
            start = time.monotonic()
            self.one_line(3, simulate("--ranks", "2", "--timeout", "1", "--", "dot", "-n", "1000", path=folder), "1 s", "--timeout")
            time.sleep(max(0, 5 - (time.monotonic() - start)))
            self.assertFalse(alive.exists())

    def test_what_cannot_be_simulated_is_refused(self):
        for words, part in [
            ([], "-- dot"),
            (["list"], "-- dot"),
            (["dot"], "-n"),
            (["dot", "-n", "many"], "2^30"),
            (["dot", "-n", "10", "--threads", "2"], "--threads"),
            (["dot", "x.npy", "y.npy", "-n", "3"], "x.npy"),
            (["integrate", "exp(-x * x)", "0", "1", "-n", "10"], "splits"),
            (["integrate", "pi", "0", "1"], "tolerance"),
        ]:
            self.one_line(2, simulate("--ranks", "2", "--", *words), part)
        self.one_line(2, simulate("--ranks", "2", "--", "dot", "-n", "10", "--accumulator", "none"), "accumulator")
        self.one_line(3, simulate("--ranks", "2", "--", "dot", "-n", "10", program="/no/such/quadot"), "/no/such/quadot")
        self.assertEqual(simulate("--ranks", "1", "--", "dot", "-n", "10")[0], 2)

    def test_a_report_that_cannot_be_written_leaves_nothing(self):
        with tempfile.TemporaryDirectory() as folder:
            target = pathlib.Path(folder) / "missing" / "report.json"
            self.one_line(3, simulate("--ranks", "2", "--json", str(target), "--", "dot", "-n", "1000"), str(target))
            self.assertEqual(list(pathlib.Path(folder).iterdir()), [])


if __name__ == "__main__":
    PROGRAM, SIMULATED = (str(pathlib.Path(word).resolve()) for word in sys.argv[1:3])
    unittest.main(argv=sys.argv[:1] + sys.argv[3:])
