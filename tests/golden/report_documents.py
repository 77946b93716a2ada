"""Reports made up for tests: every field that quadot/1 may have, with numbers that follow from closed forms."""

import json
import math
import pathlib

CACHES = [
    {"type": "Data", "level": 1, "size": 32768, "num_sharing": 1},
    {"type": "Instruction", "level": 1, "size": 32768, "num_sharing": 1},
    {"type": "Unified", "level": 2, "size": 1048576, "num_sharing": 1},
    {"type": "Unified", "level": 3, "size": 33554432, "num_sharing": 2},
]


def context(**changes):
    fields = {
        "date": "2026-01-02T03:04:05+00:00", "host_name": "node1", "executable": "quadot", "num_cpus": 2, "mhz_per_cpu": 2600, "cpu_scaling_enabled": False,
        "caches": CACHES, "load_avg": [], "library_build_type": "release", "host": "node1", "cpu": "Test CPU", "operating_system": "Linux 6.1 x86_64",
        "isa": "avx2", "isa_built": ["sse2", "avx2"], "compiler": "GNU 12.2.0", "flags": "-O3 -ffp-contract=off", "build_type": "Release", "git": "0.1.0 (abc)",
        "threads": 1, "ranks": 1, "mpi": "none", "job": "", "binding": [{"rank": 0, "host": "node1", "threads": 1, "cpus": "0"}], "binding_verdict": "good",
        "warnings": [], "problem": "dot, n = 1000, f64, uniform data, seed 1", "seed": 1, "reference": "the exact sum of products",
    }
    return {**fields, **changes}


def row(name, seconds, samples=9, spread=0.02, **fields):
    """Samples evenly spread around the median, the interval half as wide."""
    times = [seconds * (1 + spread * (2 * k / max(1, samples - 1) - 1)) for k in range(samples)] if samples > 1 else [seconds]
    made = {
        "name": name, "family_index": 0, "per_family_instance_index": 0, "run_name": name, "run_type": "iteration", "repetitions": 1, "repetition_index": 0,
        "threads": 1, "iterations": samples, "real_time": seconds * 1e9, "cpu_time": seconds * 1e9, "time_unit": "ns", "real_time_lower": seconds * (1 - spread / 2) * 1e9,
        "real_time_upper": seconds * (1 + spread / 2) * 1e9, "interval_covers_95_percent": samples >= 6, "samples": [time * 1e9 for time in times], "value": 1.0,
        "value_hex": "0x1p+0", "error": 1e-13, "bound": 1e-10, "verdict": "pass", "items_per_second": 1000 / seconds if seconds else 0.0,
    }
    made.update(fields)
    return made


def document(rows, **fields):
    made = {
        "schema": "quadot/1", "command": ["quadot", "dot", "-n", "1000", "--json", "x.json"], "context": context(),
        "result": {"value": 0.1, "value_hex": "0x1.999999999999ap-4", "error": 1e-17, "status": "ok", "accumulator": "exact", "evaluations": 1000, "certified": True},
        "benchmarks": rows,
    }
    made.update(fields)
    return made


def dot_row(name, seconds, n=1000, **fields):
    return row(name, seconds, bytes_per_second=16 * n / (seconds or 1), items_per_second=n / (seconds or 1), limit_bytes_per_second=1e11, **fields)


def comparison():
    return document([
        dot_row("dot/plain/avx2", 200e-9, error=1e-13), dot_row("dot/exact/avx2", 250e-9, error=0.0), dot_row("dot/baseline/naive", 800e-9, error=4e-12, compiler_flags="-O3"),
        dot_row("dot/baseline/eigen", 210e-9, error=2e-13, compiler_flags="-O3 -march=native"),
    ])


def size_row(variant, power, rate):
    n = 2**power
    return dot_row(f"{variant}/n:{n}", 16 * n / rate, n, study="sizes", variant=variant, problem_size=n, ranks=1, workers=1)


def sizes():
    """GB/s that fall by 10 % an octave, so that every point is known: 100 * 0.9^k."""
    return document([size_row(variant, power, first * 0.9 ** (power - 8)) for variant, first in (("dot/plain/avx2", 100e9), ("dot/exact/avx2", 80e9)) for power in range(8, 25)])


def amdahl(workers, serial, alone):
    return alone * (serial + (1 - serial) / workers)


def scaling_row(variant, study, workers, seconds, threads=1, **fields):
    n = 10**8 if study == "strong" else 10**7 * workers
    return dot_row(f"{variant}/{study}/ranks:{workers // threads}/threads:{threads}", seconds, n, study=study, variant=variant, problem_size=n, ranks=workers // threads,
                   threads=threads, workers=workers, imbalance=1.05, communication_share=0.1, **fields)


