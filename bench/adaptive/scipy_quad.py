#!/usr/bin/python3
"""SciPy's quad on the classic batteries, in the columns of adaptive_ratios.

    scipy_quad.py [RTOL [NAME...]]    default: 1e-10, the 49 classic integrals

quad is QUADPACK's qags and qagi behind a Python callable: what a call takes is the interpreter's, some 0.1 us an operation. Time: the smallest of five runs.
limit=1000 regions, as GSL gets in adaptive_ratios; success is the absence of a message.

Exit codes: 0 done, 2 bad usage, 77 SciPy is not here.
"""

import json
import math
import pathlib
import re
import statistics
import sys
import time

BATTERIES = pathlib.Path(__file__).resolve().parents[2] / "tests" / "conformance" / "batteries" / "batteries.json"


def saturating(function):
    """As C's: infinite where Python's raises."""

    def value(x):
        try:
            return function(x)
        except OverflowError:
            return math.inf

    return value


WORDS = {name: getattr(math, name) for name in ("log", "sqrt", "sin", "cos", "tan", "atan", "tanh", "pi", "inf", "e")}
WORDS |= {"exp": saturating(math.exp), "cosh": saturating(math.cosh), "abs": abs, "choose": lambda condition, yes, no: yes if condition else no, "__builtins__": {}}


def in_python(formula: str) -> str:
    return re.sub(r"\bif\(", "choose(", formula.replace("^", "**"))


def callable_of(formula: str):
    """A function of x, infinite where Python raises at a singular point."""
    f = eval("lambda x: " + in_python(formula), WORDS)  # formulas of a file in this repository

    def guarded(x):
        try:
            return f(x)
        except (ZeroDivisionError, OverflowError, ValueError):
            return math.inf

    return guarded


def main(arguments: list[str]) -> int:
    try:
        from scipy.integrate import quad
    except ImportError:
        print("scipy_quad.py: SciPy is not here; install python3-scipy", file=sys.stderr)
        return 77
    try:
        relative = float(arguments[0]) if arguments else 1e-10
    except ValueError:
        print(f"scipy_quad.py: '{arguments[0]}' is no tolerance", file=sys.stderr)
        return 2
    names = set(arguments[1:])
    solved = refused = wrong = evaluations = count = 0
    times = []
    for entry in json.loads(BATTERIES.read_text()):
        if entry["exact"] is None or not (entry["name"] in names if names else entry["classic"]):
            continue
        f = callable_of(entry["formula"])
        low, high = (eval(in_python(entry[limit]), WORDS) for limit in ("from", "to"))
        best = math.inf
        for _ in range(5):
            start = time.perf_counter()
            found = quad(f, low, high, epsabs=0, epsrel=relative, limit=1000, full_output=1)
            best = min(best, time.perf_counter() - start)
        exact = float(entry["exact"])
        error = abs(found[0] - exact)
        right = error <= max(relative, 4 * sys.float_info.epsilon) * abs(exact) or (exact == 0 and error <= 1e-14)
        claims = len(found) == 3 and math.isfinite(found[0])
        solved += claims and right
        wrong += claims and not right
        refused += not claims
        evaluations += found[2]["neval"]
        times.append(best * 1e6)
        count += 1
        verdict = ("" if right else "WRONG") if claims else "refused"
        print(f"{entry['name']:<24} | {best * 1e6:>9.2f} us {found[2]['neval']:>7} {verdict:<7} | {entry['formula']}")
    if not times:
        print("scipy_quad.py: no such integral", file=sys.stderr)
        return 2
    print(f"\n{count} integrals, rtol {relative:g}\n")
    print("| | solved | refused | wrong | median, us | all, us | evaluations |\n|---|---|---|---|---|---|---|")
    print(f"| SciPy's quad | {solved} | {refused} | {wrong} | {statistics.median(times):.1f} | {sum(times):.0f} | {evaluations} |")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
