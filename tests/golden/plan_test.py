"""`quadot scale plan`: the scripts' directives, and the scripts run, each under a scheduler made up of a few lines.

Usage: plan_test.py PROGRAM [MPIEXEC]
"""

import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile
import unittest

import program_test
from program_test import run

SCHEDULERS = ("slurm", "pbs", "lsf", "local")
# As nasty to a shell as a formula can be; words that no command takes: tests/drivers/shell_word_test.cpp.
NASTY = ["integrate", "if(x > 0 && !(x >= 1) || x < -2, k*x, 0)  *  2^(x > 0 ? 1 : 0)", "-pi/2", "1", "--param", "k=(1)*2", "-n", "100", "--rule=gauss:7", "--compare", "naive"]


def plan(*words, what=("dot", "-n", "2^20")):
    return run("scale", "plan", *words, "--", *what)


def script_of(*words, what=("dot", "-n", "2^20")):
    code, out, err = plan(*words, what=what)
    assert code == 0, err
    return out


def directives(script, mark):
    """The values behind `mark`, as the schedulers read them: up to the first command."""
    lines = script.splitlines()
    assert lines[0] == "#!/bin/bash", lines[0]
    found = []
    for line in lines[1:]:
        if not line.startswith("#"):
            break
        if line.startswith(mark + " "):
            found.append(line[len(mark) + 1 :])
    assert sum(line.startswith(mark) for line in lines) == len(found), "a directive behind the first command is not read"
    return found


def seconds(text):
    hours, minutes, *rest = text.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + (int(rest[0]) if rest else 0)


