#!/usr/bin/env python3
"""The constants of kernels/math/error_function.hpp, error_function_table.hpp and gamma.hpp. Needs mpmath, for erfc and log Gamma to 50 digits.

  error_function_and_gamma.py            print them, with the errors that they leave
  error_function_and_gamma.py --check    compare with the headers beside this directory; exit code 1 where a constant is missing there

Polynomials as in elementary.py: Remez's exchange, again for the higher coefficients after each one's rounding to double. Here all
extrema are exchanged at a time, as up to 27 coefficients are sought.
"""
import sys
from decimal import Decimal
from fractions import Fraction

try:
    import mpmath
    from mpmath import mpf
except ImportError:
    print("mpmath is not installed", file=sys.stderr)
    sys.exit(77)

from elementary import exit_code, literal, logarithm_of_2, nearest, parts, solve

mpmath.mp.dps = 60


def decimal(x):
    return Decimal(mpmath.nstr(x, 60))


def fraction(x):
    sign, mantissa, exponent, _ = mpf(x)._mpf_
    return (-1) ** sign * Fraction(mantissa) * Fraction(2) ** exponent


def ratio(x):
    return Decimal(x.numerator) / Decimal(x.denominator)


def horner(coefficients, u):
    total = Decimal(0)
    for c in reversed(coefficients):
        total = total * u + c
    return total


def extrema(errors):
    """Indices of the largest error in each run of one sign."""
    found = []
    for i, error in enumerate(errors):
        if found and (error > 0) == (errors[found[-1]] > 0):
            if abs(error) > abs(errors[found[-1]]):
                found[-1] = i
        else:
            found.append(i)
    return found


def alternating(found, errors, count):
    """`count` of them, the largest that still alternate."""
    while len(found) > count:
        least = min(range(len(found)), key=lambda k: abs(errors[found[k]]))
        if len(found) == count + 1 or least in (0, len(found) - 1):
            del found[0 if abs(errors[found[0]]) < abs(errors[found[-1]]) else -1]
        else:
            neighbour = least - 1 if abs(errors[found[least - 1]]) < abs(errors[found[least + 1]]) else least
            del found[neighbour:neighbour + 2]
    return found


