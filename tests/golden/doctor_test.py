"""`quadot doctor` from outside, and what the drivers' headers say of the same troubles.

Usage: doctor_test.py PROGRAM [MPIEXEC]. Troubles that need another machine are planted in tests/drivers/findings_test.cpp.
"""

import json
import os
import pathlib
import platform
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import unittest

import program_test
from program_test import run

CPUS = sorted(os.sched_getaffinity(0))


def findings(*words, **options):
    """Exit code, the findings, and what each check's worst one says."""
    code, out, _ = run("doctor", *words, "--json", "-", **options)
    document = json.loads(out)
    worst = {}
    for each in document["findings"]:
        if each["check"] not in worst or each["severity"] == "warning":
            worst[each["check"]] = each
    return code, document, worst


def bound(count, *words, env=None, binding="core"):
    """On `count` ranks bound as asked, more than there may be CPUs."""
    launcher = [program_test.MPIEXEC, "-n", str(count), "--bind-to", binding, "--oversubscribe"]
    return run(*words, env=env, launcher=launcher)


def file_text(path):
    try:
        return pathlib.Path(path).read_text().strip()
    except OSError:
        return None


class Report(unittest.TestCase):
    def test_table(self):
        code, out, err = run("doctor", "--verbose")
        lines = out.splitlines()
        self.assertRegex(lines[0], r"^quadot .*: doctor: 1 rank x \d+ threads? on .*; MPI: none")
        graded = [line.split() for line in lines[1:-1] if not line.startswith(" ")]
        self.assertEqual({words[0] for words in graded} - {"ok", "note", "WARNING"}, set())
        warnings = sum(words[0] == "WARNING" for words in graded)
        self.assertEqual(code, 3 if warnings else 0, err)
        summary = re.match(r"^(\d+) checks: (\d+) warnings?, (\d+) notes?$", lines[-1])
        self.assertEqual(int(summary[1]), len({words[1] for words in graded}))
        self.assertEqual(int(summary[2]), warnings)
        self.assertEqual(int(summary[3]), sum(words[0] == "note" for words in graded))
        listed = re.findall(r"^  ([a-z-]+)  +\S", run("doctor", "--help")[1].split("Checks:")[1], re.M)
        self.assertEqual(listed, list(dict.fromkeys(words[1] for words in graded)))

    def test_json(self):
        code, document, _ = findings()
        self.assertEqual(list(document), ["schema", "command", "context", "benchmarks", "findings"])
        self.assertEqual((document["schema"], document["benchmarks"]), ("quadot/1", []))
        for each in document["findings"]:
            self.assertEqual(list(each), ["check", "severity", "what", "why", "remedy", "ranks"])
            self.assertIn(each["severity"], ("ok", "note", "warning"))
            self.assertEqual(each["ranks"], "0")
            self.assertEqual(bool(each["why"]), each["severity"] != "ok", each)
        self.assertEqual(code, 3 if any(each["severity"] == "warning" for each in document["findings"]) else 0)
        dot = json.loads(run("dot", "-n", "10", "--reps", "1", "--json", "-")[1])
        self.assertEqual(list(document["context"]), list(dot["context"]))
        self.assertEqual(document["context"]["cpu"], dot["context"]["cpu"])

    def test_remedies_are_commands(self):
        env = {"OMP_DYNAMIC": "true", "OMP_THREAD_LIMIT": "1", "OMP_WAIT_POLICY": "passive", "QUADOT_SEED": "1"}
        odd_name = "it's $HOME.json"
        with tempfile.TemporaryDirectory() as folder:
            run("doctor", "--threads", "64", "--json", f"{folder}/{odd_name}", env=env)
            document = json.loads(pathlib.Path(folder, odd_name).read_text())
        troubled = [each for each in document["findings"] if each["severity"] != "ok"]
        self.assertGreaterEqual(len(troubled), 4)
        for each in troubled:
            self.assertTrue(each["remedy"], each)
            self.assertEqual(subprocess.run(["bash", "-n", "-c", each["remedy"]], capture_output=True).returncode, 0, each)
        binding = next(each for each in troubled if each["check"] == "binding")
        self.assertEqual(shlex.split(binding["remedy"])[-1], f"{folder}/{odd_name}")

    def test_json_file_beside_the_table(self):
        with tempfile.TemporaryDirectory() as folder:
            code, out, err = run("doctor", "--json", f"{folder}/doctor.json")
            self.assertIn(code, (0, 3), err)
            self.assertIn("checks: ", out)
            self.assertEqual(json.loads(pathlib.Path(folder, "doctor.json").read_text())["schema"], "quadot/1")

    def test_quiet_prints_warnings_alone(self):
        code, out, _ = run("doctor", "--quiet", env={"OMP_DYNAMIC": "true", "QUADOT_REPS": "3"})
        self.assertEqual(code, 3)
        heads = [line for line in out.splitlines() if not line.startswith(" ")]
        self.assertTrue(all(line.startswith("WARNING") for line in heads), out)
        self.assertTrue(any("OMP_DYNAMIC=true" in line for line in heads), out)
        self.assertIn("mend with", out)

    def test_says_what_the_system_says(self):
        _, _, worst = findings("--threads", "1")
        cpus = f"{len(CPUS)} CPU{'s' if len(CPUS) > 1 else ''}"
        self.assertEqual(worst["binding"]["what"], f"1 thread, {cpus} to run on")
        source = file_text("/sys/devices/system/clocksource/clocksource0/current_clocksource")
        if source:
            self.assertIn(source, worst["clock"]["what"])
        enabled = file_text("/sys/kernel/mm/transparent_hugepage/enabled")
        if enabled:
            mode = re.search(r"\[(\w+)\]", enabled)[1]
            self.assertTrue(worst["huge-pages"]["what"].startswith(mode))
            self.assertEqual(worst["huge-pages"]["severity"] == "warning", mode == "never")
        level = file_text("/proc/sys/kernel/perf_event_paranoid")
        if level:
            self.assertIn(f"perf_event_paranoid {level}", worst["perf"]["what"])
            self.assertEqual(worst["perf"]["severity"], "ok" if int(level) <= 2 else "note")