class Directives(unittest.TestCase):
    def test_slurm(self):
        for nodes, ranks, threads in ((1, 1, 1), (2, 4, 16), (128, 2, 32)):
            script = script_of("--nodes", str(nodes), "--slurm", "--ranks-per-node", str(ranks), "--threads", str(threads), "--time", "01:02:03",
                               "--partition", "standard", "--account", "proj-1")
            options = dict(each.removeprefix("--").partition("=")[::2] for each in directives(script, "#SBATCH"))
            self.assertEqual((options["nodes"], options["ntasks-per-node"], options["cpus-per-task"]), (str(nodes), str(ranks), str(threads)))
            self.assertEqual((options["partition"], options["account"], options["time"]), ("standard", "proj-1", "01:02:03"))
            self.assertEqual((options["exclusive"], options["threads-per-core"], options["mem"]), ("", "1", "0"))
            self.assertIn("%j", options["output"])
            self.assertIn(f"{nodes}nodes", options["job-name"])

    def test_pbs(self):
        script = script_of("--nodes", "3", "--pbs", "--ranks-per-node", "4", "--threads", "8", "--time", "90min", "--queue", "workq", "--account", "a1")
        found = directives(script, "#PBS")
        resources = dict(part.partition("=")[::2] for each in found if each.startswith("-l ") for part in [each[3:]])
        count, *chunk = resources["select"].split(":")
        chunk = dict(each.split("=") for each in chunk)
        self.assertEqual((count, chunk), ("3", {"ncpus": "32", "mpiprocs": "4", "ompthreads": "8"}))
        self.assertEqual(seconds(resources["walltime"]), 90 * 60)
        self.assertEqual(set(resources["place"].split(":")), {"scatter", "excl"})
        self.assertTrue({"-q workq", "-A a1", "-j oe"} <= set(found), found)
        self.assertLessEqual(len(next(each for each in found if each.startswith("-N "))[3:]), 15)
        self.assertIn('\ncd "$PBS_O_WORKDIR"\n', script)

    def test_lsf(self):
        script = script_of("--nodes", "4", "--lsf", "--ranks-per-node", "2", "--threads", "10", "--time", "00:20:01", "--queue", "normal", "--account", "p")
        found = directives(script, "#BSUB")
        options = dict(each.split(" ", 1) if " " in each else (each, "") for each in found)
        tile = int(re.fullmatch(r'"span\[ptile=(\d+)\]"', options["-R"])[1])
        self.assertEqual((tile, int(options["-n"])), (20, 4 * 20))
        self.assertEqual(options["-W"], "00:21")  # hours and minutes, and never less than asked for
        self.assertEqual((options["-q"], options["-P"], options["-x"]), ("normal", "p", ""))
        self.assertIn("%J", options["-o"])

    def test_defaults(self):
        for scheduler, mark, never in (("slurm", "#SBATCH", ("partition", "account")), ("pbs", "#PBS", ("-q", "-A")), ("lsf", "#BSUB", ("-q", "-P"))):
            script = script_of("--nodes", "1", f"--{scheduler}", "--threads", "2")
            for each in directives(script, mark):
                self.assertFalse(each.removeprefix("--").startswith(never), each)
            self.assertIn("30:00" if scheduler != "lsf" else "00:30", script)
        cores = set()
        for folder in pathlib.Path("/sys/devices/system/cpu").glob("cpu[0-9]*/topology/thread_siblings_list"):
            cores.add(folder.read_text())
        if cores:
            self.assertIn(f"export OMP_NUM_THREADS={len(cores)} ", script_of("--nodes", "1", "--slurm"))

    def test_time(self):
        for text, expected in (("00:00:10", 10), ("10:00:00", 36000), ("2h", 7200), ("90", 90), ("1.5h", 5400), ("100:00:00", 360000)):
            options = directives(script_of("--nodes", "1", "--slurm", "--time", text), "#SBATCH")
            self.assertIn(f"--time={expected // 3600:02}:{expected // 60 % 60:02}:{expected % 60:02}", options, text)
        for text in ("", "0", "-1", "1:2", "1:60:00", "1:00:60", "x", "00:00:00", "1:00:00:00", "1:00:00x", "1e9h", "nan"):
            if text:
                self.refused("--time", "--nodes", "1", "--slurm", f"--time={text}")

    def refused(self, pattern, *words, what=("dot",), code=2):
        got, out, err = plan(*words, what=what)
        self.assertEqual((got, out), (code, ""), (words, err))
        self.assertRegex(err, r"^quadot: .*\n$")
        self.assertRegex(err, pattern)

    def test_bad_requests(self):
        self.refused("no scheduler", "--nodes", "1")
        self.refused("several schedulers", "--nodes", "1", "--slurm", "--pbs")
        self.refused("--nodes", "--slurm")
        for text in ("0", "-1", "x", "1,,2", "1e9"):
            self.refused("--nodes", "--slurm", f"--nodes={text}")
        self.refused("--threads", "--slurm", "--nodes", "1", "--threads", "0")
        self.refused("--ranks-per-node", "--slurm", "--nodes", "1", "--ranks-per-node", "0")
        self.refused("nothing to measure", "--slurm", "--nodes", "1", what=())
        self.refused("did you mean 'dot'", "--slurm", "--nodes", "1", what=("dott",))
        for option in ("--json", "--json=x", "--csv"):
            self.refused(option.split("=")[0], "--slurm", "--nodes", "1", what=("dot", option, "y"))
        # Directives are not read by a shell: nothing there can be quoted, and a line's end would begin another one.
        for name in ("a b", "a\n#SBATCH --begin=now", "$(id)", "a;b", "a'b", "ü"):
            for option in ("--partition", "--account"):
                for scheduler in SCHEDULERS[:3]:
                    self.refused(option, f"--{scheduler}", "--nodes", "1", option, name)
        self.refused("unknown option '--slrum'; did you mean '--slurm'", "--nodes", "1", "--slrum")
        self.refused("-o", "--nodes", "1", "--slurm", "-o", "/proc/nothing", code=3)


