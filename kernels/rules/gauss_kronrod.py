#!/usr/bin/env python3
"""The tables of kernels/rules/gauss_kronrod.hpp: Gauss-Kronrod rules and null rules on their nodes; needs mpmath.

  gauss_kronrod.py            print the tables
  gauss_kronrod.py --check    compare with the header beside this file; exit code 1 where it differs, 77 without mpmath

Nodes: those of Gauss's rule of order n and the zeros of the Stieltjes polynomial E of degree n + 1, which is orthogonal to all polynomials of
degree <= n with the weight P_n (A. S. Kronrod 1964; P. J. Davis and P. Rabinowitz, Methods of Numerical Integration, 2nd ed., section 2.7.1.1).
Weights: the interpolatory ones, whose rule is exact to degree 3 n + 1 and more.
Null rules: the polynomials p_k, orthonormal with respect to the mean over the nodes (half of the rule's weights), times those weights: the rule
p_k measures how much of degree k a function has, and is 0 for all polynomials below k (J. Berntsen and T. O. Espelid, ACM TOMS 17 (1991) 233).
Ends: the value and the derivative at 1 of the polynomial through the samples (Lagrange's).
"""
import pathlib
import re
import sys

ORDERS = [7, 10, 15]


def legendre(mp, n):
    """P_n's coefficients, constant first."""
    previous, current = [mp.mpf(1)], [mp.mpf(0), mp.mpf(1)]
    if n == 0:
        return previous
    for k in range(1, n):
        following = [mp.mpf(0)] + [(2 * k + 1) * c / (k + 1) for c in current]
        for i, c in enumerate(previous):
            following[i] -= k * c / (k + 1)
        previous, current = current, following
    return current


def integral(mp, coefficients):
    """Over [-1, 1]."""
    return mp.fsum(2 * c / (k + 1) for k, c in enumerate(coefficients) if k % 2 == 0)


def product(mp, a, b):
    out = [mp.mpf(0)] * (len(a) + len(b) - 1)
    for i, x in enumerate(a):
        for j, y in enumerate(b):
            out[i + j] += x * y
    return out


def roots(mp, coefficients):
    """All roots are real, simple, and in (-1, 1)."""
    return sorted(mp.re(r) for r in mp.polyroots(coefficients[::-1], maxsteps=500, extraprec=400))


def stieltjes(mp, n):
    """Of degree n + 1, leading coefficient 1, with the parity of n + 1."""
    powers = list(range((n + 1) % 2, n + 1, 2))
    conditions = range(1 - n % 2 if n % 2 == 0 else 0, n + 1)
    p = legendre(mp, n)
    rows, right = [], []
    for k in range(n + 1):
        moment = lambda power: integral(mp, product(mp, p, [mp.mpf(0)] * (power + k) + [mp.mpf(1)]))
        row = [moment(power) for power in powers]
        if all(abs(entry) < mp.mpf(10) ** -60 for entry in row) and abs(moment(n + 1)) < mp.mpf(10) ** -60:
            continue
        rows.append(row)
        right.append(-moment(n + 1))
    rows, right = rows[-len(powers):], right[-len(powers):]
    solution = mp.lu_solve(mp.matrix(rows), mp.matrix(right))
    out = [mp.mpf(0)] * (n + 2)
    for power, value in zip(powers, solution):
        out[power] = value
    out[n + 1] = mp.mpf(1)
    return out


def rule(mp, n):
    """Nodes ascending and weights of the rule with 2 n + 1 nodes."""
    nodes = sorted(roots(mp, legendre(mp, n)) + roots(mp, stieltjes(mp, n)))
    count = 2 * n + 1
    assert len(nodes) == count
    matrix = mp.matrix(count, count)
    right = mp.matrix(count, 1)
    for k in range(count):
        polynomial = legendre(mp, k)
        for j, x in enumerate(nodes):
            matrix[k, j] = mp.polyval(polynomial[::-1], x)
        right[k] = 2 if k == 0 else 0
    weights = list(mp.lu_solve(matrix, right))
    for degree in range(3 * n + 2):  # exact as far as it must be
        assert abs(mp.fsum(w * x ** degree for w, x in zip(weights, nodes)) - (mp.mpf(2) / (degree + 1) if degree % 2 == 0 else 0)) < 1e-40
    return nodes, weights


