#!/usr/bin/python3
"""SIMULATED strong and weak scaling: `quadot dot` and `quadot integrate` themselves on thousands of ranks of a stated cluster, simulated by SimGrid.

    bench/scaling/simulate.py --ranks 16,64,256,1024,4096 -- dot -n 2^26 --accumulator exact
    bench/scaling/simulate.py --mode weak --fold 64 --json weak.json -- dot -n 2^14

Communication is the real program's (build/release/quadot_simulated.so: its objects, with ranks/mpi.cpp compiled against SimGrid's MPI), every rank sums
its real terms, and the value must be that of `quadot`, bit by bit. Times are a model's; docs/simulated.md states it:
  compute  one rank's share, measured here on one core by `quadot` (hot caches, as in the loop that is timed), but not faster than
           its part of the node's memory bandwidth where the share does not fit into a core's L2 cache
  network  a fat tree of two levels; latency and bandwidth of each link, shared memory within a node, overhead of each message
  loggp    beside it, what the LogGP model says of one reduction by recursive doubling, P ranks, R of them on a node, messages of m bytes:
           sum over rounds k = 0 ... ceil(log2 P) - 1 of L + 2 o + G m + merge, where L and G are shared memory's while 2^k < R, and otherwise the
           network's, with G the time a byte times the R ranks that use the node's link at once
           (Culler et al., LogP, PPoPP 1993; Alexandrov et al., LogGP, SPAA 1995; recursive doubling: Thakur, Rabenseifner & Gropp 2005)

--mode weak: -n is what each rank has. --fold K: every term stands for K: compute and problem size are those of K times as many terms, while memory and
value are those of -n. Standard library only.

Exit codes: 0 right, 1 a value differs, 2 bad usage, 3 no SimGrid or the run failed, 4 the simulated program deadlocked.
"""

import argparse
import contextlib
import json
import math
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from typing import NamedTuple

BUILD = pathlib.Path(__file__).resolve().parent.parent.parent / "build" / "release"
L2_BYTES = 2**20  # a core's; EPYC 9004 has 1 MiB
LARGEST_MEASURED = 2**26  # terms; the time of longer shares is in proportion
TERMS_PER_BLOCK = 8192  # of dot products: ranks share blocks, so a share is a multiple of it
PASSES = {"ball": 1, "tolerance": 2, "integers": 3}  # of an exact sum, each with its reduction
UNITS = {"": 1, "k": 10**3, "M": 10**6, "G": 10**9, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30}
SHELL_WORD = re.compile(r"[A-Za-z0-9_./:=^+,@%~-]+")


class Failure(Exception):
    """What ends the script: one line of text and its exit code."""

    def __init__(self, text, code):
        super().__init__(text)
        self.code = code