class MadeUpCluster(unittest.TestCase):
    """Launchers that write down how they were called; a program that writes the doctor's report with as many ranks as it is told."""

    LAUNCHER = """#!/usr/bin/env python3
import json, os, subprocess, sys
if sys.argv[1:] == ["--version"]:
    print(os.environ["MPI_VERSION"])
    sys.exit(0)
with open(os.environ["CALLS"], "a") as calls:
    calls.write(json.dumps([os.path.basename(sys.argv[0]), sys.argv[1:], {k: v for k, v in os.environ.items() if k.startswith("OMP_")}, os.getcwd()]) + "\\n")
words = sys.argv[sys.argv.index(os.environ["QUADOT_PROGRAM"]) + 1:]
if words[0] == "doctor":
    open(words[words.index("--json") + 1], "w").write('{\\n  "ranks": ' + os.environ["RANKS"] + ',\\n  "x": 1\\n}\\n')
    sys.exit(int(os.environ["DOCTOR"]))
sys.exit(int(os.environ["SCALE"]))
"""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        (self.folder / "bin").mkdir()
        for name in ("srun", "mpirun"):
            self.install(name, self.LAUNCHER)
        for name in ("sbatch", "qsub", "bsub"):
            self.install(name, f'#!/bin/sh\necho "{name} $*" >> "$CALLS"\ncat >> "$CALLS.stdin"\n')

    def install(self, name, text):
        (self.folder / "bin" / name).write_text(text)
        (self.folder / "bin" / name).chmod(0o755)

    def start(self, script, ranks, doctor=0, scale=0, version="mpirun (Open MPI) 4.1.4"):
        """Runs the script in a folder of its own; returns the exit code, the launchers' calls, and standard error."""
        work = pathlib.Path(tempfile.mkdtemp(dir=self.folder))
        (work / "job.sh").write_text(script)
        environment = {"PATH": f"{self.folder}/bin:{os.environ['PATH']}", "HOME": str(self.folder), "CALLS": str(work / "calls"), "QUADOT_PROGRAM": "/opt/a b/quadot",
                       "RANKS": str(ranks), "DOCTOR": str(doctor), "SCALE": str(scale), "MPI_VERSION": version, "SLURM_JOB_ID": "77", "PBS_JOBID": "77.server",
                       "LSB_JOBID": "77", "PBS_O_WORKDIR": str(work)}
        self.assertEqual(subprocess.run(["bash", "-n", str(work / "job.sh")], capture_output=True).returncode, 0, script)
        done = subprocess.run(["bash", str(work / "job.sh")], cwd="/" if "PBS_O_WORKDIR" in script else work, env=environment, capture_output=True, text=True, timeout=60)
        calls = [json.loads(line) for line in (work / "calls").read_text().splitlines()]
        self.assertEqual({each[3] for each in calls}, {str(work)})
        return done.returncode, calls, done.stderr

    def test_words_reach_the_program_as_they_were_typed(self):
        for scheduler in SCHEDULERS:
            script = script_of("--nodes", "2", f"--{scheduler}", "--ranks-per-node", "3", "--threads", "4", what=NASTY)
            code, calls, err = self.start(script, ranks=6)
            self.assertEqual(code, 0, err)
            self.assertEqual(len(calls), 2)
            launcher, words, _, _ = calls[1]
            self.assertEqual(launcher, "srun" if scheduler == "slurm" else "mpirun")
            words = words[words.index("/opt/a b/quadot") + 1 :]
            self.assertEqual(words[: len(NASTY) + 1], ["scale", *NASTY])
            self.assertEqual(words[len(NASTY) + 1 : -1], ["--mode", "strong,weak", "--json"])
            self.assertRegex(words[-1], r"^quadot-scale-2nodes-77\.json$" if scheduler != "local" else r"^quadot-scale-2nodes-\d{8}T\d{6}-\d+\.json$")
            self.assertFalse(os.path.exists("/tmp/never"))

    def test_ranks_are_placed_and_bound(self):
        for scheduler in ("slurm", "pbs", "lsf"):
            _, calls, err = self.start(script_of("--nodes", "2", f"--{scheduler}", "--ranks-per-node", "3", "--threads", "4"), ranks=6)
            for _, words, openmp, _ in calls:
                self.assertEqual(openmp, {"OMP_NUM_THREADS": "4", "OMP_PLACES": "cores", "OMP_PROC_BIND": "close"})
                given = words[: words.index("/opt/a b/quadot")]
                if scheduler == "slurm":
                    self.assertEqual(set(given), {"--nodes=2", "--ntasks=6", "--ntasks-per-node=3", "--cpus-per-task=4", "--cpu-bind=cores"})
                else:
                    self.assertEqual(given[:6], ["-n", "6", "--map-by", "ppr:3:node:PE=4", "--bind-to", "core"])
                    self.assertEqual(given[6:], ["-x", "OMP_NUM_THREADS", "-x", "OMP_PLACES", "-x", "OMP_PROC_BIND"])
            doctor = calls[0][1][calls[0][1].index("/opt/a b/quadot") + 1 :]
            self.assertEqual(doctor, ["doctor", "--strict", "--quiet", "--threads", "4", "--json", "quadot-doctor-2nodes-77.json"])
        _, calls, _ = self.start(script_of("--nodes", "2", "--pbs", "--ranks-per-node", "3", "--threads", "4"), ranks=6, version="HYDRA build details")
        self.assertEqual(calls[0][1][:6], ["-n", "6", "-ppn", "3", "-bind-to", "core:4"])

    def test_what_the_doctor_says(self):
        script = script_of("--nodes", "1", "--slurm", "--threads", "1")
        code, calls, err = self.start(script, ranks=1, doctor=3)
        self.assertEqual((code, len(calls)), (0, 2))
        self.assertIn("the doctor found trouble", err)
        code, calls, err = self.start(script_of("--nodes", "1", "--slurm", "--threads", "1", "--strict"), ranks=1, doctor=3)
        self.assertEqual((code, len(calls)), (3, 1))
        self.assertIn("nothing is measured", err)

    def test_single_processes_are_no_ranks(self):
        for scheduler in SCHEDULERS:
            code, calls, err = self.start(script_of("--nodes", "4", f"--{scheduler}", "--threads", "1"), ranks=1)
            self.assertEqual((code, len(calls)), (3, 1), err)
            self.assertIn("no 4 ranks in one run", err)

    def test_a_failed_run_fails_the_job(self):
        for scheduler in SCHEDULERS:
            self.assertEqual(self.start(script_of("--nodes", "1", f"--{scheduler}", "--threads", "1"), ranks=1, scale=1)[0], 1)

    def test_modes_are_left_as_asked(self):
        for more in (("--mode", "weak"), ("--mode=weak",)):
            _, calls, _ = self.start(script_of("--nodes", "1", "--slurm", "--threads", "1", what=("dot", *more)), ranks=1)
            self.assertEqual(calls[1][1][calls[1][1].index("scale") :][:-2], ["scale", "dot", *more])

    def test_folder(self):
        for scheduler, call in (("slurm", "sbatch {}"), ("pbs", "qsub {}"), ("lsf", "bsub ")):
            folder = self.folder / f"of {scheduler}" / "deeper"
            code, out, err = plan("--nodes", "1,2,8", f"--{scheduler}", "--threads", "4", "-o", str(folder))
            self.assertEqual(code, 0, err)
            self.assertIn(shlex.quote(f"{folder}/submit.sh"), out)
            names = [f"quadot-scale-{nodes}nodes.sh" for nodes in (1, 2, 8)]
            self.assertEqual(sorted(each.name for each in folder.iterdir()), sorted([*names, "submit.sh", "README"]))
            for nodes, name in zip((1, 2, 8), names):
                self.assertEqual((folder / name).read_text(), script_of("--nodes", str(nodes), f"--{scheduler}", "--threads", "4"))
            for name in (*names, "submit.sh"):
                self.assertTrue(os.access(folder / name, os.X_OK))
                self.assertEqual(subprocess.run(["bash", "-n", str(folder / name)]).returncode, 0)
            calls = self.folder / f"calls of {scheduler}"
            environment = {**os.environ, "PATH": f"{self.folder}/bin:{os.environ['PATH']}", "CALLS": str(calls)}
            subprocess.run([str(folder / "submit.sh")], check=True, env=environment, stdin=subprocess.DEVNULL, cwd="/")
            self.assertEqual(calls.read_text().splitlines(), [call.format(name) for name in names])
            if scheduler == "lsf":
                self.assertEqual(pathlib.Path(f"{calls}.stdin").read_text(), "".join((folder / name).read_text() for name in names))
            self.assertRegex((folder / "README").read_text(), r"quadot report quadot-scale-\*nodes-\*\.json -o \S+\.html")

    def test_nothing_is_overwritten_but_a_plan(self):
        folder = self.folder / "mine"
        folder.mkdir()
        words = ("--nodes", "1", "--slurm", "--threads", "4", "-o", str(folder))
        for name in ("README", "submit.sh"):
            (folder / name).write_text("mine\n")
            code, out, err = plan(*words)
            self.assertEqual((code, out), (2, ""))
            self.assertRegex(err, rf"^quadot: -o .*/{name}: there already, .*\n$")
            self.assertEqual([each.name for each in folder.iterdir()], [name])
            self.assertEqual((folder / name).read_text(), "mine\n")
            (folder / name).unlink()
        for _ in range(2):
            self.assertEqual(plan(*words)[0], 0)

    def test_printed_together(self):
        both = script_of("--nodes", "1,2", "--slurm", "--threads", "4")
        for nodes in ("1", "2"):
            self.assertIn(script_of("--nodes", nodes, "--slurm", "--threads", "4"), both)
        self.assertIn("sbatch quadot-scale-2nodes.sh", both)
        self.assertEqual(script_of("--nodes", "1..4:x2", "--slurm", "--threads", "4"), script_of("--nodes", "1,2,4", "--slurm", "--threads", "4"))