class Trouble(unittest.TestCase):
    """Planted for real."""

    def flagged(self, check, word, *words, env=None, severity="warning"):
        code, _, worst = findings(*words, env=env)
        self.assertEqual(worst[check]["severity"], severity, worst[check])
        self.assertIn(word, worst[check]["what"])
        if severity == "warning":
            self.assertEqual(code, 3)
        return worst[check]

    def test_more_threads_than_cpus(self):
        if len(CPUS) < 2:
            self.skipTest("one CPU")
        launcher = ["taskset", "-c", str(CPUS[0])]
        code, out, _ = run("doctor", "--threads", "2", "--quiet", launcher=launcher)
        self.assertEqual(code, 3)
        self.assertIn("2 threads on 1 CPU", out)

    def test_variables(self):
        self.flagged("openmp", "OMP_DYNAMIC=true", env={"OMP_DYNAMIC": "true"})
        self.flagged("openmp", "OMP_THREAD_LIMIT=1 for 2 threads", "--threads", "2", env={"OMP_THREAD_LIMIT": "1"})
        self.flagged("openmp", "OMP_WAIT_POLICY=passive", "--threads", "2", env={"OMP_WAIT_POLICY": "passive"}, severity="note")
        self.flagged("variables", "QUADOT_REPS=3 QUADOT_SEED=7", env={"QUADOT_SEED": "7", "QUADOT_REPS": "3"}, severity="note")
        self.flagged("isa", "mmx", env={"QUADOT_ISA": "mmx"})

    def test_narrow_instruction_set(self):
        names = ("sse2", "avx2", "avx512") if platform.machine() == "x86_64" else ("neon64",)
        widest = json.loads(run("dot", "-n", "10", "--reps", "1", "--json", "-")[1])["context"]["isa"]
        for name in names[: names.index(widest)]:
            self.flagged("isa", f"QUADOT_ISA={name} is in force; this CPU runs {widest}", env={"QUADOT_ISA": name}, severity="note")
            # Advice: said before a run, but its exit code stays.
            code, out, err = run("dot", "-n", "1000", "--reps", "1", "--compare", "none", "--strict", "--threads", "1", env={"QUADOT_ISA": name})
            self.assertEqual(code, 0, err)
            self.assertIn(f"note      isa: QUADOT_ISA={name} is in force", out)

    def test_drivers_say_it_too(self):
        trouble = {"OMP_DYNAMIC": "true"}
        words = ("dot", "-n", "1000", "--reps", "1", "--compare", "none")
        code, out, err = run(*words, env=trouble)
        self.assertEqual(code, 0, err)
        self.assertIn("WARNING   openmp: OMP_DYNAMIC=true", out)
        self.assertIn("mend with unset OMP_DYNAMIC", out)
        code, out, err = run(*words, "--strict", env=trouble)
        self.assertEqual((code, out), (3, ""))
        self.assertEqual(err, "quadot: openmp: OMP_DYNAMIC=true; mend with: unset OMP_DYNAMIC\n")
        code, out, err = run(*words, "--quiet", env=trouble)
        self.assertEqual(code, 0)
        self.assertEqual(err, "quadot: warning: openmp: OMP_DYNAMIC=true; mend with: unset OMP_DYNAMIC\n")
        code, out, err = run(*words, "--json", "-", env=trouble)
        self.assertEqual(json.loads(out)["context"]["warnings"], ["openmp: OMP_DYNAMIC=true"])
        code, out, err = run("integrate", "cos", "0", "1", "--strict", env=trouble)
        self.assertEqual(code, 3, out)
        self.assertNotIn("WARNING", run(*words)[1])

    def test_a_library_that_flushes_denormals(self):
        compiler = shutil.which("gcc")
        if compiler is None or platform.machine() != "x86_64" or os.environ.get("QUADOT_TEST_SANITIZE"):
            self.skipTest("needs gcc on x86-64, and no sanitizer that wants to be loaded first")
        with tempfile.TemporaryDirectory() as folder:
            library = f"{folder}/libfast.so"
            # What setting the two bits when loaded comes to: every library linked with -ffast-math by GCC before 13 does it.
            source = "__attribute__((constructor)) static void fast(void) { __builtin_ia32_ldmxcsr(__builtin_ia32_stmxcsr() | 0x8040); }\n"
            pathlib.Path(f"{folder}/fast.c").write_text(source)
            subprocess.run([compiler, "-shared", "-fPIC", "-o", library, f"{folder}/fast.c"], check=True)
            env = {"LD_PRELOAD": library}
            found = self.flagged("floating-point", "(FTZ, DAZ)", env=env)
            self.assertEqual(found["remedy"], f"unset LD_PRELOAD   # {library}")
            words = ("dot", "-n", "1000", "--data", "normal", "--accumulator", "exact", "--quiet")
            code, out, err = run(*words, env=env)
            self.assertEqual((code, out), (0, run(*words)[1]), err)  # the kernels undo it
            self.assertIn("quadot: warning: floating-point: ", err)
            self.assertEqual(run(*words, "--strict", env=env)[0], 3)

    def test_threads_that_openmp_binds_are_not_lost(self):
        expected = min(2, len(CPUS))
        for env in ({"OMP_PROC_BIND": "close"}, {"OMP_PLACES": "cores"}, {"OMP_PLACES": "threads", "OMP_PROC_BIND": "spread"}, {"GOMP_CPU_AFFINITY": f"{CPUS[0]}-{CPUS[-1]}"}):
            report = json.loads(run("dot", "-n", "1000", "--reps", "1", "--compare", "none", "--json", "-", env=env)[1])
            self.assertEqual(report["context"]["threads"], expected, env)
            self.assertEqual(report["context"]["binding_verdict"], "good", env)

    def test_bad_usage(self):
        for words, code in ((("--threads", "0"), 2), (("--jsn", "x"), 2), (("--json", "/nonexistent/x"), 3)):
            got, out, err = run("doctor", *words)
            self.assertEqual((got, out), (code, ""), err)
            self.assertRegex(err, r"^quadot: .*; .*\n$|did you mean")