def polynomial(function, weight, low, high, count):
    """Double coefficients c for which the largest |weight (c[0] + c[1] u + ... - function)| on [low, high] is small, and that error."""
    size = 24 * (count + 1)
    points = [(low + high) / 2 - (high - low) / 2 * mpmath.cos(mpmath.pi * (k + mpf(1) / 2) / size) for k in range(size)]
    samples = [(decimal(u), abs(decimal(weight(u))), decimal(function(u))) for u in points]
    exact, fixed = [], []
    while len(fixed) < count:
        free = count - len(fixed)
        rest = [(u, w * abs(u) ** len(fixed), (f - horner(fixed, u)) / u ** len(fixed)) for u, w, f in samples]
        reference = [(2 * k + 1) * size // (2 * (free + 1)) for k in range(free + 1)]
        for _ in range(100):
            solution = solve([[rest[i][1] * rest[i][0] ** j for j in range(free)] + [Decimal((-1) ** k)] for k, i in enumerate(reference)],
                             [rest[i][1] * rest[i][2] for i in reference])
            errors = [w * (f - horner(solution[:free], u)) for u, w, f in rest]
            if max(map(abs, errors)) <= abs(solution[free]) * Decimal("1.01"):
                break
            reference = alternating(extrema(errors), errors, free + 1)
        else:
            raise ArithmeticError("the exchange did not converge")
        exact.append(nearest(Fraction(solution[0])))
        fixed.append(ratio(exact[-1]))
    error = max(abs(w * (f - horner(fixed, u))) for u, w, f in samples)
    return exact, error


def erfcx(x):
    return mpmath.exp(x * x) * mpmath.erfc(x)


def stirling_rest(y):
    """log Gamma(y) less Stirling's formula up to 1 / (12 y)."""
    return mpmath.loggamma(y) - ((y - mpf(1) / 2) * mpmath.log(y) - y + mpmath.log(2 * mpmath.pi) / 2) - 1 / (12 * y)


def main():
    found = {}

    def constant(file, name, values, note):
        literals = [literal(value) for value in values]
        found.setdefault(file, []).extend(literals)
        print(f"{file}: {name}: {note}")
        for each in literals:
            print(f"    {each},")

    def minimax(file, name, what, *arguments):
        coefficients, error = polynomial(*arguments)
        constant(file, name, coefficients, f"{what} 2^{logarithm_of_2(error):.1f}")

    def pair(file, name, value):
        halves, rest = parts(fraction(value), (53, 53))
        constant(file, name, halves, f"missing: 2^{logarithm_of_2(abs(ratio(rest))):.1f}")

    near = mpf(2) ** -40  # in place of 0, where the ratios below are 0 / 0
    file = "error_function.hpp"
    slope = lambda s: mpmath.erf(mpmath.sqrt(s)) / mpmath.sqrt(s)
    split = mpf("0.890625")
    minimax(file, "1 - erf(x)/x in x^2, |x| < 0.890625", "relative error of erf", lambda s: 1 - slope(s), lambda s: 1 / slope(s), near,
            split ** 2, 12)
    table = "error_function_table.hpp"
    side = mpf("1.00390625")
    nodes = [mpf(k) / 128 for k in range(763)]
    double = lambda x: nearest(fraction(x))
    constant(table, "erf(r) - min(r, 1 + 1/256), r = k/128, from 1/128 on", [double(mpmath.erf(r) - min(r, side)) for r in nodes[1:]], "rounded")
    constant(table, "its slope, of which 1 is taken up to r = 1", [double(2 / mpmath.sqrt(mpmath.pi) * mpmath.exp(-r * r) - (r <= 1)) for r in nodes],
             "rounded")
    constant(file, "the fourth term's constant", [double(mpf(1) / 10 - mpf("0.89") * mpf(2) ** -16 / 42)], "1/10, and most of the sixth term")
    # (2 x + 1) exp(x^2) erfc(x), x = 3 (1 + t) / (1 - t).
    scaled = lambda t: (2 * (3 * (1 + t) / (1 - t)) + 1) * erfcx(3 * (1 + t) / (1 - t))
    middle = scaled(mpf(0))
    ends = [(x - 3) / (x + 3) for x in (mpf("0.624"), mpf("27.4"))]
    pair(file, "(2 x + 1) exp(x^2) erfc(x) at 3", middle)
    minimax(file, "the rest, in t = (x - 3) / (x + 3), by t", "relative error", lambda t: (scaled(t) - middle) / t,
            lambda t: t / scaled(t), *ends, 21)

    file = "gamma.hpp"
    half = mpf(1) / 2
    pair(file, "log(2 pi)/2 - 1/2", mpmath.log(2 * mpmath.pi) / 2 - half)
    pair(file, "1/12", mpf(1) / 12)
    minimax(file, "Stirling's series from 1/y^3 on, in 1/y^2, y > 8", "error", lambda z: stirling_rest(z ** -half) * z ** (-3 * half),
            lambda z: z ** (3 * half), mpf(2) ** -20, mpf(1) / 64, 6)
    # sin(pi d)/(pi d) = 1 + d^2 (c1 + d^2 (c2 + d^2 R(d^2)))
    c1, c2 = -mpmath.pi ** 2 / 6, mpmath.pi ** 4 / 120
    pair(file, "-pi^2/6", c1)
    pair(file, "pi^4/120", c2)
    sinc = lambda z: mpmath.sinc(mpmath.pi * mpmath.sqrt(z))
    minimax(file, "sin(pi d)/(pi d) from d^6 on, in d^2", "relative error", lambda z: ((sinc(z) - 1) / z - c1 - c2 * z) / z ** 2,
            lambda z: z ** 3 / sinc(z), mpf(2) ** -20, mpf(1) / 4, 7)
    for n, first in ((1, -mpmath.euler), (2, 1 - mpmath.euler)):
        pair(file, f"log Gamma({n} + d)/d at 0", first)
        # An even number of samples of a symmetric interval: none is 0.
        minimax(file, f"log Gamma({n} + d) from d^2 on", "relative error", lambda d: (mpmath.loggamma(n + d) - first * d) / d ** 2,
                lambda d: d ** 2 / mpmath.loggamma(n + d), -mpf(1) / 32, mpf(1) / 32, 9)

    return exit_code(found)


if __name__ == "__main__":
    sys.exit(main())