class Local(unittest.TestCase):
    def test_scripts_run(self):
        if not program_test.MPIEXEC:
            self.skipTest("no mpiexec")
        with tempfile.TemporaryDirectory() as folder:
            program = program_test.PROGRAM
            what = ["dot", "-n", "5000", "--reps", "1"]
            if not re.search(r"^  dot ", run("scale", "--help")[1], re.M):
                # Before quadot scale dot is there, quadot dot stands in for it.
                program = f"{folder}/stand-in"
                text = f'#!/bin/bash\nif [ "$1" = scale ]; then shift; set -- "${{@/--mode/--seed}}"; set -- "${{@/strong,weak/1}}"; fi\nexec {shlex.quote(program_test.PROGRAM)} "$@"\n'
                pathlib.Path(program).write_text(text)
                os.chmod(program, 0o755)
            code, _, err = plan("--nodes", "1,2", "--local", "--threads", "1", "-o", f"{folder}/plan", what=what)
            self.assertEqual(code, 0, err)
            environment = {k: v for k, v in os.environ.items() if not k.startswith(("QUADOT_", "OMP_"))}
            environment.update({"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1", "QUADOT_PROGRAM": program,
                                "PATH": f"{os.path.dirname(program_test.MPIEXEC)}:{os.environ['PATH']}"})
            done = subprocess.run([f"{folder}/plan/submit.sh"], env=environment, capture_output=True, text=True, timeout=100)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            for nodes in (1, 2):
                (file,) = pathlib.Path(folder, "plan").glob(f"quadot-scale-{nodes}nodes-*.json")
                report = json.loads(file.read_text())
                self.assertEqual(report["context"]["ranks"], nodes)
                self.assertTrue(report["benchmarks"])
                (file,) = pathlib.Path(folder, "plan").glob(f"quadot-doctor-{nodes}nodes-*.json")
                self.assertEqual(json.loads(file.read_text())["context"]["ranks"], nodes)


if __name__ == "__main__":
    program_test.PROGRAM = os.path.abspath(sys.argv[1])
    program_test.MPIEXEC = sys.argv[2] if len(sys.argv) > 2 else ""
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]], verbosity=1)