class Cluster(NamedTuple):
    """Seconds and bytes a second. docs/simulated.md says where the defaults come from."""

    cores: int  # of a node, one rank each
    nodes_per_leaf: int
    link_latency: float  # of a link with its end: 2 between nodes of a leaf switch, 4 by way of a spine switch
    link_bandwidth: float
    memory_latency: float  # of a message within a node
    memory_bandwidth: float
    overhead: float  # a processor's share in sending or in receiving a message
    merge: float  # of two partial results
    node_bandwidth: float  # that the cores of a node read memory with

    def nodes(self, ranks):
        return -(-ranks // self.cores)

    def describe(self, ranks):
        return (
            f"{self.nodes(ranks)} nodes of {self.cores} cores; two-level fat tree, {self.nodes_per_leaf} nodes a leaf switch, links of "
            f"{self.link_bandwidth / 1e9:g} GB/s and {self.link_latency * 1e6:g} us; within a node {self.memory_latency * 1e6:g} us and "
            f"{self.memory_bandwidth / 1e9:g} GB/s; {self.overhead * 1e6:g} us to send or to receive, {self.merge * 1e6:g} us to merge; "
            f"nodes read memory with {self.node_bandwidth / 1e9:g} GB/s"
        )


class Problem(NamedTuple):
    words: list  # the command without -n
    name: str  # dot or integrate
    n: int

    def command(self, n):
        return [*self.words, "-n", str(n)]


class Answer(NamedTuple):
    seconds: float  # median
    fastest: float
    variant: str
    value: object
    value_hex: str
    passes: int


class Simulated(NamedTuple):
    answer: Answer
    message: int  # bytes
    wall: float  # seconds it took here
    memory: int  # bytes it took here


def size_of(text):
    """Quadot's sizes: 1000, 1e9, 2^30, 64k, 1Gi."""
    power = re.fullmatch(r"(\d+)\^(\d+)", text)
    if power:
        return int(power[1]) ** int(power[2])
    number = re.fullmatch(r"(\d+(?:\.\d+)?(?:e\d+)?)(k|M|G|Ki|Mi|Gi)?", text)
    if number and float(number[1]) * UNITS[number[2] or ""] == int(float(number[1]) * UNITS[number[2] or ""]):
        return int(float(number[1]) * UNITS[number[2] or ""])
    raise Failure(f"-n {text}: no size; write 1000, 1e9, 2^30, 64k or 1Gi", 2)


def problem_of(words):
    """The command after --, its -n taken out."""
    if not words or words[0] not in ("dot", "integrate"):
        raise Failure("command: what to simulate is missing; append -- dot -n 2^24 or -- integrate pi 0 1 -n 1e8", 2)
    for word in words:
        if not SHELL_WORD.fullmatch(word):
            raise Failure(f"'{word}': smpirun splits its program's words at blanks and expands patterns; use a named integrand", 2)
    rest, n = [], None
    at = 0
    while at < len(words):
        word = words[at]
        if word in ("-n", "--n"):
            if at + 1 == len(words):
                raise Failure("-n: no size; write -n 2^24", 2)
            n = size_of(words[at + 1])
            at += 2
            continue
        name = word.split("=")[0]
        if name.startswith("--n="):
            n = size_of(word[4:])
        elif name in ("--threads", "--json", "--csv", "--quiet", "--compare", "--reps", "--max-time", "--dry-run"):
            raise Failure(f"{name}: set by this script; leave it out", 2)
        elif word.endswith(".npy"):
            raise Failure(f"{word}: files have one length; give -n", 2)
        else:
            rest.append(word)
        at += 1
    if n is None:
        raise Failure("-n: missing; an integral to a tolerance evaluates what it finds, which no share of a rank foretells", 2)
    if n < 1:
        raise Failure("-n 0: nothing to share; give at least 1", 2)
    return Problem(rest, rest[0], n)


def share_of(problem, n, ranks):
    """The most terms or panels that a rank has."""
    block = TERMS_PER_BLOCK if problem.name == "dot" else 1
    return min(n, -(-(-(-n // block)) // ranks) * block)


def answer_of(report, own):
    """Of the row of `quadot`'s own kernel."""
    rows = report.get("benchmarks", [])
    if len(rows) != 1:
        raise Failure(f"{own}: {len(rows)} rows where one was asked for; report this as a defect", 3)
    row = rows[0]
    return Answer(row["real_time"] * 1e-9, min(row["samples"]) * 1e-9, row["name"], row["value"], row["value_hex"], PASSES[report["result"].get("decided_by", "ball")])


def run_here(program, words):
    """`quadot` on one core of this machine."""
    words = [str(program), *words, "--threads", "1", "--compare", "none", "--json", "-"]
    try:
        done = subprocess.run(words, capture_output=True, text=True, check=False)
    except OSError as failure:
        raise Failure(f"{program}: {failure.strerror}; build it: cmake --build --preset release", 3) from failure
    if done.returncode != 0:
        raise Failure(f"{' '.join(words)}: exit code {done.returncode}: {done.stderr.strip()}", 2 if done.returncode == 2 else 3)
    return answer_of(json.loads(done.stdout), words[0])


class Measured:
    """Seconds of a share on one core of this machine, by the fastest sample: what else runs here is not to be simulated. Each length once."""

    def __init__(self, program, problem):
        self.program, self.problem, self.known = program, problem, {}

    def seconds(self, count):
        length = min(count, LARGEST_MEASURED)
        if length not in self.known:
            words = [*self.problem.command(length), "--max-time", "1s"]
            self.known[length] = run_here(self.program, words).fastest
        return self.known[length] * count / length


def compute_seconds(measured, cluster, problem, share, ranks, bytes_a_term):
    """Of one share, on a node whose cores all work."""
    alone = measured.seconds(share)
    if problem.name != "dot" or share * bytes_a_term <= L2_BYTES:
        return alone
    return max(alone, share * bytes_a_term * min(ranks, cluster.cores) / cluster.node_bandwidth)


def rounds_of(ranks):
    """Distances between partners in recursive doubling; where `ranks` is no power of two, one round before and one behind (distance 1)."""
    power = 2 ** int(math.log2(ranks))
    distances = [2**k for k in range(int(math.log2(power)))]
    return distances if power == ranks else [1, *distances, 1]


def loggp_seconds(cluster, ranks, message):
    """One reduction."""
    total = 0.0
    for distance in rounds_of(ranks):
        total += 2 * cluster.overhead + cluster.merge
        if distance < cluster.cores:
            total += cluster.memory_latency + message / cluster.memory_bandwidth
        else:
            links = 2 if distance < cluster.cores * cluster.nodes_per_leaf else 4
            total += links * cluster.link_latency + message * cluster.cores / cluster.link_bandwidth
    return total


def write_platform(folder, cluster, ranks):
    """platform.xml, and hosts: a line for each rank."""
    nodes = cluster.nodes(ranks)
    leaf = min(nodes, cluster.nodes_per_leaf)
    leaves = -(-nodes // leaf)
    # As many spine switches as a leaf has nodes: no link of the tree is shared by more than what one node sends.
    (folder / "platform.xml").write_text(
        f"""<?xml version='1.0'?>
<!DOCTYPE platform SYSTEM "https://simgrid.org/simgrid.dtd">
<platform version="4.1">
  <cluster id="cluster" prefix="node" suffix="" radical="0-{leaf * leaves - 1}" speed="1Gf" core="{cluster.cores}"
           bw="{cluster.link_bandwidth:.9g}Bps" lat="{cluster.link_latency:.9g}s" topology="FAT_TREE"
           topo_parameters="2;{leaf},{leaves};1,{leaf};1,1"
           loopback_bw="{cluster.memory_bandwidth:.9g}Bps" loopback_lat="{cluster.memory_latency:.9g}s"/>
</platform>
""",
        encoding="utf-8",
    )
    hosts = "".join(f"node{rank // cluster.cores}\n" for rank in range(ranks))
    (folder / "hosts").write_text(hosts, encoding="utf-8")


def simulator_words(folder, cluster, ranks):
    overhead = f"0:{cluster.overhead:.9g}:0"
    return [
        "smpirun", "-np", str(ranks), "-platform", str(folder / "platform.xml"), "-hostfile", str(folder / "hosts"),
        # Ranks share the program's globals: copies for each would be hundreds of megabytes, and nothing here needs them.
        "-no-privatize",
        # Times are the platform's: by default they are corrected by what SimGrid's authors found on Gigabit Ethernet, for TCP and its
        # acknowledgements, which take 5 % of the other direction.
        "--cfg=smpi/bw-factor:0:1", "--cfg=smpi/lat-factor:0:1", "--cfg=network/crosstraffic:no",
        f"--cfg=smpi/os:{overhead}", f"--cfg=smpi/ois:{overhead}", f"--cfg=smpi/or:{overhead}",
        "--cfg=smpi/simulate-computation:no",
        # Keeps the ranks' order, as operations that do not commute need; and barriers that all ranks leave at nearly one time.
        "--cfg=smpi/allreduce:rdb", "--cfg=smpi/barrier:ompi_recursivedoubling",
        "--cfg=contexts/stack-size:1024", "--log=root.thres:error",
    ]  # fmt: skip


def simulate(options, cluster, problem, n, ranks, compute):
    """One run of the program on `ranks` simulated ranks."""
    with tempfile.TemporaryDirectory(prefix="quadot_simulated_") as name:
        folder = pathlib.Path(name)
        write_platform(folder, cluster, ranks)
        words = [*simulator_words(folder, cluster, ranks), str(options.simulated), *problem.command(n), "--threads", "1", "--compare", "none"]
        words += ["--reps", "1", "--json", str(folder / "report.json")]
        merges = len(rounds_of(ranks)) * cluster.merge
        environment = dict(os.environ, QUADOT_SIMULATED_SECONDS=repr(compute + merges), QUADOT_SIMULATED_MESSAGE=str(folder / "message"))
        with open(folder / "output", "w+", encoding="utf-8", errors="replace") as output:
            start = time.monotonic()
            try:
                child = subprocess.Popen(words, cwd=folder, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, env=environment,
                                         start_new_session=True)  # fmt: skip
            except OSError as failure:
                raise Failure(f"smpirun: {failure.strerror}; install SimGrid (Debian: libsimgrid-dev)", 3) from failure

            def stop():
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(child.pid, signal.SIGKILL)

            late = threading.Event()
            timer = threading.Timer(options.timeout, lambda: (late.set(), stop()))
            timer.start()
            try:
                _, status, usage = os.wait4(child.pid, 0)
            except BaseException:
                stop()
                raise
            finally:
                timer.cancel()
            child.returncode = os.waitstatus_to_exitcode(status)
            wall = time.monotonic() - start
            output.seek(0)
            said = output.read()
        if late.is_set():
            raise Failure(f"{ranks} ranks: not done after {options.timeout:g} s; give --timeout more, or simulate fewer ranks", 3)
        # SimGrid's exit code does not tell.
        if "deadlock" in said.lower():
            raise Failure(f"{ranks} ranks: the simulated program deadlocked; report this as a defect", 4)
        if child.returncode != 0 or not (folder / "report.json").exists():
            last = (said.strip().splitlines() or ["nothing was said"])[0]
            raise Failure(f"{ranks} ranks: the simulation failed with exit code {child.returncode}: {last}", 3)
        report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
        if report["context"].get("ranks") != ranks or not report["context"].get("simulated"):
            raise Failure(f"{ranks} ranks: the report is of {report['context'].get('ranks')} ranks; report this as a defect", 3)
        note = folder / "message"
        message = int(note.read_text(encoding="utf-8")) if note.exists() else 0
        return Simulated(answer_of(report, "simulation"), message, wall, usage.ru_maxrss * 1024)


def study(options, cluster, problem, mode, measured):
    """A row for each number of ranks."""
    bytes_a_term = 8 if "f32" in problem.words else 16
    rows, real = [], {}
    for ranks in options.ranks:
        n = problem.n * (ranks if mode == "weak" else 1)
        share = share_of(problem, n, ranks) * options.fold
        compute = compute_seconds(measured, cluster, problem, share, ranks, bytes_a_term)
        alone = measured.seconds((problem.n if mode == "weak" else n) * options.fold)
        found = simulate(options, cluster, problem, n, ranks, compute)
        if n not in real:
            real[n] = run_here(options.program, [*problem.command(n), "--reps", "1"])
        answer = found.answer
        passes = answer.passes
        speedup = alone * (ranks if mode == "weak" else 1) * passes / answer.seconds
        rows.append({
            "name": f"scale/{mode}/{answer.variant}/ranks:{ranks}/threads:1",
            "run_name": f"scale/{mode}/{answer.variant}/ranks:{ranks}/threads:1",
            "run_type": "iteration",
            "repetitions": 1,
            "repetition_index": 0,
            "threads": 1,
            "iterations": 1,
            "study": mode,
            "variant": answer.variant,
            "simulated": True,
            "ranks": ranks,
            "workers": ranks,
            "nodes": cluster.nodes(ranks),
            "problem_size": n * options.fold,
            "fold": options.fold,
            "real_time": answer.seconds * 1e9,
            "cpu_time": passes * compute * 1e9,
            "time_unit": "ns",
            "samples": [answer.seconds * 1e9],
            "compute_time": passes * compute * 1e9,
            "loggp_time": passes * (compute + loggp_seconds(cluster, ranks, found.message)) * 1e9,
            "message_bytes": found.message,
            "speedup": speedup,
            "efficiency": speedup / ranks,
            "communication_share": max(0.0, 1 - passes * compute / answer.seconds),
            "value": answer.value,
            "value_hex": answer.value_hex,
            "value_terms": n,
            "verdict": "pass" if answer.value_hex == real[n].value_hex else "fail",
            "simulation_seconds": found.wall,
            "simulation_bytes": found.memory,
        })  # fmt: skip
        print(row_text(rows[-1]), file=options.table, flush=True)
    return rows


def readable(nanoseconds):
    for size, unit in ((1e9, "s"), (1e6, "ms"), (1e3, "us")):
        if nanoseconds >= size:
            return f"{nanoseconds / size:.4g} {unit}"
    return f"{nanoseconds:.4g} ns"


HEADER = (
    f"{'ranks':>6} {'nodes':>6} {'SIMULATED':>10} {'compute':>10} {'LogGP':>10} {'speedup':>8} {'efficiency':>10} {'communication':>13} "
    f"{'value':<24} {'as quadot':<9} {'took here':>9} {'memory':>8}"
)


def row_text(row):
    return (
        f"{row['ranks']:>6} {row['nodes']:>6} {readable(row['real_time']):>10} {readable(row['compute_time']):>10} "
        f"{readable(row['loggp_time']):>10} {row['speedup']:>8.1f} {row['efficiency']:>10.3f} {row['communication_share']:>13.1%} "
        f"{row['value_hex']:<24} {'same bits' if row['verdict'] == 'pass' else 'DIFFERS':<9} {row['simulation_seconds']:>7.1f} s "
        f"{row['simulation_bytes'] / 2**20:>4.0f} MiB"
    )


def positive(text):
    value = float(text)
    if not (value > 0 and math.isfinite(value)):
        raise ValueError
    return value


def not_negative(text):
    value = float(text)
    if not (value >= 0 and math.isfinite(value)):
        raise ValueError
    return value


def whole(text):
    value = int(text)
    if value < 1:
        raise ValueError
    return value


def counts(text):
    found = sorted({whole(word) for word in text.split(",")})
    if found[0] < 2:
        raise ValueError
    return found


def modes(text):
    found = text.split(",")
    if not set(found) <= {"strong", "weak"}:
        raise ValueError
    return found


def parse(arguments):
    before, _, command = (arguments[: arguments.index("--")], None, arguments[arguments.index("--") + 1 :]) if "--" in arguments else (arguments, None, [])
    parser = argparse.ArgumentParser(
        description="SIMULATED scaling of `quadot dot` and `quadot integrate` on a stated cluster.",
        usage="simulate.py [options] -- dot -n 2^26 --accumulator exact",
        epilog="example: bench/scaling/simulate.py --ranks 16,64 -- integrate pi 0 1 -n 1e8",
    )
    parser.add_argument("--ranks", type=counts, default=counts("16,64,256,1024,4096"), metavar="P,P,...", help="from 2 on (default: 16,...,4096)")
    parser.add_argument("--mode", type=modes, default=["strong"], metavar="strong|weak|strong,weak", help="weak: -n is each rank's (default: strong)")
    parser.add_argument("--fold", type=whole, default=1, metavar="K", help="every term stands for K (default: 1)")
    parser.add_argument("--json", metavar="FILE", help="write a quadot/1 report there; - is standard output")
    parser.add_argument("--timeout", type=positive, default=900.0, metavar="S", help="seconds for each number of ranks (default: 900)")
    parser.add_argument("--program", type=pathlib.Path, default=BUILD / "quadot", help="(default: build/release/quadot)")
    parser.add_argument("--simulated", type=pathlib.Path, default=BUILD / "quadot_simulated.so", help="(default: build/release/quadot_simulated.so)")
    machine = parser.add_argument_group("the cluster (seconds, bytes a second)")
    machine.add_argument("--cores", type=whole, default=64, help="of a node, a rank each (default: 64)")
    machine.add_argument("--nodes-per-leaf", type=whole, default=16, help="nodes at a leaf switch (default: 16)")
    machine.add_argument("--link-latency", type=positive, default=0.25e-6, help="of each of 2 or 4 links (default: 0.25e-6)")
    machine.add_argument("--link-bandwidth", type=positive, default=25e9, help="(default: 25e9, 200 Gbit/s)")
    machine.add_argument("--memory-latency", type=positive, default=0.3e-6, help="of a message within a node (default: 0.3e-6)")
    machine.add_argument("--memory-bandwidth", type=positive, default=10e9, help="likewise (default: 10e9)")
    machine.add_argument("--overhead", type=not_negative, default=0.2e-6, help="to send or to receive a message (default: 0.2e-6)")
    machine.add_argument("--merge", type=not_negative, default=0.1e-6, help="of two partial results (default: 0.1e-6)")
    machine.add_argument("--node-bandwidth", type=positive, default=460.8e9, help="of a node's memory (default: 460.8e9)")
    options = parser.parse_args(before)
    options.problem = problem_of(command)
    options.table = sys.stderr if options.json == "-" else sys.stdout
    return options


def write_report(options, cluster, rows, host):
    report = {
        "schema": "quadot/1",
        "command": ["simulate.py", *sys.argv[1:]],
        "context": {
            **host,
            "ranks": max(options.ranks),
            "threads": 1,
            "simulated": {
                "description": "SIMULATED by SimGrid, not measured on a cluster: " + cluster.describe(max(options.ranks)),
                "nodes": cluster.nodes(max(options.ranks)),
                "ranks_per_node": cluster.cores,
                **{"cores_per_node" if name == "cores" else name: value for name, value in cluster._asdict().items()},
                "topology": "fat tree",
            },
        },
        "benchmarks": [dict(row, family_index=k, per_family_instance_index=0) for k, row in enumerate(rows)],
    }
    text = json.dumps(report, indent=2) + "\n"
    if options.json == "-":
        sys.stdout.write(text)
        return
    target = pathlib.Path(options.json)
    part = target.with_name(target.name + f".{os.getpid()}.part")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(target)
    except OSError as failure:
        with contextlib.suppress(OSError):
            part.unlink()
        raise Failure(f"--json {target}: {failure.strerror}; choose another file", 3) from failure


def host_facts(options):
    """The context of a run of `quadot` here, whose rate the simulation uses."""
    words = [str(options.program), "dot", "-n", "1", "--threads", "1", "--compare", "none", "--reps", "1", "--json", "-"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    keep = ("date", "host_name", "executable", "num_cpus", "mhz_per_cpu", "cpu", "operating_system", "compiler", "flags", "build_type", "git", "isa")
    context = json.loads(done.stdout)["context"]
    return {name: context[name] for name in keep if name in context}


def main(arguments):
    options = parse(arguments)
    cluster = Cluster(options.cores, options.nodes_per_leaf, options.link_latency, options.link_bandwidth, options.memory_latency,
                      options.memory_bandwidth, options.overhead, options.merge, options.node_bandwidth)  # fmt: skip
    problem = options.problem
    if shutil.which("smpirun") is None:
        raise Failure("smpirun: not found; install SimGrid (Debian: libsimgrid-dev)", 3)
    for program, target in ((options.program, "quadot_program"), (options.simulated, "quadot_simulated")):
        if not program.exists():
            raise Failure(f"{program}: no such program; build it: ninja -C build/release {target}", 3)
    options.program, options.simulated = options.program.resolve(), options.simulated.resolve()
    host = host_facts(options)
    measured = Measured(options.program, problem)
    rows = []
    for mode in options.mode:
        size = f"{problem.n * options.fold}{' a rank' if mode == 'weak' else ''}"
        folded = f"; folded: every term stands for {options.fold}, values are of {problem.n}" if options.fold > 1 else ""
        print(f"SIMULATED, not measured on a cluster: {' '.join(problem.words)}, n = {size}, {mode} scaling{folded}", file=options.table)
        print(f"  cluster   {cluster.describe(max(options.ranks))}", file=options.table)
        print(f"  compute   measured on one core of {host.get('cpu', 'this machine')}, injected\n", file=options.table)
        print(HEADER, file=options.table, flush=True)
        rows += study(options, cluster, problem, mode, measured)
    if options.json:
        write_report(options, cluster, rows, host)
    wrong = [row for row in rows if row["verdict"] != "pass"]
    if wrong:
        raise Failure(f"{wrong[0]['ranks']} ranks: the value {wrong[0]['value_hex']} is not that of quadot; report this as a defect", 1)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except Failure as end:
        print(f"simulate.py: {end}", file=sys.stderr)
        sys.exit(end.code)
