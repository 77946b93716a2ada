"""The `quadot` program from outside: values, exit codes, messages, and the JSON's shape against golden files.

Usage: program_test.py PROGRAM [MPIEXEC]; `--update` after PROGRAM rewrites the golden files.
"""

import atexit
import fractions
import json
import math
import os
import pathlib
import random
import re
import resource
import shlex
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest

PROGRAM = ""
MPIEXEC = ""
HERE = pathlib.Path(__file__).resolve().parent
UPDATE = False
CACHE = tempfile.mkdtemp(prefix="quadot-test-")
atexit.register(shutil.rmtree, CACHE, ignore_errors=True)


def run(*words, env=None, limit_bytes=None, launcher=()):
    """Runs the program; returns (exit code, standard output, standard error)."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("QUADOT_", "OMP_"))}
    environment.update({"OMP_NUM_THREADS": "2", "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"})
    environment["XDG_CACHE_HOME"] = CACHE  # what was measured or compiled here before is no part of a test
    environment.update(env or {})

    def limit():
        if limit_bytes is not None:
            resource.setrlimit(resource.RLIMIT_AS, (limit_bytes, limit_bytes))

    done = subprocess.run([*launcher, PROGRAM, *words], env=environment, capture_output=True, text=True, timeout=120, preexec_fn=limit)
    return done.returncode, done.stdout, done.stderr


def ranks(count, *words, env=None):
    """Runs the program on `count` ranks, more than the machine may have CPUs."""
    version = subprocess.run([MPIEXEC, "--version"], capture_output=True, text=True, check=True).stdout
    # Open MPI's mpiexec calls itself OpenRTE, but says where to report bugs. Others never count slots.
    more = ["--oversubscribe"] if "open-mpi.org" in version else []
    return run(*words, env={"OMP_NUM_THREADS": "1", **(env or {})}, launcher=[MPIEXEC, "-n", str(count), *more])


def write_npy(path, values, descr="<f8", shape=None, fortran=False, version=(1, 0), cut=0):
    """A NumPy file by the format's specification, or one that breaks it on purpose."""
    shape = f"({len(values)},)" if shape is None else shape
    header = f"{{'descr': '{descr}', 'fortran_order': {fortran}, 'shape': {shape}, }}"
    length_bytes = 2 if version == (1, 0) else 4
    padding = -(6 + 2 + length_bytes + len(header) + 1) % 64
    header = header + " " * padding + "\n"
    kind = {"<f8": "<d", "<f4": "<f", ">f8": ">d", "<i8": "<q"}[descr]
    data = b"".join(struct.pack(kind, v) for v in values)
    size = struct.pack("<H" if length_bytes == 2 else "<I", len(header))
    content = b"\x93NUMPY" + bytes(version) + size + header.encode() + data
    pathlib.Path(path).write_bytes(content[: len(content) - cut])


def as_stored(values, descr):
    """The values that a file of that element type holds."""
    kind = {"<f8": "d", "<f4": "f"}[descr]
    return [struct.unpack(kind, struct.pack(kind, v))[0] for v in values]


def write_matrix_and_vector(folder, rows, columns, descr="<f8", seed=1):
    """X.npy and y.npy in `folder`, with elements of widely differing size; returns the elements as stored."""
    numbers = random.Random(f"{seed} {rows} {columns}")

    def elements(count):
        return as_stored([numbers.uniform(-1, 1) * 10.0 ** numbers.randint(-8, 8) for _ in range(count)], descr)

    x, y = elements(rows * columns), elements(columns)
    write_npy(f"{folder}/X.npy", x, descr, shape=f"({rows}, {columns})")
    write_npy(f"{folder}/y.npy", y, descr)
    return x, y


def exact_products(x, y):
    """The double nearest to each row's true dot product."""
    columns = [fractions.Fraction(v) for v in y]
    rows = [x[first : first + len(y)] for first in range(0, len(x), len(y))]
    # float() of a fraction rounds correctly, ties to even.
    return [float(sum((fractions.Fraction(a) * b for a, b in zip(row, columns)), fractions.Fraction(0))) for row in rows]


class Values(unittest.TestCase):
    """What the lecture notes print, to the last bit, and what does not depend on the number of workers."""

    def rows(self, *words):
        code, out, err = run(*words, "--json", "-", "--reps", "1")
        self.assertEqual(code, 0, err)
        return {row["name"]: row["value"] for row in json.loads(out)["benchmarks"]}

    def test_notes_values(self):
        for name, hi, serial, slices, divided in (
            ("cos", "pi/2", 1.0007851925466296, 1.0003926476775074, 1.0007851925466305),
            ("sin", "pi", 1.9999983550656637, 1.9999995887664657, 1.9999983550656624),
        ):
            words = ("integrate", name, "0", hi, "--rule", "left", "--jobs", "2", "--compare", "naive,naive-jobs")
            thousand = self.rows(*words, "-n", "1000")
            self.assertEqual(thousand["integrate/baseline/naive"], serial)
            self.assertEqual(thousand["integrate/baseline/naive-jobs"], slices)
            self.assertEqual(self.rows(*words, "-n", "500")["integrate/baseline/naive-jobs"], divided)

    def test_limits(self):
        self.assertEqual(run("integrate", "cos", "1/3", "1/3", "-n", "10", "--quiet")[1], "0\n")
        forward = float(run("integrate", "exp", "0", "1", "-n", "10", "--quiet")[1])
        backward = float(run("integrate", "exp", "1", "0", "-n", "10", "--quiet")[1])
        self.assertEqual(forward, -backward)
        negative = float(run("integrate", "cos", "-pi/2", "pi/2", "-n", "1000", "--rule", "simpson", "--quiet")[1])
        self.assertAlmostEqual(negative, 2.0, delta=1e-11)

    def test_sizes(self):
        values = {run("dot", "-n", text, "--quiet")[1] for text in ("65536", "2^16", "64Ki", "65536")}
        self.assertEqual(len(values), 1)

    def test_threads_and_isa_keep_the_bits(self):
        for words in (("dot", "-n", "300001", "--data", "normal"), ("integrate", "pi", "0", "1", "-n", "200001", "--rule", "simpson")):
            for accumulator in ("plain", "compensated"):
                base = run(*words, "--accumulator", accumulator, "--quiet", "--threads", "1")
                self.assertEqual(base[0], 0, base[2])
                for extra in (("--threads", "2"), ("--threads", "5"), ("--isa", "avx2"), ("--isa", "avx512")):
                    other = run(*words, "--accumulator", accumulator, "--quiet", *extra)
                    if other[0] == 3 and "this CPU lacks it" in other[2]:
                        continue
                    self.assertEqual(other[1], base[1], (words, accumulator, extra))

    def test_npy_files_and_generated_data_agree_with_fsum(self):
        with tempfile.TemporaryDirectory() as folder:
            x = [math.sin(k) * 10.0 ** (k % 7) for k in range(5000)]
            y = [math.cos(3 * k) for k in range(5000)]
            for descr, version in (("<f8", (1, 0)), ("<f8", (2, 0)), ("<f4", (1, 0))):
                write_npy(f"{folder}/x.npy", x, descr, version=version)
                write_npy(f"{folder}/y.npy", y, descr, version=version)
                kind = {"<f8": "d", "<f4": "f"}[descr]
                stored = [[struct.unpack(kind, struct.pack(kind, v))[0] for v in values] for values in (x, y)]
                # Products of floats are exact in double; those of doubles err by 2^-53 each, 1e-16 of their magnitude.
                expected = math.fsum(a * b for a, b in zip(*stored))
                magnitude = math.fsum(abs(a * b) for a, b in zip(*stored))
                code, out, err = run("dot", f"{folder}/x.npy", f"{folder}/y.npy", "--quiet")
                self.assertEqual(code, 0, err)
                self.assertAlmostEqual(float(out), expected, delta=2.0**-52 * magnitude)


