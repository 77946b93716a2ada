#!/usr/bin/python3
"""From the notes to the cluster: the lecture notes' versions, timed beside Quadot.

Every version computes the left-rule integral of the notes,

    step = (b - a) / n_iter;   total = 0;   total += f(a + i * step) * step,   i = 0 … n_iter - 1

in this order of operations, so that it prints the notes' digits. A version with jobs cuts [a, b] into
n_jobs equal pieces of n_iter // n_jobs steps each and adds the pieces from left to right.

Values come before times: a version whose value differs is reported and the script exits with 1
(0: all right, 2: bad usage, 3: the report cannot be written). NumPy, Numba, Cython and joblib are optional.
"""

import argparse
import contextlib
import dataclasses
import functools
import importlib
import importlib.metadata
import importlib.util
import json
import math
import multiprocessing
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
import warnings
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Callable, ContextManager, Iterator, NamedTuple, Optional

HERE = pathlib.Path(__file__).resolve().parent
DEFAULT_QUADOT = HERE.parent.parent / "build" / "release" / "quadot"
QUADOT_TIMEOUT = 600  # seconds
N_JOBS = 2  # as in the notes
DEBIAN_PACKAGES = {"numpy": "python3-numpy", "numba": "python3-numba", "Cython": "cython3", "joblib": "python3-joblib"}

Integrand = Callable[[float], float]
Piece = tuple[float, float, int]  # lower limit, upper limit, steps

# --- The notes' versions -------------------------------------------------------------------------------------------


def integrate(integrand: Integrand, lower: float, upper: float, n_iter: int) -> float:
    """Left-rule integral of `integrand` over [lower, upper] with n_iter steps: the loop of the notes."""
    step = (upper - lower) / n_iter
    total = 0.0
    for i in range(n_iter):
        total += integrand(lower + i * step) * step
    return total


