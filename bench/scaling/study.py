#!/usr/bin/python3
"""One study of this machine, from its limits to a page: sizes x variants x threads x ranks, and thousands of simulated ranks.

    bench/scaling/study.py -o study                       # about four minutes on two cores
    bench/scaling/study.py -o study --picture docs/report.png

Writes a quadot/1 report a step into the folder, joins them as report.html and report.md, and stops at the first step that is wrong. Steps whose tools are
missing (MPI, SimGrid, Chromium) are left out and named. Times mean something only on a machine that does nothing else: `quadot doctor` says so first.
Standard library only. Exit codes: 0 right, otherwise that of the step that failed.
"""

import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def cores():
    """The CPUs that this process may use, one a core."""
    seen = set()
    for cpu in os.sched_getaffinity(0):
        path = pathlib.Path(f"/sys/devices/system/cpu/cpu{cpu}/topology/core_cpus_list")
        seen.add(path.read_text() if path.exists() else cpu)
    return len(seen)


class Study:
    def __init__(self, program, folder, quick):
        self.program = str(program)
        self.folder = folder
        self.quick = quick
        self.reports = []
        self.left_out = []

    def command(self, words, launcher=()):
        print("+", " ".join([*launcher, "quadot", *words]), flush=True)
        start = time.monotonic()
        done = subprocess.run([*launcher, self.program, *words], stdout=subprocess.PIPE, text=True)
        print(f"  {time.monotonic() - start:.1f} s", flush=True)
        if done.returncode != 0:
            sys.stderr.write(done.stdout)
            sys.exit(done.returncode)

    def measure(self, name, *words, launcher=()):
        path = self.folder / f"{name}.json"
        self.command([*words, "--json", str(path)], launcher)
        self.reports.append(path)

    def largest(self, full, quick):
        return quick if self.quick else full

    def one_process(self):
        sample = ["--max-time", "0.3s"]
        self.measure("machine", "machine")
        for threads in dict.fromkeys(("1", str(cores()))):
            self.measure(f"dot-sizes-{threads}", "dot", "--sizes", f"2^6..{self.largest('2^26', '2^14')}:x4", "--threads", threads, *sample)
        self.measure("dot-cancel", "dot", "-n", "1e5", "--data", "cancel:1e8", "--threads", "1", *sample)
        self.measure("integrate-sizes", "integrate", "cos", "0", "pi/2", "--rule", "simpson", "--threads", "1", "--sizes",
                     f"1e3..{self.largest('1e7', '1e4')}:x10", *sample)  # fmt: skip
        self.measure("scale-threads", "scale", "dot", "-n", self.largest("2^24", "2^16"), "--accumulator", "exact")

    def ranks(self):
        launcher = shutil.which("mpirun")
        if launcher is None:
            self.left_out.append("ranks: no mpirun")
            return
        if os.geteuid() == 0:
            os.environ.update(OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1")
        launch = (launcher, "-n", str(cores()))
        size = self.largest("2^24", "2^16")
        self.measure("machine-ranks", "machine", "--threads", "1", launcher=launch)
        self.measure("scale-dot-ranks", "scale", "dot", "-n", size, "--threads", "1", "--accumulator", "exact", launcher=launch)
        self.measure("scale-integrate-ranks", "scale", "integrate", "pi", "0", "1", "-n", self.largest("1e8", "1e5"), "--rule", "simpson",
                     "--threads", "1", launcher=launch)  # fmt: skip

    def simulated(self, simulated):
        if shutil.which("smpirun") is None or not simulated.exists():
            self.left_out.append("simulated ranks: no SimGrid, or quadot_simulated.so was not built")
            return
        script = [sys.executable, str(ROOT / "bench/scaling/simulate.py"), "--program", self.program, "--simulated", str(simulated)]
        problems = {
            "simulated-dot": ["dot", "-n", self.largest("2^26", "2^16"), "--accumulator", "exact"],
            "simulated-integrate": ["integrate", "pi", "0", "1", "-n", self.largest("1e8", "1e5")],
        }
        for name, problem in problems.items():
            path = self.folder / f"{name}.json"
            words = [*script, "--ranks", self.largest("16,64,256,1024,4096", "4,16"), "--json", str(path), "--", *problem]
            print("+", " ".join(words[1:]), flush=True)
            done = subprocess.run(words)
            if done.returncode != 0:
                sys.exit(done.returncode)
            self.reports.append(path)

    def pages(self, picture):
        files = [str(path) for path in self.reports]
        self.command(["report", *files, "-o", str(self.folder / "report.html"), "--title", "One machine, from L1 to 4096 simulated ranks"])
        self.command(["report", *files, "-o", str(self.folder / "report.md")])
        if picture is None:
            return
        browser = shutil.which("chromium")
        if browser is None:
            self.left_out.append("the page's picture: no chromium")
            return
        subprocess.run([browser, "--headless", "--no-sandbox", "--hide-scrollbars", "--window-size=1100,1500", f"--screenshot={picture.resolve()}",
                        (self.folder / "report.html").resolve().as_uri()], check=True, stderr=subprocess.DEVNULL)  # fmt: skip


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-o", "--output", type=pathlib.Path, required=True, metavar="FOLDER")
    parser.add_argument("--picture", type=pathlib.Path, metavar="FILE.png", help="of the page's beginning, by Chromium")
    parser.add_argument("--quick", action="store_true", help="small problems: to see that every step works")
    parser.add_argument("--program", type=pathlib.Path, default=ROOT / "build/release/quadot", help="(default: build/release/quadot)")
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    subprocess.run([options.program, "doctor", "--quiet"], check=False)
    study = Study(options.program.resolve(), options.output, options.quick)
    study.one_process()
    study.ranks()
    study.simulated(options.program.resolve().parent / "quadot_simulated.so")
    study.pages(options.picture)
    for each in study.left_out:
        print("left out:", each)
    print("wrote", options.output / "report.html")


if __name__ == "__main__":
    main()