class MatrixTimesVector(unittest.TestCase):
    """quadot dot X.npy y.npy with X of two dimensions: one product a row."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.files = (f"{self.folder}/X.npy", f"{self.folder}/y.npy")

    def report(self, *words, code=0):
        got, out, err = run("dot", *self.files, "--json", "-", "--reps", "1", *words)
        self.assertEqual(got, code, err)
        return json.loads(out)

    def test_exact_products_are_rounded_correctly(self):
        for descr in ("<f8", "<f4"):
            for rows, columns in ((1, 1), (1, 50), (3, 4), (17, 33), (40, 1), (2, 9001)):
                x, y = write_matrix_and_vector(self.folder, rows, columns, descr)
                code, out, err = run("dot", *self.files, "--accumulator", "exact", "--quiet")
                self.assertEqual(code, 0, err)
                self.assertEqual([float(line) for line in out.splitlines()], exact_products(x, y), (descr, rows, columns))

    def test_each_product_has_the_bits_of_its_row_alone(self):
        rows, columns = 5, 20001
        x, _ = write_matrix_and_vector(self.folder, rows, columns)
        for accumulator in ("plain", "compensated", "exact"):
            for threads in ("1", "2", "7"):
                words = ("--accumulator", accumulator, "--quiet", "--threads", threads)
                together = run("dot", *self.files, *words)
                self.assertEqual(together[0], 0, together[2])
                alone = ""
                for row in range(rows):
                    write_npy(f"{self.folder}/row.npy", x[row * columns : (row + 1) * columns])
                    alone += run("dot", f"{self.folder}/row.npy", self.files[1], *words)[1]
                self.assertEqual(together[1], alone, words)

    def test_every_variant_passes_on_every_row(self):
        for descr, element_bytes in (("<f8", 8), ("<f4", 4)):
            x, y = write_matrix_and_vector(self.folder, 9, 101, descr)
            report = self.report()
            self.assertEqual({row["verdict"] for row in report["benchmarks"]}, {"pass"})
            short_names = {row["name"].split("/")[-1] for row in report["benchmarks"]}
            self.assertTrue({"naive", "eigen"} <= short_names, short_names)
            first = fractions.Fraction(exact_products(x, y)[0])
            for row in report["benchmarks"]:
                self.assertAlmostEqual(row["items_per_second"] / row["bytes_per_second"], 9 * 101 / (element_bytes * (9 * 101 + 101)))
                self.assertLessEqual(float(abs(fractions.Fraction(row["value"]) - first)), 1e-5 * sum(abs(a * b) for a, b in zip(x, y)))

    def test_json(self):
        x, y = write_matrix_and_vector(self.folder, 6, 7)
        report = self.report("--accumulator", "exact", "--compare", "none")
        self.assertRegex(report["context"]["problem"], r"^dot, X \(6 x 7\) times y, f64, .*X\.npy, .*y\.npy$")
        expected = exact_products(x, y)
        result = report["result"]
        self.assertEqual(list(result), ["value", "value_hex", "error", "status", "accumulator", "evaluations", "certified", "rows", "columns", "values"])
        self.assertEqual(result["values"], expected)
        self.assertEqual(result["value"], expected[0])
        self.assertEqual(float.fromhex(result["value_hex"]), expected[0])
        self.assertEqual((result["rows"], result["columns"], result["evaluations"]), (6, 7, 42))
        self.assertEqual((result["status"], result["accumulator"], result["certified"]), ("ok", "exact", True))
        self.assertGreater(result["error"], 0)
        self.assertEqual([row["value"] for row in report["benchmarks"]], expected[:1])
        self.assertIs(self.report("--compare", "none")["result"]["certified"], False)

    def test_the_error_is_that_of_the_worst_row(self):
        # Row 0 has no rounding error; row 1 loses its first term, for (1 + 1e20) - 1e20 is 0.
        write_npy(self.files[0], [1.0, 2.0, 3.0, 1.0, 1e20, -1e20], shape="(2, 3)")
        write_npy(self.files[1], [1.0, 1.0, 1.0])
        naive = self.report("--compare", "naive")["benchmarks"][-1]
        self.assertEqual(naive["name"], "dot/baseline/naive")
        self.assertEqual((naive["value"], naive["error"], naive["verdict"]), (6, 1, "pass"))
        self.assertGreater(naive["bound"], 1)

    def test_no_rows_and_no_columns(self):
        write_npy(self.files[0], [], shape="(4, 0)")
        write_npy(self.files[1], [])
        self.assertEqual(run("dot", *self.files, "--quiet")[:2], (0, "0\n" * 4))
        self.assertEqual(self.report()["result"]["values"], [0] * 4)
        write_npy(self.files[0], [], shape="(0, 3)")
        write_npy(self.files[1], [1.0, 2.0, 3.0])
        self.assertEqual(run("dot", *self.files, "--quiet")[:2], (0, ""))
        result = self.report()["result"]
        self.assertEqual((result["value"], result["value_hex"], result["values"]), (0, "0x0p+0", []))
        self.assertEqual((result["rows"], result["columns"], result["evaluations"]), (0, 3, 0))
        self.assertIn("0 products", run("dot", *self.files, "--reps", "1")[1])

    def test_text_shows_the_first_products(self):
        write_npy(self.files[0], [float(k) for k in range(10)], shape="(5, 2)")
        write_npy(self.files[1], [1.0, 1.0])
        code, out, err = run("dot", *self.files, "--reps", "1")
        self.assertEqual(code, 0, err)
        self.assertIn("dot, X (5 x 2) times y, f64, ", out.splitlines()[0])
        self.assertRegex(out, r"\nresult    1, 5, 9, 13, \.\.\.: 5 products, each \+- \S+ \(compensated, ok\)\n")
        self.assertRegex(out.splitlines()[-1], r"^Solution validates \((\d+)/\1\)$")

    def test_nan_in_any_row_fails(self):
        write_npy(self.files[0], [1.0, 2.0, 3.0, math.nan, 5.0, 6.0], shape="(3, 2)")
        write_npy(self.files[1], [1.0, 1.0])
        report = self.report(code=1)
        self.assertEqual(report["result"]["status"], "not_a_number")
        self.assertEqual(report["result"]["values"], [3, "nan", 11])
        self.assertEqual({row["verdict"] for row in report["benchmarks"]}, {"fail"})
        code, out, _ = run("dot", *self.files, "--quiet")
        self.assertEqual((code, out), (1, "3\nnan\n11\n"))

    def test_infinite_products_are_right(self):
        write_npy(self.files[0], [math.inf, 2.0, 3.0, 4.0], shape="(2, 2)")
        write_npy(self.files[1], [-1.0, 1.0])
        report = self.report("--accumulator", "exact")
        self.assertEqual(report["result"]["values"], ["-inf", 1])

    def test_dry_run_computes_nothing(self):
        write_matrix_and_vector(self.folder, 6, 7)
        code, out, err = run("dot", *self.files, "--dry-run")
        self.assertEqual(code, 0, err)
        self.assertIn("X (6 x 7) times y", out)
        self.assertIn("84 flops", out)

    def test_products_that_do_not_fit(self):
        write_npy(self.files[0], [], shape=f"({10**15}, 0)")
        write_npy(self.files[1], [])
        code, out, err = run("dot", *self.files, "--quiet")
        self.assertEqual((code, out), (3, ""))
        self.assertRegex(err, r"^quadot: memory: dot with 10{15} rows needs .*\n$")


class BadInput(unittest.TestCase):
    """Each: exit code, one line `quadot: what: why; what to do` on standard error, nothing on standard output."""

    def refused(self, code, pattern, *words, **options):
        got, out, err = run(*words, **options)
        self.assertEqual(got, code, (words, err))
        self.assertEqual(out, "", words)
        lines = [line for line in err.splitlines() if line.startswith("quadot: ")]
        self.assertEqual(len(lines), 1, (words, err))
        self.assertRegex(lines[0], pattern)

    def test_options(self):
        self.refused(2, "did you mean '--json'", "dot", "--jsn", "x")
        self.refused(2, "did you mean 'dot'", "dott")
        self.refused(2, "no command")
        self.refused(2, "did you mean 'naive'", "dot", "--compare", "nave")
        self.refused(2, "did you mean 'simpson'", "integrate", "cos", "0", "1", "-n", "10", "--rule", "simpsn")
        self.refused(2, "gauss:2 ... gauss:64", "integrate", "cos", "0", "1", "-n", "10", "--rule", "gauss:65")
        self.refused(2, "did you mean 'compensated'", "dot", "--accumulator", "compensate")
        self.refused(2, "did you mean 'cos'", "integrate", "cosx", "0", "1", "-n", "10")
        self.refused(2, "instruction set", "dot", "--isa", "mmx")
        self.refused(2, "QUADOT_ISA|instruction set", "dot", env={"QUADOT_ISA": "mmx"})
        self.refused(2, "accumulator", "dot", env={"QUADOT_ACCUMULATOR": "plan"})
        self.refused(3, "isa", "dot", "--isa", "sse2" if os.uname().machine == "aarch64" else "neon64")
        self.refused(2, "duration", "dot", "--max-time", "10q")
        self.refused(2, "data", "dot", "--data", "gauss")
        self.refused(2, "jobs", "integrate", "cos", "0", "1", "-n", "10", "--rule", "left", "--jobs", "0")

    def test_numbers(self):
        for text in ("-5", "1e400", "1e9x", "64K", "1.5", "0x10", "nan"):
            self.refused(2, "-n", "dot", "-n", text)
        self.refused(2, "2\\^53", "dot", "-n", "2^60")
        self.refused(2, "n = 0|-n 0", "integrate", "cos", "0", "1", "-n", "0")
        for limit in ("nan", "1e400", "1/", "(1", "foo", ""):
            self.refused(2, "LO|limit|argument", "integrate", "cos", limit, "1", "-n", "10")
        self.refused(2, "infinite", "integrate", "cos", "0", "inf", "-n", "10", "--rule", "left")
        self.refused(2, "infinite", "integrate", "cos", "-inf", "0", "-n", "10", "--rule", "left")
        self.refused(2, "clenshaw", "integrate", "cos", "0", "1", "-n", "1e9", "--rule", "clenshaw")
        self.assertEqual(run("dot", "-n", "0", "--quiet")[:2], (0, "0\n"))

    def test_threads(self):
        for text in ("0", "-1", "100000", "two"):
            self.refused(2, "--threads", "dot", "--threads", text)
        for text in ("abc", "0", "100000", "-3"):
            self.refused(2, "OMP_NUM_THREADS", "dot", env={"OMP_NUM_THREADS": text})

    def test_npy_files(self):
        with tempfile.TemporaryDirectory() as folder:
            good = f"{folder}/good.npy"
            bad = f"{folder}/bad.npy"
            write_npy(good, [1.0, 2.0, 3.0])
            self.refused(2, "one file|two", "dot", good)
            self.refused(2, "missing.npy", "dot", good, f"{folder}/missing.npy")
            for options in (
                {"values": [1.0, 2.0, 3.0], "cut": 8},
                {"values": [1, 2, 3], "descr": "<i8"},
                {"values": [1.0, 2.0, 3.0], "descr": ">f8"},
                {"values": [1.0, 2.0, 3.0], "fortran": True},
                {"values": [1.0, 2.0, 3.0, 4.0], "shape": "(2, 2)"},
                {"values": [1.0, 2.0]},
                {"values": [1.0, 2.0, 3.0], "descr": "<f4"},
            ):
                write_npy(bad, **options)
                self.refused(2, "bad.npy", "dot", good, bad)
            pathlib.Path(bad).write_bytes(b"")
            self.refused(2, "bad.npy", "dot", good, bad)
            self.refused(2, "leave out -n", "dot", good, good, "-n", "3")

    def test_matrix_files(self):
        with tempfile.TemporaryDirectory() as folder:
            matrix, vector, other = (f"{folder}/{name}.npy" for name in ("matrix", "vector", "other"))
            write_npy(matrix, [float(k) for k in range(6)], shape="(2, 3)")
            write_npy(vector, [1.0, 2.0, 3.0])
            self.assertEqual(run("dot", matrix, vector, "--quiet")[:2], (0, "8\n26\n"))
            self.refused(2, r"matrix\.npy: shape \(2, 3\) has 2 dimensions where one is needed; ", "dot", matrix, matrix)
            self.refused(2, r"matrix\.npy: shape \(2, 3\) has 2 dimensions where one is needed; ", "dot", vector, matrix)
            self.refused(2, "leave out -n", "dot", matrix, vector, "-n", "3")
            self.refused(2, "--type f32: the files hold f64", "dot", matrix, vector, "--type", "f32")
            self.refused(2, "did you mean 'naive'", "dot", matrix, vector, "--compare", "nave")
            # The vector is at fault.
            write_npy(other, [1.0, 2.0])
            self.refused(2, r"matrix\.npy: shape \(2, 3\) where \S*other\.npy has 2 elements; give a vector of 3$", "dot", matrix, other)
            write_npy(other, [1.0, 2.0, 3.0], shape="(3, 1)")
            self.refused(2, r"other\.npy: shape \(3, 1\) has 2 dimensions", "dot", matrix, other)
            write_npy(other, [1.0, 2.0, 3.0], "<f4")
            self.refused(2, r"other\.npy: its element type differs from that of \S*matrix\.npy; ", "dot", matrix, other)
            # The matrix is at fault.
            for options, reason in (
                ({"shape": "(2, 3)", "fortran": True}, "Fortran order where C order is needed; "),
                ({"shape": "(1, 2, 3)"}, "3 dimensions where one or two are needed; "),
                ({"shape": "(3, 3)"}, "truncated: 48 bytes of data where 72 are needed; "),
                ({"shape": "(2, 3)", "cut": 1}, "truncated: 47 bytes of data where 48 are needed; "),
                ({"shape": "(3, 2)"}, r"shape \(3, 2\) where \S*vector\.npy has 3 elements; "),
                ({"shape": "(-2, 3)"}, "malformed shape"),
                ({"shape": f"({2**40}, {2**40})"}, "more than any file holds"),
            ):
                write_npy(other, [float(k) for k in range(6)], **options)
                self.refused(2, r"other\.npy: .*" + reason, "dot", other, vector)

    def test_address_space_limit(self):
        if os.environ.get("QUADOT_TEST_SANITIZE"):
            self.skipTest("sanitizers reserve terabytes of address space")
        self.refused(3, "needs 14.90 GiB.*ulimit -v", "dot", "-n", "1e9", "--threads", "1", limit_bytes=4 << 30, env={"OMP_NUM_THREADS": "1"})

    def test_resources(self):
        self.refused(3, "memory", "dot", "-n", "1e14")
        self.refused(3, "/dev/full", "dot", "-n", "100", "--json", "/dev/full", "--compare", "none")
        self.refused(3, "No such file", "dot", "-n", "100", "--csv", "/nonexistent/x.csv")
        with tempfile.TemporaryDirectory() as folder:
            self.refused(3, "directory", "dot", "-n", "100", "--json", folder)
            target = pathlib.Path(folder) / "report.json"
            target.write_text("precious")
            self.refused(2, "threads", "dot", "-n", "100", "--json", str(target), "--threads", "0")
            self.assertEqual(target.read_text(), "precious")
            self.assertEqual(os.listdir(folder), ["report.json"])

    def test_closed_standard_output(self):
        with open("/dev/full", "w") as full:
            done = subprocess.run([PROGRAM, "dot", "-n", "100", "--quiet"], stdout=full, stderr=subprocess.PIPE, text=True, timeout=60)
        self.assertEqual(done.returncode, 3, done.stderr)

    def test_nan_fails(self):
        with tempfile.TemporaryDirectory() as folder:
            write_npy(f"{folder}/x.npy", [1.0, math.nan, 2.0])
            code, out, _ = run("dot", f"{folder}/x.npy", f"{folder}/x.npy", "--json", "-", "--reps", "1")
            report = json.loads(out)
            self.assertEqual(code, 1)
            self.assertEqual(report["result"]["status"], "not_a_number")
            self.assertEqual(report["result"]["value"], "nan")
            self.assertEqual({row["verdict"] for row in report["benchmarks"]}, {"fail"})


class TextIntegrands(unittest.TestCase):
    """quadot integrate 'exp(-x^2)*cos(k*x)' 0 2 --param k=3"""

    def value(self, *words):
        code, out, err = run("integrate", *words, "--quiet")
        self.assertEqual((code, err), (0, ""), words)
        return float(out)

    def test_values(self):
        # int_0^2 exp(-x^2) cos(3 x) dx, by MPFR's quadrature elsewhere: 0.0900092351562719
        for text, parameters in (("exp(-x^2)*cos(3*x)", ()), ("exp(-x^2)*cos(k*x)", ("--param", "k=3")),
                                 ("exp(-x^w)*cos(k*x)", ("--param", "k=6/2", "--param", "w=2")), ("exp(-x*x) * cos(x*3)", ())):
            self.assertAlmostEqual(self.value(text, "0", "2", "-n", "1000", "--rule", "gauss:7", *parameters), 0.0900092351562719, delta=1e-16)
        self.assertAlmostEqual(self.value("-x^2", "0", "3", "-n", "100", "--rule", "simpson"), -9, delta=1e-13)
        self.assertEqual(self.value("-x^2", "0", "3", "-n", "10"), -self.value("-x^2", "3", "0", "-n", "10"))
        self.assertEqual(self.value("if(x < 1, 1, 0)", "0", "2", "-n", "4"), 1)
        self.assertEqual(self.value("x > 1 && x < 3 || x == 9 ? 2 : 0", "0", "4", "-n", "4"), 4)
        self.assertEqual(self.value("5", "0", "2", "-n", "1"), 10)
        self.assertEqual(self.value("x", "1", "1", "-n", "7"), 0)

    def test_a_name_is_that_integrand(self):
        # exp(x) as an expression has the bits of the named one, and `pi` is 4/(1+x^2), not a constant.
        for name, text in (("exp", "exp(x)"), ("cos", "cos(x)"), ("gauss", "exp(-x^2)"), ("xexp", "x*exp(x)")):
            self.assertEqual(self.value(name, "0", "1", "-n", "1001"), self.value(text, "0", "1", "-n", "1001"))
        self.assertAlmostEqual(self.value("pi", "0", "1", "-n", "1000", "--rule", "simpson"), math.pi, delta=1e-12)
        self.assertAlmostEqual(self.value("pi+0", "0", "1", "-n", "10"), math.pi, delta=1e-15)

    def test_threads_and_isa_keep_the_bits(self):
        words = ("integrate", "exp(-x*x)*sin(10*x)+sqrt(1+x*x)/(1+x)", "0", "1", "-n", "50001", "--quiet")
        for accumulator in ("plain", "compensated", "exact"):
            base = run(*words, "--accumulator", accumulator, "--threads", "1")
            self.assertEqual(base[0], 0, base[2])
            for extra in (("--threads", "2"), ("--isa", "avx2"), ("--isa", "avx512")):
                other = run(*words, "--accumulator", accumulator, *extra)
                if other[0] == 3 and "this CPU lacks it" in other[2]:
                    continue
                self.assertEqual(other[1], base[1], (accumulator, extra))

    def test_variants_validate(self):
        for text in ("exp(-x^2)*cos(3*x)", "if(x<0.3, x, 1-x)", "abs(x-0.5)", "sqrt(1-x)", "floor(7*x)+x^2.5", "log(1+x)/(1+x^3)", "x>0.5", "1e8*x-1e8"):
            for rule in ("left", "midpoint", "simpson", "gauss:5", "clenshaw"):
                code, out, err = run("integrate", text, "0", "1", "-n", "501", "--rule", rule, "--reps", "1")
                self.assertEqual(code, 0, (text, rule, out, err))
                self.assertRegex(out.splitlines()[-1], r"^Solution validates \((\d+)/\1\)$")
                self.assertIn("integrate/baseline/naive", out)
        for text in ("exp(-x^2)*cos(3*x)", "x<0.5", "abs(x-0.3)"):
            for rule in ("left", "midpoint", "gauss:5"):
                code, out, err = run("integrate", text, "0", "1", "-n", "3e6", "--rule", rule, "--reps", "1", "--compare", "none")
                self.assertEqual(code, 0, (text, rule, out, err))

    def test_what_is_wrong_is_seen(self):
        code, out, _ = run("integrate", "log(x-1)", "0", "1", "-n", "10", "--reps", "1")
        self.assertEqual(code, 1)
        self.assertIn("DOES NOT validate", out)
        self.assertIn("not finite at x = ", out)
        self.assertEqual(run("integrate", "log(x-1)", "0", "1", "-n", "10", "--quiet")[0], 1)

    def test_errors_name_the_column(self):
        for pattern, *words in (
            (r"integrand 'x\*\*2': column 3: '\*\*' is no operator; write \^", "x**2", "0", "1"),
            (r"column 2: 'x' where an operator should stand; write 2\*x", "2x", "0", "1"),
            (r"column 3: unknown name 'sinn'; did you mean 'sin'\?", "1+sinn(x)", "0", "1"),
            (r"column 3: variable y: this version integrates over x alone", "x*y", "0", "1"),
            (r"column 1: variable x2: this version integrates over x alone", "x2", "0", "1"),
            (r"column 4: '\(' is never closed", "sin(x", "0", "1"),
            (r"column 201: nested more than 200 deep", "(" * 50000 + "x", "0", "1"),
            (r"column 65537: longer than 65536 bytes", "(" * 100000, "0", "1"),
            (r"column 1: '.' where a value", "\u03c0", "0", "1"),
            (r"no limits; give LO and HI", "x^2"),
            (r"1 limits; give LO and HI", "x^2", "0"),
            (r"--param 'k': no name and value; write --param k=3", "k*x", "0", "1", "--param", "k"),
            (r"--param k '1/0': column 2: '/' gives an infinite value", "k*x", "0", "1", "--param", "k=1/0"),
            (r"parameter 'pi': a constant already", "pi*x", "0", "1", "--param", "pi=3"),
            (r"name 'k': given twice", "k*x", "0", "1", "--param", "k=3", "--param", "k=4"),
            (r"a named integrand has no parameters", "cos", "0", "1", "--param", "k=3"),
            (r"--jobs", "x^2", "0", "1", "--jobs", "2", "--rule", "left"),
            (r"did you mean 'cos'", "cosx", "0", "1"),
        ):
            code, out, err = run("integrate", *words, "-n", "10")
            self.assertEqual((code, out), (2, ""), words)
            lines = [line for line in err.splitlines() if line.startswith("quadot: ")]
            self.assertEqual(len(lines), 1, (words, err))
            self.assertRegex(lines[0], pattern)
            self.assertLess(len(lines[0]), 800)

    def test_functions_are_listed(self):
        code, out, _ = run("list", "functions")
        self.assertEqual(code, 0)
        for name in ("sin", "pow", "sqrt", "log"):
            line = re.search(rf"^  {name} +(\d) +([\d.]+) +\S", out, re.MULTILINE)
            self.assertIsNotNone(line, name)
            self.assertEqual(int(line.group(1)), 2 if name == "pow" else 1)
            self.assertLess(float(line.group(2)), 1)

    def test_help_shows_an_expression_that_runs(self):
        _, out, _ = run("integrate", "--help")
        example = re.search(r"^  quadot (integrate '.*)$", out, re.MULTILINE)
        self.assertIsNotNone(example)
        self.assertEqual(run(*shlex.split(example.group(1)), "--reps", "1")[0], 0)


class Tolerance(unittest.TestCase):
    """quadot integrate WHAT LO HI, without -n"""

    def json(self, *words, code=0):
        found, out, err = run("integrate", *words, "--json", "-", "--reps", "1")
        self.assertEqual(found, code, (words, err))
        return json.loads(out)["result"], err

    def test_values(self):
        for words, exact in (
            (("exp(-x^2)", "-inf", "inf"), math.sqrt(math.pi)),
            (("log(x)/sqrt(x)", "0", "1"), -4),
            (("cos", "0", "pi/2"), 1),
            (("1/(1+x^2)", "inf", "-inf"), -math.pi),
            (("abs(x-1/3)", "0", "1"), 5 / 18),
            (("exp(-k*x)", "0", "inf", "--param", "k=4"), 0.25),
            (("sin(1000*x)^2", "0", "pi"), math.pi / 2),
            (("if(x<0.3,1,2)", "0", "1"), 1.7),
        ):
            result, err = self.json(*words)
            self.assertEqual(result["status"], "ok")
            self.assertLessEqual(abs(result["value"] - exact), 1e-10 * abs(exact))
            self.assertLessEqual(abs(result["value"] - exact), result["error"] + 4e-16 * abs(exact))
            self.assertLessEqual(result["error"], 1e-10 * abs(exact))
            self.assertGreater(result["evaluations"], 100)
            self.assertGreater(result["regions"], 0)
            self.assertEqual(float.fromhex(result["value_hex"]), result["value"])
            self.assertEqual(err, "")
        self.assertEqual(run("integrate", "x^2", "2", "2", "--quiet")[:2], (0, "0\n"))
        self.assertEqual(run("integrate", "x", "-1", "1", "--quiet")[0], 0)
        self.assertEqual(run("integrate", "x^2", "--quiet", "--", "-1", "1")[:2], run("integrate", "x^2", "-1", "1", "--quiet")[:2])

    def test_refusals_are_honest(self):
        for words, status, why in (
            (("1/x", "0", "1"), "divergent_or_singular", "does not converge between x = 0"),
            (("1/x^2", "-1", "1"), "divergent_or_singular", "x = "),
            (("exp(x)", "0", "inf"), "divergent_or_singular", "infinite between"),
            (("1", "0", "inf"), "divergent_or_singular", "inf"),
            (("sqrt(x)", "-1", "1"), "not_a_number", "at x = -"),
            (("sin(x)", "0", "inf"), "tolerance_not_reached", "oscillates"),
            (("sin(1/x)", "0", "1", "--max-evaluations", "1e5"), "tolerance_not_reached", "max_evaluations"),
            (("exp(x)", "0", "1", "--rtol", "0"), "tolerance_not_reached", "rounding"),
        ):
            result, err = self.json(*words, code=1)
            self.assertEqual(result["status"], status, words)
            self.assertIn(why, result["message"])
            self.assertRegex(err, r"^quadot: integrate .*: %s: .*: .*\n$" % status)
            if status != "tolerance_not_reached":
                self.assertEqual((result["value"], result["error"]), ("nan", "inf"))
            code, out, err = run("integrate", *words, "--quiet")
            self.assertEqual(code, 1)
            self.assertEqual(len(err.splitlines()), 1)

    def test_options(self):
        loose, _ = self.json("sqrt(x)", "0", "1", "--rtol", "1e-4")
        tight, _ = self.json("sqrt(x)", "0", "1", "--rtol", "1e-13")
        absolute, _ = self.json("sqrt(x)", "0", "1", "--rtol", "0", "--atol", "1e-4")
        self.assertLess(loose["evaluations"], tight["evaluations"])
        self.assertEqual(absolute["evaluations"], loose["evaluations"])
        known, _ = self.json("abs(x-1/3)^-0.5", "0", "1", "--breakpoints", "1/3,atan2(1,1)")
        unknown, _ = self.json("abs(x-1/3)^-0.5", "0", "1")
        self.assertLess(known["evaluations"], unknown["evaluations"])
        quick, _ = self.json("exp(x)", "0", "1", "--min-width", "0")
        self.assertLess(quick["evaluations"], 200)
        self.assertEqual(run("integrate", "cos", "0", "1", "--quiet", env={"QUADOT_RTOL": "-1"})[0], 2)
        for words in (("--rtol", "-1"), ("--rtol", "inf"), ("--atol", "x"), ("--min-width", "2"), ("--max-evaluations", "0"), ("--breakpoints", "1,,2"),
                      ("--rule", "left"), ("--jobs", "2"), ("-n", "10", "--rtol", "1e-3")):
            code, out, err = run("integrate", "cos", "0", "1", *words)
            self.assertEqual((code, out), (2, ""), words)
            self.assertRegex(err, r"^quadot: .*: .*; .*\n$")
        self.assertEqual(run("integrate", "cos", "0", "1", "--compare", "naive")[0], 2)
        code, out, _ = run("integrate", "cos", "0", "1", "--dry-run")
        self.assertEqual(code, 0)
        self.assertIn("nothing was computed", out)

    def test_sweep(self):
        words = ("exp(-k*x)", "0", "1", "--param", "k=0.5:2.5:0.5")
        exact = [-math.expm1(-k) / k for k in (0.5, 1, 1.5, 2, 2.5)]
        for more in ((), ("--min-width", "0"), ("--threads", "2")):
            result, _ = self.json(*words, *more)
            self.assertEqual(result["parameter"], "k")
            self.assertEqual(result["parameters"], [0.5, 1, 1.5, 2, 2.5])
            self.assertEqual(result["statuses"], ["ok"] * 5)
            for value, error, right in zip(result["values"], result["errors"], exact):
                self.assertLessEqual(abs(value - right), 1e-10 * right)
                self.assertLessEqual(abs(value - right), error + 2e-16)
        code, out, _ = run("integrate", *words, "--quiet")
        self.assertEqual((code, len(out.splitlines())), (0, 5))
        code, out, _ = run("integrate", *words, "--csv", "-")
        self.assertEqual(code, 0)
        self.assertEqual(out.splitlines()[0], "k,value,value_hex,error,evaluations,status")
        self.assertEqual([float(line.split(",")[0]) for line in out.splitlines()[1:]], [0.5, 1, 1.5, 2, 2.5])
        if MPIEXEC:
            self.assertEqual(ranks(3, "integrate", *words, "--csv", "-")[1], out)
        code, out, err = run("integrate", "x^k", "0", "1", "--param", "k=-2:1:1", "--quiet")
        self.assertEqual((code, out.splitlines()[:2]), (1, ["nan", "nan"]))
        self.assertIn("2 of 4 integrals refused; the first: divergent_or_singular: k = -2", err)
        for words in (("k=0:1",), ("k=0:1:0",), ("k=1:0:1",), ("k=0:1:1e-9",), ("k=0:1:x",), ("k=0:1:1", "--param", "q=0:1:1"), ("k=0:1:1", "-n", "10"),
                      ("k=0:1:1:1",)):
            code, out, err = run("integrate", "x^k", "0", "1", "--param", *words)
            self.assertEqual((code, out), (2, ""), words)
            self.assertEqual(len(err.splitlines()), 1, err)

    def test_upto(self):
        points = [-0.5, 0, 0.25, 0.5, 1]
        words = ("exp(x)", "0.25", "--upto", "-1/2,0,0.25,0.5,1")
        result, _ = self.json(*words)
        self.assertEqual((result["parameter"], result["parameters"], result["statuses"]), ("x", points, ["ok"] * 5))
        for point, value, error in zip(points, result["values"], result["errors"]):
            self.assertLessEqual(abs(value - (math.exp(point) - math.exp(0.25))), error + 3e-16)
        self.assertLess(result["evaluations"], 3000)
        code, out, _ = run("integrate", *words, "--csv", "-")
        self.assertEqual((code, out.splitlines()[0]), (0, "x,value,value_hex,error,evaluations,status"))
        if MPIEXEC:
            self.assertEqual(ranks(3, "integrate", *words, "--csv", "-")[1], out)
        self.assertEqual(run("integrate", *words, "--csv", "-", "--jit")[1], out)
        code, out, _ = run("integrate", "gauss", "--upto", "0:3:0.5", "--quiet")
        self.assertEqual((code, len(out.splitlines())), (0, 7))
        self.assertAlmostEqual(float(out.splitlines()[2]), math.sqrt(math.pi) / 2 * math.erf(1), delta=1e-10)
        code, out, err = run("integrate", "1/(1-x)", "0", "--upto", "0.5,0.9,1", "--quiet")
        self.assertEqual((code, out.splitlines()[2]), (1, "nan"))
        self.assertAlmostEqual(float(out.splitlines()[1]), math.log(10), delta=1e-9)
        self.assertIn("1 of 3 integrals refused; the first: divergent_or_singular: x = 1", err)
        for words in (("0", "1", "--upto", "0.5"), ("0", "--upto", "1,0"), ("0", "--upto", "nan"), ("0", "--upto", "0:1:1e-9"), ("0", "--upto", "1", "-n", "5"),
                      ("0", "--upto", ""), ("--upto", "1"), ("0", "--upto", "1", "--param", "k=0:1:1"), ("0", "--upto", "0:1")):
            code, out, err = run("integrate", "x+1", *words)
            self.assertEqual((code, out), (2, ""), words)
            self.assertEqual(len(err.splitlines()), 1, err)

    def test_table(self):
        code, out, _ = run("integrate", "gauss", "0", "3", "--reps", "3")
        self.assertEqual(code, 0)
        self.assertRegex(out, r"integrate/adaptive/\w+ .* PASS\n")
        self.assertTrue(out.endswith("Solution validates (1/1)\n"))

    def test_bits(self):
        words = ("integrate", "abs(x-0.3)^-0.4+sin(300*x)", "0", "1", "--json", "-", "--reps", "1")
        results = set()
        for more in (("--threads", "1"), ("--threads", "2"), ("--threads", "4"), ("--jit",)):
            results.add(self.bits(run(*words, *more)[1]))
        if MPIEXEC:
            for count in (2, 3):
                results.add(self.bits(ranks(count, *words)[1]))
        self.assertEqual(len(results), 1, results)

    def bits(self, text):
        result = json.loads(text)["result"]
        return result["value_hex"], result["error"], result["evaluations"], result["regions"]


class Output(unittest.TestCase):
    def test_help_has_examples_that_run(self):
        for command in ((), ("dot",), ("integrate",), ("list",)):
            code, out, _ = run(*command, "--help")
            self.assertEqual(code, 0)
            examples = re.findall(r"^  quadot (.*)$", out, re.MULTILINE)
            self.assertTrue(examples, command)
            for example in [each for each in examples if ".npy" not in each][:3]:
                words = shlex.split(example) + (["--reps", "1"] if command != ("list",) else [])
                self.assertEqual(run(*words)[0], 0, words)

    def test_table_ends_in_the_verdict(self):
        code, out, _ = run("integrate", "cos", "0", "pi/2", "-n", "1000", "--rule", "left", "--reps", "3")
        self.assertEqual(code, 0)
        self.assertRegex(out.splitlines()[-1], r"^Solution validates \((\d+)/\1\)$")
        for word in ("host", "cpu", "compiler", "binding", "verdict", "naive", "eigen", "plain", "compensated"):
            self.assertIn(word, out)

    def test_lists(self):
        code, out, _ = run("list", "integrands")
        self.assertEqual(code, 0)
        self.assertGreaterEqual(len(re.findall(r"domain:", out)), 16)
        for topic in ("dot", "integrate", "functions", "rules", "accumulators", "isa"):
            self.assertEqual(run("list", topic)[0], 0)

    def test_dry_run_computes_nothing(self):
        code, out, _ = run("dot", "-n", "1e12", "--dry-run")
        self.assertEqual(code, 0)
        self.assertIn("DOES NOT FIT", out)
        self.assertEqual(run("integrate", "cos", "-n", "1e15", "--dry-run")[0], 0)

    def test_csv(self):
        code, out, _ = run("dot", "-n", "1000", "--csv", "-", "--reps", "2")
        self.assertEqual(code, 0)
        widths = {line.count(",") for line in out.splitlines()}
        self.assertEqual(len(widths), 1)

    def golden(self, name, *words):
        """The report's shape: every key, with numbers and texts of this machine replaced by their kinds."""
        with tempfile.TemporaryDirectory() as folder:
            path = f"{folder}/report.json"
            code, _, err = run(*words, "--json", path, "--reps", "2", "--compare", "naive,plain", "--isa", "sse2" if os.uname().machine == "x86_64" else "neon64", "--threads", "1")
            self.assertEqual(code, 0, err)
            report = json.loads(pathlib.Path(path).read_text())

        def shape(value, key=""):
            if isinstance(value, dict):
                return {k: shape(v, k) for k, v in value.items()}
            if isinstance(value, list):
                return [shape(value[0], key)] if value and key != "benchmarks" else [shape(v) for v in value] if key == "benchmarks" else []
            if key in ("schema", "status", "accumulator", "verdict", "time_unit", "run_type", "reference", "problem"):
                return value
            if key in ("name", "run_name"):
                return value.replace("neon64", "sse2")
            return type(value).__name__.replace("int", "number").replace("float", "number")

        report["context"]["caches"] = []  # absent in some virtual machines
        got = json.dumps(shape(report), indent=1) + "\n"
        file = HERE / f"{name}.json"
        if UPDATE:
            file.write_text(got)
        self.assertEqual(got, file.read_text())

    def test_golden_dot(self):
        self.golden("dot", "dot", "-n", "1000")

    def test_golden_integrate(self):
        self.golden("integrate", "integrate", "runge", "-n", "1000", "--rule", "boole")

    def test_start_up_is_quick_enough_to_script(self):
        # Not a time limit: one run without MPI must not initialise MPI, which leaves a session directory's worth of variables.
        code, out, _ = run("dot", "-n", "1000", "--compare", "none", "--json", "-")
        self.assertEqual(code, 0)
        self.assertEqual(json.loads(out)["context"]["mpi"], "none")


