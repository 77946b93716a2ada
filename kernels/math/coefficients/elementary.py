#!/usr/bin/env python3
"""The constants of kernels/math/*.hpp, made from series and integers alone; standard library only.

  elementary.py            print them, with the errors that they leave
  elementary.py --check    compare with the headers beside this directory; exit code 1 where a constant is missing there

Polynomials: Remez's exchange (E. Ya. Remez 1934; Muller, Elementary Functions, 3rd ed., section 3.5) on the relative error of the
function's result. The lowest coefficient is rounded to double and kept, the exchange runs again for the others, and so on:
each coefficient makes up for what the rounding of those below it has lost.
Constants of argument reduction: pi by Machin's formula, log 2 by 2 atanh(1/3).
"""
import pathlib
import re
import sys
from decimal import Decimal, getcontext
from fractions import Fraction
from math import isqrt

getcontext().prec = 60


# Doubles.
def nearest(value, bits=53):
    """The binary number of `bits` bits nearest to the fraction `value`."""
    if value == 0:
        return Fraction(0)
    exponent = 0
    size = abs(value)
    while size >= 2:
        size /= 2
        exponent += 1
    while size < 1:
        size *= 2
        exponent -= 1
    unit = Fraction(2) ** (exponent - bits + 1)
    return Fraction(round(value / unit)) * unit  # round() of a Fraction: ties to even


def literal(value):
    """The C++ literal of a fraction that a double holds."""
    assert Fraction(float(value)) == value
    text = float(value).hex()
    return re.sub(r"\.?0*p", "p", text).replace("p+", "p")


def decimal(value):
    value = Fraction(value)
    return Decimal(value.numerator) / Decimal(value.denominator)


# Functions and weights, by their Taylor series.
def series(terms):
    """u -> sum of terms[n] u^n, with terms as decimals."""
    terms = [decimal(term) for term in terms]

    def value(u):
        total = Decimal(0)
        for term in reversed(terms):
            total = total * u + term
        return total

    return value


def factorial(n):
    return 1 if n == 0 else n * factorial(n - 1)


TERMS = 40
sine_ratio = series([Fraction((-1) ** n, factorial(2 * n + 1)) for n in range(TERMS)])  # sin(r)/r in s = r^2
cosine = series([Fraction((-1) ** n, factorial(2 * n)) for n in range(TERMS)])  # cos(r) in s = r^2
exponential = series([Fraction(1, factorial(n)) for n in range(TERMS)])
log_ratio = series([Fraction(2, 2 * n + 1) for n in range(TERMS)])  # log((1+s)/(1-s))/s in z = s^2


def solve(matrix, right):
    """Gauss, with pivots."""
    n = len(right)
    rows = [list(row) + [value] for row, value in zip(matrix, right)]
    for k in range(n):
        pivot = max(range(k, n), key=lambda i: abs(rows[i][k]))
        rows[k], rows[pivot] = rows[pivot], rows[k]
        for i in range(k + 1, n):
            factor = rows[i][k] / rows[k][k]
            for j in range(k, n + 1):
                rows[i][j] -= factor * rows[k][j]
    x = [Decimal(0)] * n
    for k in reversed(range(n)):
        x[k] = (rows[k][n] - sum(rows[k][j] * x[j] for j in range(k + 1, n))) / rows[k][k]
    return x