def null_rules(mp, nodes, weights):
    """The six of highest degree, highest first."""
    basis = []
    for k in range(len(nodes)):
        p = [mp.polyval(legendre(mp, k)[::-1], x) for x in nodes]
        for _ in range(2):
            for q in basis:
                factor = mp.fsum(w / 2 * a * b for w, a, b in zip(weights, p, q))
                p = [a - factor * b for a, b in zip(p, q)]
        size = mp.sqrt(mp.fsum(w / 2 * a * a for w, a in zip(weights, p)))
        basis.append([a / size for a in p])
    return [[w / 2 * a for w, a in zip(weights, p)] for p in basis[:-7:-1]]


def ends(mp, nodes):
    """Of each node's Lagrange polynomial: its value and its derivative at 1."""
    values, slopes = [], []
    for j, x in enumerate(nodes):
        others = [z for i, z in enumerate(nodes) if i != j]
        values.append(mp.fprod((1 - z) / (x - z) for z in others))
        slopes.append(values[-1] * mp.fsum(1 / (1 - z) for z in others))
    return values, slopes


def literal(value):
    text = float(value).hex()
    return re.sub(r"\.?0*p", "p", text).replace("p+", "p")


def table(mp, n):
    nodes, weights = rule(mp, n)
    rules = null_rules(mp, nodes, weights)
    half = range(n + 1, 2 * n + 1)  # the positive ones
    lines = [f"template <>", f"struct gauss_kronrod<{2 * n + 1}> {{"]

    def array(name, values, comment=""):
        lines.append(f"    static constexpr std::array<double, {len(values)}> {name}{{{', '.join(map(literal, values))}}};{comment}")

    array("nodes", [nodes[j] for j in half])
    lines.append(f"    static constexpr double middle_weight = {literal(weights[n])};")
    array("weights", [weights[j] for j in half])
    for k in range(6):
        if k % 2 == 0:
            lines.append(f"    static constexpr double middle_even_{k // 2} = {literal(rules[k][n])};")
            array(f"even_{k // 2}", [rules[k][j] for j in half])
        else:
            array(f"odd_{k // 2}", [rules[k][j] for j in half])
    for name, values in zip(("value", "slope"), ends(mp, nodes)):
        lines.append(f"    static constexpr double middle_even_{name} = {literal(values[n])};")
        array(f"even_{name}", [(values[j] + values[2 * n - j]) / 2 for j in half])
        array(f"odd_{name}", [(values[j] - values[2 * n - j]) / 2 for j in half])
    widest = max(b - a for a, b in zip(nodes, nodes[1:]))
    lines.append(f"    static constexpr double widest_gap = {literal(widest / 2)}; ///< between neighbouring nodes, as part of the region")
    lines.append("};")
    return "\n".join(lines)


def main():
    try:
        import mpmath
    except ImportError:
        print("gauss_kronrod: mpmath is not installed; nothing was checked")
        return 77
    mpmath.mp.dps = 80
    tables = "\n\n".join(table(mpmath.mp, n) for n in ORDERS)
    if "--check" not in sys.argv:
        print(tables)
        return 0
    squeeze = lambda text: re.sub(r"\s+", "", text)
    header = (pathlib.Path(__file__).parent / "gauss_kronrod.hpp").read_text(encoding="utf-8")
    missing = [name for name in tables.split("\n\n") if squeeze(name) not in squeeze(header)]
    for each in missing:
        print("gauss_kronrod.hpp lacks:", each, sep="\n")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