class CompiledText(unittest.TestCase):
    """--jit: the interpreter's bits, whatever happens on the way."""

    WORDS = ("integrate", "exp(-x*x)*sin(10*x)+sqrt(1+x*x)/(1+x)", "0", "3", "-n", "100001")

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.cache = pathlib.Path(self.folder.name) / "cache"
        code, self.value, err = run(*self.WORDS, "--quiet")
        self.assertEqual(code, 0, err)

    def env(self, **more):
        return {"QUADOT_CACHE": str(self.cache), **more}

    def result(self, *words, env=None, runner=run):
        reps = () if "--reps" in words else ("--reps", "1")
        code, out, err = runner(*self.WORDS, *words, *reps, "--compare", "none", "--json", "-", env=self.env(**(env or {})))
        self.assertEqual(code, 0, err)
        result = json.loads(out)["result"]
        self.assertEqual(result["value"], float(self.value))
        return result, err

    def test_compiled_cached_and_interpreted(self):
        self.assertEqual(self.result("--jit")[0]["jit"], "compiled")
        self.assertEqual([each.suffix for each in self.cache.iterdir()], [".so"])
        for words, env, state in (
            (("--jit",), {}, "cached"),
            (("--jit=on",), {}, "cached"),
            ((), {"QUADOT_JIT": "1"}, "cached"),
            ((), {"QUADOT_JIT": "on"}, "cached"),
            ((), {}, "interpreted"),
            (("--jit=off",), {}, "interpreted"),
            ((), {"QUADOT_JIT": "off"}, "interpreted"),
        ):
            result, err = self.result(*words, env=env)
            self.assertEqual(result["jit"], state, (words, env))
            self.assertNotIn("jit", err)
        self.assertEqual(run("integrate", "--jit", *self.WORDS[1:], "--quiet", env=self.env())[1], self.value)  # takes no word of the others

    def test_automatic_switches(self):
        result, err = self.result("--jit=auto", "--max-time", "60s", "--reps", "1000")
        self.assertIn(result["jit"], ("interpreted", "compiled"))
        self.assertNotIn("quadot: jit", err)
        if result["jit"] == "interpreted":
            self.assertIn("not finished", result["jit_reason"])

    def test_without_a_compiler(self):
        result, err = self.result("--jit", env={"QUADOT_CXX": "/nonexistent", "PATH": ""})
        self.assertEqual(result["jit"], "interpreted")
        self.assertIn("/nonexistent", result["jit_reason"])
        notices = [line for line in err.splitlines() if "jit" in line]
        self.assertEqual(len(notices), 1, err)
        self.assertRegex(notices[0], r"^quadot: jit: .*/nonexistent.*; interpreting instead$")

    def test_unsafe_cache_folder(self):
        self.cache.mkdir()
        self.cache.chmod(0o777)
        result, err = self.result("--jit")
        self.assertEqual(result["jit"], "compiled")
        self.assertRegex(err, r"(?m)^quadot: jit: the cache folder .* can be written by others.*; compiled, but not kept for the next run$")
        self.assertEqual(list(self.cache.iterdir()), [])

    def test_a_sweep(self):
        words = ("integrate", "exp(-k*x)*cos(x)+abs(x-0.5)^k", "0", "1", "--param", "k=0:3:0.125", "--json", "-", "--reps", "1")

        def results(*more, runner=run, env=None):
            code, out, err = runner(*words, *more, env=self.env(**(env or {})))
            self.assertEqual(code, 0, err)
            result = json.loads(out)["result"]
            return result["jit"], [result[key] for key in ("values", "errors", "statuses", "evaluations")], err

        for more in ((), ("--min-width", "0")):
            state, expected, _ = results(*more)
            self.assertEqual(state, "interpreted")
            if not more:
                self.assertEqual(results("--jit"), ("compiled", expected, ""))
            self.assertEqual(results("--jit", "--threads", "2", *more), ("cached", expected, ""))
            self.assertIn(results("--jit=auto", *more)[:2], (("cached", expected), ("interpreted", expected)))
            if MPIEXEC:
                self.assertEqual(results("--jit", *more, runner=lambda *words, env: ranks(3, *words, env=env))[:2], ("cached", expected))
            state, found, err = results("--jit", *more, env={"QUADOT_CXX": "/nonexistent"})
            self.assertEqual((state, found), ("interpreted", expected))
            self.assertRegex(err, r"^quadot: jit: .*/nonexistent.*; interpreting instead\n$")
        self.assertEqual(len(list(self.cache.iterdir())), 1)

    def test_choices(self):
        code, out, err = run(*self.WORDS, "--jit=wat")
        self.assertEqual((code, out), (2, ""))
        self.assertIn("--jit=wat", err)
        # A named integrand is compiled already.
        code, out, err = run("integrate", "cos", "-n", "1000", "--jit", "--quiet", env=self.env(QUADOT_CXX="/nonexistent"))
        self.assertEqual((code, out, err), (0, run("integrate", "cos", "-n", "1000", "--quiet")[1], ""))

    def test_ranks(self):
        if not MPIEXEC:
            self.skipTest("this build has no MPI")

        def three(*words, env):
            return ranks(3, *words, env=env)

        self.assertEqual(self.result("--jit", runner=three)[0]["jit"], "compiled")
        self.assertEqual(self.result("--jit", runner=three)[0]["jit"], "cached")
        self.assertEqual(len(list(self.cache.iterdir())), 1)
        self.assertIn(self.result("--jit=auto", "--reps", "100", runner=three)[0]["jit"], ("cached", "interpreted"))
        result, err = self.result("--jit", env={"QUADOT_CXX": "/nonexistent"}, runner=three)
        self.assertEqual(result["jit"], "interpreted")
        self.assertEqual(len([line for line in err.splitlines() if line.startswith("quadot: jit: ")]), 1, err)

    def test_a_rank_that_cannot_use_it(self):
        if not MPIEXEC:
            self.skipTest("this build has no MPI")
        if any(run("dot", "-n", "1", "--isa", isa, "--quiet")[0] != 0 for isa in ("avx2", "avx512")):
            self.skipTest("needs two instruction sets with FMA")
        words = (*self.WORDS, "--jit", "--quiet")
        program = PROGRAM
        code, out, err = run(*words, env=self.env(OMP_NUM_THREADS="1"),
                             launcher=[MPIEXEC, "-n", "1", "env", "QUADOT_ISA=avx2", program, *words, ":", "-n", "1"])
        self.assertEqual((code, out), (0, self.value), err)
        self.assertRegex(err, r"(?m)^quadot: jit: rank 1: it uses another instruction set than rank 0; interpreting instead$")