def minimax(function, weight, low, high, fixed, free):
    """Coefficients of degrees len(fixed) ... len(fixed) + free - 1 that, after the fixed ones, make the largest
    |weight (polynomial - function)| on [low, high] smallest."""
    # What is left for the free ones, divided by their lowest power: a Chebyshev system, also where 0 lies inside.
    degree = len(fixed)
    known = series(fixed)

    def sample(u):
        power = u ** degree
        return u, abs(weight(u) * power), (function(u) - known(u)) / power

    # Chebyshev nodes: a grid for the search, every so many of them the first reference.
    count = 40 * (free + 1)
    pi = decimal(PI)
    cosines = [cosine((pi * k / count) ** 2) for k in range(count + 1)]
    samples = [sample(u) for u in ((low + high) / 2 - (high - low) / 2 * c for c in cosines) if weight(u) > Decimal("1e-12")]
    reference = [samples[round((2 * k + 1) * (len(samples) - 1) / (2 * (free + 1)))] for k in range(free + 1)]
    for _ in range(1000):
        solution = solve([[w * u ** j for j in range(free)] + [Decimal((-1) ** i)] for i, (u, w, _) in enumerate(reference)],
                         [w * f for _, w, f in reference])
        coefficients, levelled = solution[:free], solution[free]
        approximation = series(coefficients)
        error, worst = max(((w * (f - approximation(u)), (u, w, f)) for u, w, f in samples), key=lambda pair: abs(pair[0]))
        if abs(error) <= abs(levelled) * Decimal("1.0001"):
            return coefficients
        # The worst point takes the place of a neighbour of its own sign.
        place = sum(each[0] < worst[0] for each in reference)
        agrees = [(error > 0) == ((levelled > 0) == (i % 2 == 0)) for i in range(free + 1)]
        if place <= free and agrees[place]:
            reference[place] = worst
        elif place > 0 and agrees[place - 1]:
            reference[place - 1] = worst
        elif place == 0:
            reference = [worst] + reference[:-1]
        else:
            reference = reference[1:] + [worst]
    raise ArithmeticError("the exchange did not converge")


def polynomial(function, weight, low, high, count):
    fixed = []
    while len(fixed) < count:
        fixed.append(nearest(Fraction(minimax(function, weight, low, high, fixed, count - len(fixed))[0])))
    rounded = series(fixed)
    steps = 2000
    error = max(abs(weight(u) * (rounded(u) - function(u))) for u in (low + (high - low) * k / steps for k in range(steps + 1)))
    return fixed, error


# Constants.
def arctangent_of_inverse(n, bits):
    """atan(1/n) 2^bits"""
    total, term, k = 0, (1 << bits) // n, 0
    while term:
        total += term // (2 * k + 1) * (-1) ** k
        term //= n * n
        k += 1
    return total