class Ranks(unittest.TestCase):
    def setUp(self):
        if not program_test.MPIEXEC:
            self.skipTest("no mpiexec")
        version = subprocess.run([program_test.MPIEXEC, "--version"], capture_output=True, text=True, check=True).stdout
        if "open-mpi.org" not in version:
            self.skipTest("binds in Open MPI's words")
        if len(CPUS) < 2:
            self.skipTest("one CPU")

    def test_two_threads_on_one_core_each(self):
        for words, env in ((("--threads", "2"), {}), ((), {"OMP_NUM_THREADS": "2"})):
            code, out, err = bound(2, "doctor", "--json", "-", *words, env=env)
            self.assertEqual(code, 3, err)
            worst = [each for each in json.loads(out)["findings"] if each["check"] == ("binding" if words else "openmp")]
            self.assertEqual([(each["severity"], each["ranks"]) for each in worst], [("warning", "0-1")])
            self.assertRegex(worst[0]["what"], "^2 threads on 1 CPU: " if words else "^OMP_NUM_THREADS=2, but 1 CPU to run on: 1 thread started$")
            self.assertTrue(worst[0]["remedy"].startswith("mpirun -n "))
            if not words:
                self.mends_it(worst[0]["remedy"])
            code, out, err = bound(2, "dot", "-n", "1000", "--reps", "1", "--compare", "none", *words, env=env)
            self.assertEqual(code, 0, err)
            self.assertRegex(out, r"WARNING   (openmp: all ranks: OMP_NUM_THREADS=2, but 1 CPU|rank 0 on \S+: its 2 threads share 1 CPU)")
        self.assertEqual(bound(2, "dot", "-n", "1000", "--reps", "1", "--compare", "none", "--strict", env=env)[0], 3)

    def mends_it(self, remedy):
        words = shlex.split(remedy)
        self.assertIn(program_test.PROGRAM, words)
        environment = {**os.environ, "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1", "OMP_NUM_THREADS": "2"}
        again = subprocess.run([program_test.MPIEXEC, *words[1:]], env=environment, capture_output=True, text=True, timeout=60)
        mended = [each for each in json.loads(again.stdout)["findings"] if each["check"] in ("binding", "openmp")]
        self.assertEqual({each["severity"] for each in mended}, {"ok"}, mended)

    def test_one_table_for_all(self):
        code, out, err = bound(3, "doctor", "--json", "-", env={"OMP_NUM_THREADS": "1", "OMP_DYNAMIC": "true", "OMPI_MCA_btl": "self,tcp"}, binding="none")
        self.assertEqual(code, 3, err)
        document = json.loads(out)
        dynamic = [each for each in document["findings"] if "OMP_DYNAMIC" in each["what"]]
        self.assertEqual([each["ranks"] for each in dynamic], ["0-2"])
        transport = [each for each in document["findings"] if each["check"] == "mpi-settings"]
        self.assertIn(("warning", "0-2"), {(each["severity"], each["ranks"]) for each in transport})
        self.assertIn("OMPI_MCA_btl: btl = self,tcp leaves out shared memory", {each["what"] for each in transport})
        self.assertEqual(document["context"]["ranks"], 3)
        node_wide = [each for each in document["findings"] if each["check"] in ("huge-pages", "governor", "swap", "perf")]
        self.assertEqual({each["ranks"] for each in node_wide}, {"0"})

    def test_one_rank_alone_is_named(self):
        with tempfile.TemporaryDirectory() as folder:
            wrapper = pathlib.Path(folder, "one")
            wrapper.write_text(f'#!/bin/sh\n[ "$OMPI_COMM_WORLD_RANK" = 2 ] && export OMP_DYNAMIC=true\nexec {shlex.quote(program_test.PROGRAM)} "$@"\n')
            wrapper.chmod(0o755)
            environment = {**os.environ, "OMP_NUM_THREADS": "1", "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}
            launcher = [program_test.MPIEXEC, "-n", "3", "--oversubscribe", "--bind-to", "none", str(wrapper)]
            done = subprocess.run([*launcher, "doctor"], env=environment, capture_output=True, text=True, timeout=60)
            self.assertEqual(done.returncode, 3)
            self.assertIn("WARNING  openmp            rank 2: OMP_DYNAMIC=true", done.stdout)
            done = subprocess.run([*launcher, "dot", "-n", "100", "--reps", "1"], env=environment, capture_output=True, text=True, timeout=60)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("WARNING   openmp: rank 2: OMP_DYNAMIC=true", done.stdout)

    def test_threads_that_openmp_piles_up(self):
        env = {"OMP_NUM_THREADS": "1", "OMP_PROC_BIND": "close"}
        code, out, _ = bound(2, "doctor", "--quiet", env=env, binding="none")
        self.assertEqual(code, 3)
        self.assertIn("OMP_PROC_BIND=close binds the threads of every rank to the same CPUs", out)
        code, out, err = bound(2, "dot", "-n", "1000", "--reps", "1", "--compare", "none", env=env, binding="none")
        self.assertEqual(code, 0, err)
        self.assertIn("WARNING   openmp: all ranks: OMP_PROC_BIND=close", out)
        code, out, _ = bound(2, "dot", "-n", "1000", "--reps", "1", "--compare", "none", env=env, binding="core")
        self.assertNotIn("WARNING", out)


if __name__ == "__main__":
    program_test.PROGRAM = os.path.abspath(sys.argv[1])
    program_test.MPIEXEC = sys.argv[2] if len(sys.argv) > 2 else ""
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]], verbosity=1)
