#!/usr/bin/env python3
"""Proofs by exhaustion that block/reciprocal.hpp and block/root.hpp round correctly; standard library and coreutils' factor.

  rounding.py            print the cases that decide, and which of them the headers must mend
  rounding.py --header   write tests/support/hard_roundings.hpp to standard output
  rounding.py --check    exit code 1 unless all is as the headers say and that file is what --header writes

A result that is off by epsilon before it is rounded is rounded wrongly only where a midpoint between two doubles is within epsilon of the
truth. As integers, divisor B and midpoint M of a reciprocal have B M = 2^106 - k, argument A and midpoint M of a root A = M^2 + k, where
|k| is small: few enough cases to find them all, and to try each with every intermediate value that the bounds in the headers allow.
"""
import pathlib
import struct
import subprocess
import sys
from collections import Counter
from fractions import Fraction
from math import isqrt

UNIT = Fraction(1, 2**53)
RECIPROCAL_K = 12  # the header needs 6
ROOT_K = 121  # and here 2 * 4 * 15


def nearest(value):
    """The double nearest to a fraction, ties to even."""
    if value == 0:
        return value
    sign, size = (-1, -value) if value < 0 else (1, value)
    exponent = size.numerator.bit_length() - size.denominator.bit_length()
    if Fraction(2) ** exponent > size:
        exponent -= 1
    unit = Fraction(2) ** (exponent - 52)
    return sign * round(size / unit) * unit


def odd(value):
    """A double with its lowest bit set."""
    return Fraction(struct.unpack("d", struct.pack("q", struct.unpack("q", struct.pack("d", float(value)))[0] | 1))[0])


def neighbours(value, count):
    """The doubles around a positive fraction, `count` to each side."""
    middle = nearest(value)
    found = {middle}
    for step in (UNIT / 8, -UNIT / 8):
        at = middle
        for _ in range(count):
            unit = step
            while nearest(at + unit) == at:
                unit *= 2
            at = nearest(at + unit)
            found.add(at)
    return sorted(found)


def divisors(number):
    factors = subprocess.run(["factor", str(number)], capture_output=True, text=True, check=True).stdout.split(":")[1].split()
    found = [1]
    for prime, power in Counter(map(int, factors)).items():
        found = [d * prime**k for d in found for k in range(power + 1)]
    return found


def hard_divisors():
    """(k, B) with B M = 2^106 - k, M odd."""
    for k in range(-RECIPROCAL_K, RECIPROCAL_K + 1):
        if k == 0:
            continue
        number = 2**106 - k
        for b in divisors(number):
            m = number // b
            if 2**52 <= b < 2**53 and m % 2 == 1 and 2**53 <= m <= 2**54:
                yield k, b


def reciprocal(d, r):
    e = nearest(1 - d * r)
    return nearest(r + r * nearest(e + e * odd(e)))


def wrong_reciprocals():
    """The hard B that some r within the bound rounds wrongly."""
    wrong = set()
    for _, b in hard_divisors():
        d = Fraction(b, 2**52)
        right = nearest(1 / d)
        for r in neighbours(1 / d, 8):
            if abs(d * r - 1) <= Fraction(301, 100) * UNIT and reciprocal(d, r) != right:
                wrong.add(b)
    return wrong


def odd_roots(square, bits):
    """All odd M modulo 2^bits with M^2 = square."""
    found = {1, 3, 5, 7} if square % 8 == 1 else set()
    for b in range(4, bits + 1):
        found = {c % 2**b for m in found for c in (m, m + 2 ** (b - 1)) if (c * c - square) % 2**b == 0}
    return found


def hard_radicands():
    """(A, M) with A = M^2 + k a multiple of its unit, [2^106, 2^108) for [1, 4)."""
    found = set()
    for k in range(-ROOT_K, ROOT_K + 1):
        for bits, low, high in ((54, 2**106, 2**107), (55, 2**107, 2**108)):
            for m in odd_roots(-k % 2**bits, bits):
                for midpoint in (m, m + 2**54, m - 2**54):
                    a = midpoint * midpoint + k
                    if 2**53 < midpoint < 2**54 and low <= a < high and a % 2**bits == 0:
                        found.add((a, midpoint))
    return sorted(found)


def wrong_roots():
    """The hard A that some g and h within the bounds round wrongly, with the wrong results' mantissas."""
    wrong = {}
    for scaled, midpoint in hard_radicands():
        a = Fraction(scaled, 2**106)
        s = Fraction(isqrt(scaled << 240), 2**173)  # to 2^-120
        right = nearest(s)
        iteration = Fraction(43, 100)
        halved = (2 / s + s / 2) / 2  # in g, and with the opposite sign in h
        for g in neighbours(s, 5):
            error_of_g = g / s - 1
            if abs(error_of_g) > (iteration + halved + 1 / s) * UNIT:
                continue
            for h in neighbours(1 / (2 * s), 8):
                error_of_h = 2 * s * h - 1
                if abs(error_of_h) > (iteration + halved + s / 2) * UNIT:
                    continue
                if abs(error_of_g + error_of_h) > (2 * iteration + 1 / s + s / 2) * UNIT:
                    continue
                q = nearest(g + h * nearest(a - g * g))
                if q != right:
                    wrong.setdefault(scaled, set()).add(int(q * 2**52) % 2**52)
    return wrong


def header():
    divisors_text = ",\n    ".join(hex(b) for b in sorted({b for _, b in hard_divisors()}))
    radicands_text = ",\n    ".join(
        float(Fraction(a, 2**106)).hex() for a, _ in hard_radicands()
    )
    return f"""// Where correct rounding of 1/d and sqrt(a) is decided; written by kernels/block/rounding.py --header.
#pragma once

#include <cstdint>

namespace quadot::tests {{

/// d = 2^-52 of these: 1/d is within 12 2^-106 of a midpoint between two doubles.
inline constexpr std::uint64_t hard_divisors[] = {{
    {divisors_text}}};

/// Roots within 121 2^-107 of a midpoint.
inline constexpr double hard_radicands[] = {{
    {radicands_text}}};

}} // namespace quadot::tests
"""


def main():
    arguments = sys.argv[1:]
    if arguments == ["--header"]:
        sys.stdout.write(header())
        return 0
    if wrong := set(arguments) - {"--check"}:
        print(f"rounding.py: {wrong}: unknown; choose --header or --check", file=sys.stderr)
        return 2
    reciprocals, roots = wrong_reciprocals(), wrong_roots()
    print("hard divisors", len({b for _, b in hard_divisors()}), "wrong:", [hex(b) for b in reciprocals])
    print("hard radicands", len(hard_radicands()), "wrong:", {float(Fraction(a, 2**106)).hex(): m for a, m in roots.items()})
    if not arguments:
        return 0
    expected = (
        not reciprocals
        and set(roots) == {2**106 + 2**54, 2**108 - 2**55}
        and set().union(*roots.values()) <= {0, 1}
    )
    committed = (pathlib.Path(__file__).resolve().parents[2] / "tests/support/hard_roundings.hpp").read_text()
    if not expected or committed.split() != header().split():  # clang-format breaks the lines
        print("rounding.py: not what block/reciprocal.hpp, block/root.hpp or tests/support/hard_roundings.hpp say", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