class Ranks(unittest.TestCase):
    def setUp(self):
        if not MPIEXEC:
            self.skipTest("this build has no MPI")

    def test_same_bits_on_any_number_of_ranks(self):
        for words in (("dot", "-n", "100003", "--data", "normal", "--accumulator", "plain"), ("integrate", "pi", "-n", "50001", "--rule", "left"),
                      ("integrate", "exp(-x)*sin(k*x)", "0", "1", "--param", "k=5", "-n", "50001")):
            alone = run(*words, "--quiet")[1]
            for count in (1, 2, 3, 7):
                code, out, err = ranks(count, *words, "--quiet")
                self.assertEqual((code, out), (0, alone), (count, err))

    def test_rows_of_a_matrix_have_the_same_bits_on_any_number_of_ranks(self):
        with tempfile.TemporaryDirectory() as folder:
            files = (f"{folder}/X.npy", f"{folder}/y.npy")
            for rows, columns, descr in ((5, 9001, "<f8"), (23, 17, "<f4"), (1, 40, "<f8"), (0, 3, "<f8"), (8, 0, "<f8")):
                x, y = write_matrix_and_vector(folder, rows, columns, descr)
                for accumulator in ("plain", "exact"):
                    words = ("dot", *files, "--accumulator", accumulator, "--quiet")
                    alone = run(*words)
                    self.assertEqual(alone[0], 0, alone[2])
                    self.assertEqual(len(alone[1].splitlines()), rows)
                    for count in (1, 2, 3, 7):
                        code, out, err = ranks(count, *words)
                        self.assertEqual((code, out), (0, alone[1]), (rows, columns, accumulator, count, err))
            # The whole table, with ranks that have no row and rows that only the last rank has.
            for rows in (2, 4):
                x, y = write_matrix_and_vector(folder, rows, 100)
                code, out, err = ranks(3, "dot", *files, "--accumulator", "exact", "--json", "-", "--reps", "1")
                self.assertEqual(code, 0, err)
                report = json.loads(out)
                self.assertEqual(report["result"]["values"], exact_products(x, y))
                self.assertEqual({row["verdict"] for row in report["benchmarks"]}, {"pass"})
            x[-1] = math.nan
            write_npy(files[0], x, shape="(4, 100)")
            code, out, _ = ranks(3, "dot", *files, "--json", "-", "--reps", "1")
            report = json.loads(out)
            self.assertEqual((code, report["result"]["status"]), (1, "not_a_number"))
            self.assertEqual({row["verdict"] for row in report["benchmarks"]}, {"fail"})
            write_npy(files[1], [1.0, 2.0])
            code, out, err = ranks(3, "dot", *files, "--quiet")
            self.assertEqual((code, out), (2, ""))
            self.assertEqual(sum(line.startswith("quadot: ") for line in err.splitlines()), 1, err)

    def test_all_ranks_agree_on_failure(self):
        for code, words in ((2, ("dot", "--threads", "0")), (2, ("dot", "-n", "x")), (3, ("dot", "-n", "10", "--json", "/nonexistent/x"))):
            got, out, err = ranks(3, *words)
            self.assertEqual(got, code, err)
            self.assertEqual(out, "")
            self.assertEqual(sum(line.startswith("quadot: ") for line in err.splitlines()), 1, err)

    def test_nan_in_one_ranks_slice_fails_everywhere(self):
        with tempfile.TemporaryDirectory() as folder:
            values = [1.0] * 40000
            values[-1] = math.nan
            write_npy(f"{folder}/x.npy", values)
            code, _, _ = ranks(3, "dot", f"{folder}/x.npy", f"{folder}/x.npy", "--reps", "1")
            self.assertEqual(code, 1)

    def test_lost_threads_are_flagged(self):
        if len(os.sched_getaffinity(0)) < 2:
            self.skipTest("one CPU")
        launcher = [MPIEXEC, "-n", "1", "--bind-to", "core"]
        code, out, err = run("dot", "-n", "1000", "--reps", "1", launcher=launcher)
        self.assertEqual(code, 0, err)
        self.assertIn("WARNING", out)
        self.assertIn("mpirun", out)
        self.assertEqual(run("dot", "-n", "1000", "--reps", "1", "--strict", launcher=launcher)[0], 3)


if __name__ == "__main__":
    words = sys.argv[1:]
    if "--update" in words:
        words.remove("--update")
        UPDATE = True
    PROGRAM = os.path.abspath(words[0])
    MPIEXEC = words[1] if len(words) > 1 else ""
    unittest.main(argv=[sys.argv[0]], verbosity=1)