BITS = 1600
PI = Fraction(4 * (4 * arctangent_of_inverse(5, BITS) - arctangent_of_inverse(239, BITS)), 1 << BITS)
LOG2 = sum(Fraction(2 * (1 << 400) // ((2 * n + 1) * 3 ** (2 * n + 1)), 1 << 400) for n in range(140))


def log_of(value):
    return decimal(value).ln()


def parts(value, widths):
    """value = sum of parts of so many bits, nearest first."""
    found = []
    for bits in widths:
        part = nearest(value - sum(found), bits)
        found.append(part)
    return found, value - sum(found)


def smallest_distance(scale, exponents):
    """The smallest |x - k scale| > 0 over doubles x = m 2^(e-52), 2^52 <= m < 2^53, e in `exponents`: the best rational
    approximations of 2^(e-52)/scale are its convergents and their intermediate fractions (Muller, section 11.3.2, after Kahan)."""
    best = None
    for e in exponents:
        unit = Fraction(2) ** (e - 52)
        ratio = unit / scale  # k / m
        rest, (p0, q0), (p1, q1) = ratio, (0, 1), (1, 0)
        while q1 < 1 << 53:
            term = rest.numerator // rest.denominator
            for t in range(1, term + 1) if term < 64 else (1, term // 2, term - 1, term):
                p, q = p0 + t * p1, q0 + t * q1
                if q == 0 or q >= 1 << 53:
                    continue
                multiple = max(1, (1 << 52) // q) if q < 1 << 52 else 1
                while multiple * q < 1 << 52:
                    multiple += 1
                if multiple * q < 1 << 53:
                    distance = abs(multiple * q * unit - multiple * p * scale)
                    best = distance if best is None else min(best, distance)
            p0, q0, p1, q1 = p1, q1, p0 + term * p1, q0 + term * q1
            if rest == term:
                break
            rest = 1 / (rest - term)
    return best


def logarithm_of_2(x):
    """log2 of a positive decimal, for messages."""
    return float(x.ln() / Decimal(2).ln()) if x else float("-inf")


def exit_code(found):
    """With --check: 1 where a header, by its name, lacks one of the literals found for it. Otherwise 0."""
    if "--check" not in sys.argv[1:]:
        return 0
    missing = [(file, each) for file, literals in found.items() for each in literals
               if each not in (pathlib.Path(__file__).parent.parent / file).read_text(encoding="utf-8")]
    for file, each in missing:
        print(f"{file} lacks {each}", file=sys.stderr)
    return 1 if missing else 0


def main():
    found = {}

    def constant(file, name, literals, note):
        found.setdefault(file, []).extend(literals)
        print(f"{file}: {name}: {note}")
        for each in literals:
            print(f"    {each},")

    quarter = decimal(PI) / 4 * (1 + Decimal(2) ** -20)
    square = quarter * quarter
    for name, count, function, weight in (
            ("sine, negated", 6, series([Fraction((-1) ** (n + 1), factorial(2 * n + 1)) for n in range(1, TERMS)]),
             lambda s: s / sine_ratio(s)),
            ("cosine", 6, series([Fraction((-1) ** n, factorial(2 * n)) for n in range(2, TERMS)]),
             lambda s: s * s / cosine(s))):
        coefficients, error = polynomial(function, weight, Decimal(0), square, count)
        constant("trigonometric.hpp", name, [literal(c) for c in coefficients], f"relative error 2^{logarithm_of_2(error):.1f}")
    half = decimal(LOG2) / 2 * (1 + Decimal(2) ** -20)
    coefficients, error = polynomial(series([Fraction(1, factorial(n + 2)) for n in range(TERMS)]),
                                     lambda r: r * r / exponential(r), -half, half, 10)
    constant("exponential.hpp", "polynomial", [literal(c) for c in coefficients], f"relative error 2^{logarithm_of_2(error):.1f}")
    coefficients, error = polynomial(series([Fraction(1, factorial(n + 3)) for n in range(TERMS)]),
                                     lambda r: r * r / series([Fraction(1, factorial(n + 1)) for n in range(TERMS)])(r), -half, half, 10)
    constant("exponential.hpp", "extended polynomial", [literal(c) for c in coefficients],
             f"error 2^{logarithm_of_2(error):.1f} of exp(r) - 1")
    root = Decimal(2).sqrt()
    end = ((root - 1) / (root + 1)) ** 2 * (1 + Decimal(2) ** -20)
    coefficients, error = polynomial(series([Fraction(2, 2 * n + 3) for n in range(TERMS)]), lambda z: z / log_ratio(z),
                                     Decimal(0), end, 7)
    constant("logarithm.hpp", "polynomial", [literal(c) for c in coefficients], f"relative error 2^{logarithm_of_2(error):.1f}")
    coefficients, error = polynomial(series([Fraction(2, 2 * n + 5) for n in range(TERMS)]), lambda z: z * z / log_ratio(z),
                                     Decimal(0), end, 7)
    constant("logarithm.hpp", "extended polynomial", [literal(c) for c in coefficients],
             f"relative error 2^{logarithm_of_2(error):.1f}, from rounding the lowest coefficients too")
    thirds, rest = parts(Fraction(2, 3), (53, 53))
    constant("logarithm.hpp", "2/3", [literal(p) for p in thirds], f"missing: 2^{logarithm_of_2(abs(decimal(rest))):.1f}")

    log2 = decimal(LOG2)
    coefficients, error = polynomial(series([Fraction(log2 ** (n + 2)) / factorial(n + 2) for n in range(TERMS)]),
                                     lambda r: r * r / exponential(r * log2), -Decimal(1) / 2, Decimal(1) / 2, 10)
    constant("exp2.hpp", "polynomial", [literal(c) for c in coefficients], f"relative error 2^{logarithm_of_2(error):.1f}")
    pair, _ = parts(LOG2, (53, 53))
    constant("exp2.hpp", "log 2", [literal(p) for p in pair], "nearest, and the rest")
    pair, _ = parts(1 / LOG2, (53, 53))
    constant("logarithms.hpp", "1/log 2", [literal(p) for p in pair], "nearest, and the rest")
    log10 = LOG2 + Fraction(log_of(Fraction(5)))
    pair, _ = parts(1 / log10, (53, 53))
    constant("logarithms.hpp", "1/log 10", [literal(p) for p in pair], "nearest, and the rest")
    pair, _ = parts(LOG2 / log10, (42, 53))
    constant("logarithms.hpp", "log10 2", [literal(p) for p in pair], "42 bits, and the rest")
    # m^(-1/3) on [1, 2): on a tenth of it or so a series would do; a decimal power does everywhere.
    third = Decimal(1) / 3
    coefficients, error = polynomial(lambda m: (-m.ln() * third).exp(), lambda m: (m.ln() * third).exp(), Decimal(1), Decimal(2), 5)
    constant("roots.hpp", "m^(-1/3)", [literal(c) for c in coefficients], f"relative error 2^{logarithm_of_2(error):.1f}")
    for power in (1, 2):
        constant("roots.hpp", f"2^(-{power}/3)", [literal(nearest(Fraction((-Decimal(2).ln() * third * power).exp())))], "nearest")

    fused, rest = parts(PI / 2, (53, 31, 53))
    constant("trigonometric.hpp", "pi/2 with fma", [literal(p) for p in fused], f"missing: 2^{logarithm_of_2(abs(decimal(rest))):.1f}")
    short, rest = parts(PI / 2, (30, 30, 30, 53))
    constant("trigonometric.hpp", "pi/2 without fma", [literal(p) for p in short], f"missing: 2^{logarithm_of_2(abs(decimal(rest))):.1f}")
    constant("trigonometric.hpp", "2/pi", [literal(nearest(2 / PI))], "nearest")
    smallest = smallest_distance(PI / 2, range(0, 22))
    print(f"trigonometric.hpp: doubles from 1 to 2^22 stay 2^{logarithm_of_2(decimal(smallest)):.1f} from multiples of pi/2")
    smallest = smallest_distance(PI / 2, range(0, 1024))
    print(f"trigonometric.hpp: all doubles from 1 on stay 2^{logarithm_of_2(decimal(smallest)):.1f} from multiples of pi/2")
    digits = int(2 / PI * 2 ** 1216)
    constant("trigonometric.hpp", "two_over_pi_words", [f"0x{digits >> 64 * (18 - k) & (1 << 64) - 1:016x}" for k in range(19)],
             "2/pi in units of 2^-64, 2^-128, ...")
    pair, _ = parts(PI / 2, (53, 53))
    constant("trigonometric.hpp", "pi/2 as a double-double", [literal(p) for p in pair], "nearest, and the rest")

    halves, rest = parts(LOG2, (42, 53))
    for file in ("exponential.hpp", "logarithm.hpp"):
        constant(file, "log 2", [literal(p) for p in halves], f"missing: 2^{logarithm_of_2(abs(decimal(rest))):.1f}")
    constant("exponential.hpp", "1/log 2", [literal(nearest(1 / LOG2))], "nearest")
    below = Fraction(isqrt(2 ** 105), 2 ** 53)  # sqrt(1/2), rounded down
    constant("logarithm.hpp", "sqrt(1/2)", [literal(below)], "rounded down")

    return exit_code(found)


if __name__ == "__main__":
    sys.exit(main())