def fit(study, variant, times, measured):
    return {
        "study": study, "variant": variant, "threads": 1, "model": "amdahl" if study == "strong" else "gustafson", "points": measured,
        "parameters": [{"name": "serial share", "value": 0.05, "lower": 0.04, "upper": 0.06}],
        "curve": [{"workers": p, "seconds": t, "lower": 0.95 * t, "upper": 1.05 * t, "extrapolated": k >= measured} for k, (p, t) in enumerate(times)],
        "loses_80_percent_at": {"workers": 6.0, "lower": 5.0, "upper": 7.5, "extrapolated": False},
    }


def scaling(counts=(1, 2, 4, 8), variants=("dot/plain/avx2", "dot/exact/avx2"), fits=True, **fields):
    """Amdahl with 5 % serial (strong); 3 % more time at each doubling (weak)."""
    rows, fitted = [], []
    for place, variant in enumerate(variants):
        alone = 0.4 + 0.1 * place
        for study, time in (("strong", lambda p, t=alone: amdahl(p, 0.05, t)), ("weak", lambda p, t=alone: t * (1 + 0.03 * math.log2(p)))):
            rows += [scaling_row(variant, study, p, time(p), **fields) for p in counts]
            fitted.append(fit(study, variant, [(p, time(p)) for p in (*counts, 2 * counts[-1], 4 * counts[-1])], len(counts)))
    return document(rows, **({"fits": fitted} if fits else {}))


def simulated():
    made = scaling((1, 4, 16, 64), simulated=True)
    made["context"]["simulated"] = {"description": "fat tree of 64 nodes"}
    return made


def machine():
    return {
        "schema": "quadot/1", "command": ["quadot", "machine"], "context": context(problem="machine"),
        "benchmarks": [row("machine/load/L1", 1e-6, study="machine", bytes_per_second=2e11)],
        "machine": {
            "host": "node1", "date": "2026-01-02T03:04:05+00:00", "isa": "avx2", "cpu": "Test CPU", "timer_resolution_seconds": 3e-8,
            "bandwidth": [{"level": level, "working_set_bytes": size, "threads": threads, "bytes_per_second": rate * threads}
                          for threads in (1, 2) for level, size, rate in (("L1", 16384, 2e11), ("L2", 524288, 1e11), ("L3", 2**24, 9e10), ("DRAM", 2**30, 2e10))],
            "arithmetic": [{"operation": operation, "type": kind, "isa": "avx2", "threads": threads, "per_second": rate * threads, "unit": unit}
                           for threads in (1, 2) for operation, kind, rate, unit in (("fma", "f64", 4e10, "flop/s"), ("fma", "f32", 8e10, "flop/s"), ("division", "f64", 2e9, "1/s"))],
            "parallel_region": [{"threads": 2, "seconds": 1.5e-6}], "messages": [{"pair": "same node", "ranks": [0, 1], "latency_seconds": 5e-7, "bytes_per_second": 8e9}],
            "allreduce": [{"ranks": 2, "seconds": 2e-6}],
        },
    }


def finding(check, severity, what, why="", remedy="", ranks="0"):
    return {"check": check, "severity": severity, "what": what, "why": why, "remedy": remedy, "ranks": ranks}


def doctor():
    """One of each severity, the warning last."""
    return {
        "schema": "quadot/1", "command": ["quadot", "doctor"], "context": context(problem="doctor"), "benchmarks": [],
        "findings": [finding("clock", "ok", "steady"), finding("pages", "note", "4 KiB pages", "more misses", "use larger ones"),
                     finding("governor", "warning", "powersave | slow", "clocks wander", "cpupower frequency-set -g performance", "0-3")],
    }


def google():
    return {
        "context": {"date": "2026-01-02T03:04:05+00:00", "host_name": "node2", "executable": "./other_bench", "num_cpus": 4, "caches": []},
        "benchmarks": [{"name": name, "run_name": name, "run_type": "iteration", "repetitions": 3, "repetition_index": k, "threads": 1, "iterations": 100,
                        "real_time": time * (1 + 0.1 * k), "cpu_time": time, "time_unit": "us"} for name, time in (("BM_one/64", 10.0), ("BM_two/64", 20.0)) for k in range(3)],
    }


def write(folder, name, made):
    path = pathlib.Path(folder) / name
    path.write_text(json.dumps(made))
    return str(path)