def cut(lower: float, upper: float, n_iter: int, n_jobs: int) -> list[Piece]:
    """Cuts [lower, upper] into one piece a job, of n_iter // n_jobs steps each."""
    width = (upper - lower) / n_jobs
    return [(lower + job * width, lower + (job + 1) * width, n_iter // n_jobs) for job in range(n_jobs)]


def add(values: Any) -> float:
    """Adds from left to right; not sum(), which compensates rounding errors from Python 3.12 on."""
    total = 0.0
    for value in values:
        total += value
    return total


def integrate_threads(integrate_piece: Callable[..., float], lower: float, upper: float, n_iter: int,
                      n_jobs: int = N_JOBS) -> float:
    """integrate_piece(lower, upper, steps) for every piece, on a thread pool made for this call, as in the notes."""
    with ThreadPoolExecutor(max_workers=n_jobs) as pool:
        futures = [pool.submit(integrate_piece, *piece) for piece in cut(lower, upper, n_iter, n_jobs)]
        return add(future.result() for future in futures)


def send_integral(connection: Any, integrand: Integrand, piece: Piece) -> None:
    """Body of a fresh process: one integral, sent through its pipe."""
    connection.send(integrate(integrand, *piece))
    connection.close()


def integrate_fresh_processes(integrand: Integrand, lower: float, upper: float, n_iter: int,
                              n_jobs: int = N_JOBS) -> float:
    """One new process and one pipe for every piece."""
    running = []
    for piece in cut(lower, upper, n_iter, n_jobs):
        receiver, sender = multiprocessing.Pipe(duplex=False)
        process = multiprocessing.Process(target=send_integral, args=(sender, integrand, piece))
        process.start()
        sender.close()  # a process that dies then gives EOFError, not silence
        running.append((process, receiver))
    total = add(receiver.recv() for _, receiver in running)
    for process, receiver in running:
        receiver.close()
        process.join()
    return total


def serve_integrals(connection: Any) -> None:
    """Body of a warm process: an integral for every task received, until None."""
    while (task := connection.recv()) is not None:
        integrand, piece = task
        connection.send(integrate(integrand, *piece))
    connection.close()


@contextlib.contextmanager
def warm_processes(n_jobs: int = N_JOBS) -> Iterator[Callable[..., float]]:
    """Yields integrate(integrand, lower, upper, n_iter) on n_jobs processes that wait for tasks at their pipes."""
    running = []
    for _ in range(n_jobs):
        here, there = multiprocessing.Pipe()
        process = multiprocessing.Process(target=serve_integrals, args=(there,), daemon=True)
        process.start()
        there.close()
        running.append((process, here))

    def integrate_warm_processes(integrand: Integrand, lower: float, upper: float, n_iter: int) -> float:
        for (_, connection), piece in zip(running, cut(lower, upper, n_iter, n_jobs)):
            connection.send((integrand, piece))
        return add(connection.recv() for _, connection in running)

    try:
        yield integrate_warm_processes
    finally:
        for process, connection in running:
            with contextlib.suppress(OSError):
                connection.send(None)
            connection.close()
            process.join()


# --- Optional packages ---------------------------------------------------------------------------------------------


class Absent(Exception):
    """A version that cannot run here; the message says what to install."""


def require(module: str) -> Any:
    """Imports `module`, or raises Absent with the name of its Debian package."""
    package = DEBIAN_PACKAGES[module.partition(".")[0]]
    if importlib.util.find_spec(module.partition(".")[0]) is None:
        raise Absent(f"absent: install {package}")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # numba.pycc announces its end
            return importlib.import_module(module)
    except ImportError as error:
        raise Absent(f"absent: {package} cannot be imported ({first_line(error)})") from error


def first_line(error: object) -> str:
    """The first line of a message, fit for a table cell."""
    return (str(error).strip().splitlines() or ["no message"])[0].replace("|", "/")


class Compiled(NamedTuple):
    integrate: Callable[[float, float, int], float]  # of cos
    seconds: float  # to compile


def load_extension(name: str, folder: pathlib.Path) -> Any:
    """Imports the extension module `name` that was built in `folder`."""
    path = folder / (name + sysconfig.get_config_var("EXT_SUFFIX"))
    specification = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


@functools.lru_cache(maxsize=None)
def compile_cython(folder: pathlib.Path) -> Compiled:
    """cython_integrate.pyx to C to a module in `folder`.

    Contraction off: the notes' bits have no fused multiply-add."""
    require("Cython")
    name = "cython_integrate"
    source = folder / f"{name}.c"
    library = folder / (name + sysconfig.get_config_var("EXT_SUFFIX"))
    compiler = (os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc").split()
    start = time.perf_counter()
    for command in (
        [sys.executable, "-m", "cython", "-3", str(HERE / f"{name}.pyx"), "-o", str(source)],
        [*compiler, "-O3", "-ffp-contract=off", "-shared", "-fPIC", f"-I{sysconfig.get_path('include')}",
         str(source), "-o", str(library), "-lm"],
    ):
        try:
            subprocess.run(command, check=True, capture_output=True, text=True)
        except (OSError, subprocess.CalledProcessError) as error:
            raise Absent("absent: install gcc and python3-dev (Cython's C did not compile)") from error
    seconds = time.perf_counter() - start
    return Compiled(load_extension(name, folder).integrate, seconds)


def integrate_cos(lower: float, upper: float, n_iter: int) -> float:
    """The loop of the notes with cos inside: what Numba compiles."""
    step = (upper - lower) / n_iter
    total = 0.0
    for i in range(n_iter):
        total += math.cos(lower + i * step) * step
    return total


NUMBA_SIGNATURE = "float64(float64, float64, int64)"


@functools.lru_cache(maxsize=None)
def compile_numba(releases_lock: bool) -> Compiled:
    """@njit, strict floating point; `releases_lock` is Numba's nogil."""
    numba = require("numba")
    start = time.perf_counter()
    compiled = numba.njit(NUMBA_SIGNATURE, nogil=releases_lock)(integrate_cos)
    return Compiled(compiled, time.perf_counter() - start)


@functools.lru_cache(maxsize=None)
def compile_numba_parallel() -> Compiled:
    """@njit(parallel, fastmath): Numba reorders the sum, so the bits are its own."""
    numba = require("numba")

    def integrate_cos_parallel(lower: float, upper: float, n_iter: int) -> float:
        step = (upper - lower) / n_iter
        total = 0.0
        for i in numba.prange(n_iter):
            total += math.cos(lower + i * step) * step
        return total

    start = time.perf_counter()
    numba.set_num_threads(min(N_JOBS, numba.config.NUMBA_NUM_THREADS))
    compiled = numba.njit(NUMBA_SIGNATURE, parallel=True, fastmath=True)(integrate_cos_parallel)
    return Compiled(compiled, time.perf_counter() - start)


@functools.lru_cache(maxsize=None)
def compile_numba_ahead(folder: pathlib.Path) -> Compiled:
    """Ahead of time with numba.pycc, into a module in `folder`."""
    require("numba")
    pycc = require("numba.pycc")
    name = "numba_integrate"
    start = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            module = pycc.CC(name)
            module.output_dir = str(folder)
            module.export("integrate", NUMBA_SIGNATURE)(integrate_cos)
            module.compile()
        except Exception as error:  # distutils, setuptools and the compiler each raise their own
            raise Absent(f"absent: install gcc and python3-dev (numba.pycc: {first_line(error)})") from error
    seconds = time.perf_counter() - start
    return Compiled(load_extension(name, folder).integrate, seconds)


# --- The list ------------------------------------------------------------------------------------------------------


class Prepared(NamedTuple):
    integrate: Callable[[float, float, int], float]  # of cos, over [lower, upper], n_iter steps in all
    compile_seconds: Optional[float] = None


@dataclasses.dataclass(frozen=True)
class Version:
    label: str
    n_jobs: int  # Quadot's counterpart gets as many threads
    prepare: Callable[[pathlib.Path], ContextManager[Prepared]]  # given a temporary folder; may raise Absent
    same_order: bool = True  # the notes' bits; otherwise only within the error bound of a sum


VERSIONS: list[Version] = []


def version(label: str, n_jobs: int = 1, same_order: bool = True) -> Callable[[Any], Any]:
    """Adds the decorated generator, which yields one Prepared, to the list."""

    def register(generator: Any) -> Any:
        VERSIONS.append(Version(label, n_jobs, contextlib.contextmanager(generator), same_order))
        return generator

    return register


# Processes come before Numba's thread team, which does not survive a fork.


@version("Python loop")
def prepare_loop(_folder):
    yield Prepared(functools.partial(integrate, math.cos))


@version(f"thread pool, {N_JOBS} threads", N_JOBS)
def prepare_threads(_folder):
    yield Prepared(functools.partial(integrate_threads, functools.partial(integrate, math.cos)))


@version(f"{N_JOBS} processes and pipes, fresh", N_JOBS)
def prepare_fresh_processes(_folder):
    yield Prepared(functools.partial(integrate_fresh_processes, math.cos))


@version(f"{N_JOBS} processes and pipes, warm", N_JOBS)
def prepare_warm_processes(_folder):
    with warm_processes() as integrate_warm_processes:
        yield Prepared(functools.partial(integrate_warm_processes, math.cos))


def prepare_joblib(_folder, backend):
    joblib = require("joblib")
    with joblib.Parallel(n_jobs=N_JOBS, backend=backend) as parallel:

        def integrate_joblib(lower: float, upper: float, n_iter: int) -> float:
            tasks = [joblib.delayed(integrate)(math.cos, *piece) for piece in cut(lower, upper, n_iter, N_JOBS)]
            return add(parallel(tasks))

        yield Prepared(integrate_joblib)


for joblib_backend in ("loky", "threading", "multiprocessing"):
    register_joblib = version(f"joblib {joblib_backend}, {N_JOBS} jobs", N_JOBS)
    register_joblib(functools.partial(prepare_joblib, backend=joblib_backend))


@version("Cython nogil, 1 thread")
def prepare_cython(folder):
    compiled = compile_cython(folder)
    yield Prepared(compiled.integrate, compiled.seconds)


@version(f"Cython nogil, {N_JOBS} threads", N_JOBS)
def prepare_cython_threads(folder):
    yield Prepared(functools.partial(integrate_threads, compile_cython(folder).integrate))  # compiled above


@version("Numba @njit")
def prepare_numba(_folder):
    yield Prepared(*compile_numba(releases_lock=False))


@version(f"Numba nogil, {N_JOBS} threads", N_JOBS)
def prepare_numba_threads(_folder):
    compiled = compile_numba(releases_lock=True)
    yield Prepared(functools.partial(integrate_threads, compiled.integrate), compiled.seconds)


@version(f"Numba parallel fastmath, {N_JOBS} threads", N_JOBS, same_order=False)
def prepare_numba_parallel(_folder):
    yield Prepared(*compile_numba_parallel())


@version("Numba AOT (pycc)")
def prepare_numba_ahead(folder):
    yield Prepared(*compile_numba_ahead(folder))


@version("NumPy vectorised", same_order=False)
def prepare_numpy(_folder):
    numpy = require("numpy")

    def integrate_numpy(lower: float, upper: float, n_iter: int) -> float:
        step = (upper - lower) / n_iter
        return float(numpy.sum(numpy.cos(lower + numpy.arange(n_iter) * step) * step))

    yield Prepared(integrate_numpy)


@version("NumPy in chunks of 8192", same_order=False)
def prepare_numpy_chunks(_folder):
    numpy = require("numpy")
    chunk = 8192  # 64 kB an array: the temporaries stay in cache

    def integrate_numpy_chunks(lower: float, upper: float, n_iter: int) -> float:
        step = (upper - lower) / n_iter
        total = 0.0
        for first in range(0, n_iter, chunk):
            i = numpy.arange(first, min(first + chunk, n_iter))
            total += float(numpy.sum(numpy.cos(lower + i * step) * step))
        return total

    yield Prepared(integrate_numpy_chunks)


# --- Values --------------------------------------------------------------------------------------------------------


def integrate_jobs(integrand: Integrand, lower: float, upper: float, n_iter: int, n_jobs: int) -> float:
    """The notes' version with jobs, worked off one after the other: n_iter // n_jobs steps a job."""
    return add(integrate(integrand, *piece) for piece in cut(lower, upper, n_iter, n_jobs))


class NotesValue(NamedTuple):
    what: str
    compute: Callable[[], float]
    expected: float


NOTES_VALUES = [
    NotesValue("cos on [0, pi/2], n_iter = 1000",
               lambda: integrate(math.cos, 0, math.pi / 2, 1000), 1.0007851925466296),
    NotesValue("sin on [0, pi], n_iter = 1000",
               lambda: integrate(math.sin, 0, math.pi, 1000), 1.9999983550656637),
    NotesValue("cos, two jobs of 1000 steps each",
               lambda: integrate_jobs(math.cos, 0, math.pi / 2, 2000, 2), 1.0003926476775074),
    NotesValue("sin, two jobs of 1000 steps each",
               lambda: integrate_jobs(math.sin, 0, math.pi, 2000, 2), 1.9999995887664657),
    NotesValue("cos, two jobs of 1000 // 2 steps each",
               lambda: integrate_jobs(math.cos, 0, math.pi / 2, 1000, 2), 1.0007851925466305),
    NotesValue("sin, two jobs of 1000 // 2 steps each",
               lambda: integrate_jobs(math.sin, 0, math.pi, 1000, 2), 1.9999983550656624),
]


def expected_cos(n_jobs: int) -> float:
    """The notes' integral of cos with n_iter = 1000, for one job or for two."""
    return {1: NOTES_VALUES[0].expected, 2: NOTES_VALUES[4].expected}[n_jobs]


def agrees(value: float, reference: float, n: int) -> bool:
    """Whether two sums of n terms of one sign agree: each errs by less than (n + 4) / 2**53 of its value
    (n - 1 additions; the node, the function and the weight take the rest). False for a NaN."""
    return abs(value - reference) <= (n + 4) * 2.0**-52 * abs(reference)


# --- Times ---------------------------------------------------------------------------------------------------------


class Repetitions(NamedTuple):
    at_least: int
    fill_seconds: float  # short runs repeat until they fill this, so that one disturbance is not the median


def median_seconds(run: Callable[[], Any], repetitions: Repetitions) -> float:
    """Median time of run() after one call that does not count."""
    run()
    seconds: list[float] = []
    while len(seconds) < repetitions.at_least or sum(seconds) < repetitions.fill_seconds:
        start = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


class QuadotTime(NamedTuple):
    name: str  # its slug, such as integrate/left/plain/avx2
    seconds: float
    value: Optional[float]


class QuadotError(Exception):
    """The program ran, but did not answer as CLI.md says."""


SECONDS_PER_UNIT = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0}


class Quadot:
    """Runs the program and reads the times in its JSON."""

    def __init__(self, program: Optional[pathlib.Path]) -> None:
        self.program = program
        self.reports: dict[tuple[str, ...], dict] = {}

    def report(self, *arguments: str) -> dict:
        """The JSON of `quadot arguments --json -`, run once."""
        if arguments not in self.reports:
            command = " ".join(("quadot", *arguments))
            try:
                finished = subprocess.run([str(self.program), *arguments, "--json", "-"], capture_output=True,
                                          text=True, timeout=QUADOT_TIMEOUT, check=False)
            except (OSError, subprocess.TimeoutExpired) as error:
                raise QuadotError(f"{command}: {first_line(error)}") from error
            if finished.returncode != 0:
                raise QuadotError(f"{command}: exit code {finished.returncode}: {first_line(finished.stderr)}")
            try:
                self.reports[arguments] = json.loads(finished.stdout)
            except ValueError as error:
                raise QuadotError(f"{command}: not JSON: {first_line(error)}") from error
        return self.reports[arguments]

    def time(self, prefix: str, *arguments: str) -> Optional[QuadotTime]:
        """The benchmark called `prefix` or `prefix/<isa>`, on the selected ISA if several ran.

        None without a program."""
        if self.program is None:
            return None
        report = self.report(*arguments)
        try:
            isa = report.get("context", {}).get("isa")
            names = [entry["name"] for entry in report["benchmarks"]]
            candidates = [name for name in names if name == prefix or name.startswith(prefix + "/")]
            if not candidates:
                raise QuadotError(f"quadot {' '.join(arguments)}: no benchmark {prefix} in its JSON")
            chosen = f"{prefix}/{isa}" if f"{prefix}/{isa}" in candidates else candidates[0]
            entries = [entry for entry in report["benchmarks"]
                       if entry["name"] == chosen and entry.get("run_type", "iteration") == "iteration"]
            seconds = statistics.median(float(entry["real_time"]) * SECONDS_PER_UNIT[entry["time_unit"]]
                                        for entry in entries)
            value = entries[0].get("value")
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise QuadotError(f"quadot {' '.join(arguments)}: unexpected JSON: {error!r}") from error
        return QuadotTime(chosen, seconds, None if value is None else float(value))


# --- The report ----------------------------------------------------------------------------------------------------


def show_seconds(seconds: float) -> str:
    """Three significant digits in ms."""
    milliseconds = seconds * 1e3
    digits = max(0, 2 - math.floor(math.log10(milliseconds))) if milliseconds > 0 else 0
    return f"{milliseconds:.{digits}f} ms"


def show_size(n: int) -> str:
    """1000000 as 1e6; a size with more than one digit other than 0 in full."""
    text = str(n)
    return f"{text[0]}e{len(text) - 1}" if n >= 1000 and not text[1:].strip("0") else text


def row(label: str, seconds: Optional[float], remark: str, counterpart: Optional[QuadotTime], threads: str) -> str:
    """One line of the table; `remark` stands for a time that is absent."""
    cells = [label, remark if seconds is None else show_seconds(seconds), "–", "–", "–"]
    if counterpart is not None:
        cells[2] = f"`{counterpart.name}`, {threads}"
        cells[3] = show_seconds(counterpart.seconds)
        if seconds is not None and counterpart.seconds > 0:
            cells[4] = f"{seconds / counterpart.seconds:.3g} ×"
    return "| " + " | ".join(cells) + " |"


def blas_library() -> str:
    """File name of the BLAS this process has loaded, as far as Linux tells."""
    with contextlib.suppress(OSError):
        for line in pathlib.Path("/proc/self/maps").read_text().splitlines():
            name = line.rpartition("/")[2]
            if name.startswith(("libblas", "libcblas", "libopenblas", "libblis", "libmkl")):
                return name
    return "unknown BLAS"


def machine() -> str:
    """The processor, how many of its CPUs this process may use, and the versions of Python and the packages."""
    processor = platform.machine()
    with contextlib.suppress(OSError):
        for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                processor = line.partition(":")[2].strip()
                break
    parts = [processor, f"{len(os.sched_getaffinity(0))} CPUs", f"Python {platform.python_version()}"]
    for module in DEBIAN_PACKAGES:  # not imported: the processes of the notes fork a small parent
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            parts.append(f"{module} {importlib.metadata.version(module)}")
    return " · ".join(parts)


class Report:
    """Collects the lines of the report, the compile times and what went wrong."""

    def __init__(self, quadot: Quadot) -> None:
        self.quadot = quadot
        self.lines: list[str] = []
        self.compile_times: list[str] = []
        self.failures: list[str] = []

    def check(self, right: bool, what: str) -> None:
        """Notes a failure unless `right`."""
        if not right:
            self.failures.append(what)

    def counterpart(self, prefix: str, *arguments: str) -> Optional[QuadotTime]:
        """Quadot's time, or None; a program that answers wrongly is a failure, once."""
        try:
            return self.quadot.time(prefix, *arguments)
        except QuadotError as error:
            if str(error) not in self.failures:
                self.failures.append(str(error))
            return None

    def values(self) -> None:
        """The values that the notes print."""
        self.lines += ["## The notes' values", "", "| integral | value | as in the notes |", "|---|---|---|"]
        for what, compute, expected in NOTES_VALUES:
            value = compute()
            self.lines.append(f"| {what} | {value!r} | {'yes' if value == expected else f'NO: {expected!r}'} |")
            self.check(value == expected, f"{what}: {value!r} instead of {expected!r}")
        self.lines.append("")

    def integrals(self, n: int, repetitions: Repetitions, folder: pathlib.Path) -> None:
        """A row for every version, then the same loop in C++."""
        reference = integrate(math.cos, 0, math.pi / 2, n)
        for entry in VERSIONS:
            seconds, remark = None, ""
            try:
                with entry.prepare(folder) as prepared:
                    self.check_version(entry, prepared, n, reference)
                    seconds = median_seconds(lambda: prepared.integrate(0, math.pi / 2, n), repetitions)
                    if prepared.compile_seconds is not None:
                        self.compile_times.append(f"{entry.label} {prepared.compile_seconds:.2f} s")
            except Absent as error:
                remark = str(error)
            except Exception as error:  # whatever the packages raise: the other rows still count
                seconds, remark = None, f"failed: {first_line(error)}"
                self.failures.append(f"{entry.label}: {error!r}")
            threads = "1 thread" if entry.n_jobs == 1 else f"{entry.n_jobs} threads"
            counterpart = self.counterpart("integrate/left/plain", *integrate_arguments(n, entry.n_jobs))
            self.lines.append(row(entry.label, seconds, remark, counterpart, threads))
        plain = self.counterpart("integrate/left/plain", *integrate_arguments(n, 1))
        naive = self.counterpart("integrate/baseline/naive", *integrate_arguments(n, 1))
        if naive is not None:
            self.lines.append(row(f"C++ loop (`{naive.name}`)", naive.seconds, "", plain, "1 thread"))
        for timed in (plain, naive):
            if timed is not None and timed.value is not None:
                self.check(agrees(timed.value, reference, n), f"{timed.name}: {timed.value!r}, loop: {reference!r}")

    def check_version(self, entry: Version, prepared: Prepared, n: int, reference: float) -> None:
        """The value of a version: the notes' bits where it keeps their order, and the sum's error bound at n.

        An n that the jobs do not divide loses steps, as in the notes: there is nothing to compare with."""
        value = prepared.integrate(0, math.pi / 2, 1000)
        expected = expected_cos(entry.n_jobs) if entry.same_order else expected_cos(1)
        right = value == expected if entry.same_order else agrees(value, expected, 1000)
        self.check(right, f"{entry.label}: {value!r} instead of {expected!r} with n_iter = 1000")
        if n % N_JOBS == 0:
            value = prepared.integrate(0, math.pi / 2, n)
            self.check(agrees(value, reference, n), f"{entry.label}: {value!r}, loop: {reference!r}")

    def dots(self, sizes: list[int], repetitions: Repetitions) -> None:
        """X.dot(Y) in NumPy. Small integers as data: every order of additions gives the exact value."""
        for size in sizes:
            label, seconds, remark = f"NumPy X.dot(Y), n = {show_size(size)}", None, ""
            try:
                numpy = require("numpy")
                indices = numpy.arange(size, dtype=numpy.int64)
                x, y = indices % 1009 - 500, indices % 997 - 490
                exact = int((x * y).sum())
                x, y = x.astype(numpy.float64), y.astype(numpy.float64)
                self.check(float(x.dot(y)) == exact, f"{label}: {float(x.dot(y))!r} instead of {exact}")
                seconds = median_seconds(lambda: x.dot(y), repetitions)
                label += f" ({blas_library()})"
            except Absent as error:
                remark = str(error)
            counterpart = self.counterpart("dot/plain", "dot", "-n", str(size))
            self.lines.append(row(label, seconds, remark, counterpart, "default threads"))

    def text(self) -> str:
        """The whole report in Markdown."""
        lines = list(self.lines)
        if self.compile_times:
            lines += ["", "Compile times, not in the table: " + " · ".join(self.compile_times) + "."]
        if self.quadot.program is None:
            lines += ["", "No Quadot program: build it (preset `release`) or name it with `--quadot`."]
        if self.failures:
            lines += ["", "## Failures", ""] + [f"* {failure}" for failure in self.failures]
        return "\n".join(lines) + "\n"


def integrate_arguments(n: int, threads: int) -> tuple[str, ...]:
    """Quadot's arguments for the notes' integral of cos."""
    return ("integrate", "cos", "0", "pi/2", "-n", str(n), "--rule", "left", "--threads", str(threads))


# --- The command line ----------------------------------------------------------------------------------------------


def size(text: str) -> int:
    """A whole number from 2 on: 1000, 1e6 or 2^20."""
    base, power, exponent = text.partition("^")
    try:
        value = float(base) ** float(exponent) if power else float(text)
        whole = int(value)
    except (ValueError, TypeError, OverflowError, ZeroDivisionError):
        value = whole = 0
    if whole < 2 or whole != value or whole > 2**53:
        raise argparse.ArgumentTypeError(f"{text!r} is not a size; write 1000, 1e6 or 2^20")
    return whole


def count(text: str) -> int:
    """A whole number from 1 on."""
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a count from 1 on")
    return int(text)


def write_whole(path: pathlib.Path, text: str) -> None:
    """Writes `text` beside `path`, then renames: never half a report in place of a good one."""
    if path.exists() and not path.is_file():  # a device or a pipe is not to be replaced
        path.write_text(text, encoding="utf-8")
        return
    with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix=path.name, delete=False, encoding="utf-8") as file:
        try:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
            os.chmod(file.name, 0o644)
            os.replace(file.name, path)
        except BaseException:
            os.unlink(file.name)
            raise


def main() -> int:
    parser = argparse.ArgumentParser(description="Times the lecture notes' versions beside Quadot.",
                                     epilog="Example: notes.py --n 1e6 --output notes.md")
    parser.add_argument("--n", type=size, default=10**6, help="steps of the integral (default 1e6)")
    parser.add_argument("--reps", type=count, default=7, help="timed repetitions at least (default 7)")
    parser.add_argument("--quadot", help="the program (default build/release/quadot if present; none: without)")
    parser.add_argument("--output", type=pathlib.Path, help="also write the report to this Markdown file")
    parser.add_argument("--quick", action="store_true", help="small sizes, few repetitions: a test, not a measurement")
    options = parser.parse_args()

    program = None
    if options.quadot is None:
        program = DEFAULT_QUADOT if DEFAULT_QUADOT.is_file() else None
    elif options.quadot != "none":
        program = pathlib.Path(options.quadot).resolve()
        if not program.is_file():
            parser.error(f"--quadot: {options.quadot}: no such program; build it or write none")
    if options.output is not None and not options.output.resolve().parent.is_dir():
        parser.error(f"--output: {options.output}: no such folder")
    n, repetitions, dot_sizes = options.n, Repetitions(options.reps, 0.5), [10**6, 10**7]
    if options.quick:
        n, repetitions, dot_sizes = min(n, 2000), Repetitions(min(options.reps, 2), 0.0), [1000, 10000]

    report = Report(Quadot(program))
    report.values()
    report.lines += ["## From the notes to the cluster", "", machine(), "",
                     f"cos on [0, pi/2], left rule, n = {show_size(n)}; median of {repetitions.at_least} or more after "
                     f"one that does not count; processes start by {multiprocessing.get_start_method()}.", "",
                     "| version of the notes | time | Quadot counterpart | time | ratio |", "|---|---|---|---|---|"]
    with tempfile.TemporaryDirectory(prefix="quadot-notes-") as folder:
        report.integrals(n, repetitions, pathlib.Path(folder))
    report.dots(dot_sizes, repetitions)
    text = report.text()
    sys.stdout.reconfigure(encoding="utf-8")
    sys.stdout.write(text)
    if options.output is not None:
        try:
            write_whole(options.output.resolve(), text)
        except OSError as error:
            print(f"notes.py: {options.output}: {error.strerror}; choose another --output", file=sys.stderr)
            return 3
    return 1 if report.failures else 0


if __name__ == "__main__":
    sys.exit(main())
