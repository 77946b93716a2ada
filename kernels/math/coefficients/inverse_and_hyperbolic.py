#!/usr/bin/env python3
"""The constants of tangent.hpp, inverse_trigonometric.hpp and inverse_hyperbolic.hpp, made as in elementary.py; standard library only.

  inverse_and_hyperbolic.py            print them, with the errors that they leave
  inverse_and_hyperbolic.py --check    compare with the headers beside this directory; exit code 1 where a constant is missing there

hyperbolic.hpp has no constants of its own.
"""
import sys
from decimal import Decimal
from fractions import Fraction

from elementary import PI, TERMS, decimal, exit_code, factorial, literal, logarithm_of_2, nearest, parts, polynomial, series


def quotient(numerator, denominator):
    """The power series of numerator / denominator."""
    terms = []
    for n, term in enumerate(numerator):
        terms.append((term - sum(terms[k] * denominator[n - k] for k in range(n))) / denominator[0])
    return terms


# f(t)/t as a series in z = t^2.
ARCTANGENT = [Fraction((-1) ** n, 2 * n + 1) for n in range(TERMS)]
ARCSINE = [Fraction(factorial(2 * n), 4 ** n * factorial(n) ** 2 * (2 * n + 1)) for n in range(TERMS)]
TANGENT = quotient([Fraction((-1) ** n, factorial(2 * n + 1)) for n in range(TERMS)],
                   [Fraction((-1) ** n, factorial(2 * n)) for n in range(TERMS)])


def main():
    found = {}

    def constant(file, name, literals, note):
        found.setdefault(file, []).extend(literals)
        print(f"{file}: {name}: {note}")
        for each in literals:
            print(f"    {each},")

    def odd_function(file, name, terms, end, count):
        """P in f(t) = t + t z P(z), z = t^2 from 0 to end; the relative error of f."""
        ratio = series(terms)
        coefficients, error = polynomial(series(terms[1:]), lambda z: z / ratio(z), Decimal(0), end, count)
        constant(file, name, [literal(c) for c in coefficients], f"relative error 2^{logarithm_of_2(error):.1f}")

    wider = 1 + Decimal(2) ** -20
    # 2 tan(r/2) in r^2.
    odd_function("tangent.hpp", "2 tan(r/2)", [term / 4 ** n for n, term in enumerate(TANGENT)], (decimal(PI) / 4 * wider) ** 2, 9)
    odd_function("inverse_trigonometric.hpp", "atan", ARCTANGENT, Decimal("0.36") * wider, 14)
    odd_function("inverse_trigonometric.hpp", "asin", ARCSINE, Decimal("0.25"), 13)
    quarter, rest = parts(PI / 4, (51, 53))
    constant("inverse_trigonometric.hpp", "pi/4", [literal(p) for p in quarter], f"missing: 2^{logarithm_of_2(abs(decimal(rest))):.1f}")
    constant("inverse_trigonometric.hpp", "their quotient", [literal(nearest(quarter[1] / quarter[0]))], "nearest")
    odd_function("inverse_hyperbolic.hpp", "asinh", [(-1) ** n * term for n, term in enumerate(ARCSINE)], Decimal("0.25"), 12)

    return exit_code(found)


if __name__ == "__main__":
    sys.exit(main())
