#!/usr/bin/python3
"""Integrals in closed form, for `quadot integrate`: formulas.json from the list below, whose values are of the closed forms, by mpmath.

  formulas.py          write formulas.json beside this file, each value checked by mpmath's own quadrature first
  formulas.py --check  compare instead; exit code 1 where it differs, 77 where mpmath is not installed
"""
import json
import pathlib
import sys

try:
    import mpmath as mp
except ImportError:
    print("mpmath is not installed", file=sys.stderr)
    sys.exit(77)

mp.mp.dps = 40
DLMF = "DLMF "
# text for quadot, lower and upper limit as quadot reads them, the same formula for mpmath, its antiderivative between them in closed form, source
INTEGRALS = [
    ("sin(x)", "0", "pi", lambda x: mp.sin(x), lambda: mp.mpf(2), DLMF + "4.26.1"),
    ("cos(x)", "0", "pi/2", lambda x: mp.cos(x), lambda: mp.mpf(1), DLMF + "4.26.2"),
    ("tan(x)", "0", "pi/4", lambda x: mp.tan(x), lambda: mp.log(2) / 2, DLMF + "4.26.3"),
    ("asin(x)", "0", "1/2", lambda x: mp.asin(x), lambda: mp.pi / 12 + mp.sqrt(3) / 2 - 1, DLMF + "4.26.14"),
    ("acos(x)", "0", "1/2", lambda x: mp.acos(x), lambda: mp.pi / 6 - mp.sqrt(3) / 2 + 1, DLMF + "4.26.15"),
    ("atan(x)", "0", "1", lambda x: mp.atan(x), lambda: mp.pi / 4 - mp.log(2) / 2, DLMF + "4.26.16"),
    ("atan2(x, 1)", "-1", "2", lambda x: mp.atan(x), lambda: 2 * mp.atan(2) - mp.log(5) / 2 - mp.pi / 4 + mp.log(2) / 2, DLMF + "4.26.16"),
    ("sinh(x)", "0", "1", lambda x: mp.sinh(x), lambda: mp.cosh(1) - 1, DLMF + "4.40.1"),
    ("cosh(x)", "0", "1", lambda x: mp.cosh(x), lambda: mp.sinh(1), DLMF + "4.40.2"),
    ("tanh(x)", "0", "2", lambda x: mp.tanh(x), lambda: mp.log(mp.cosh(2)), DLMF + "4.40.3"),
    ("asinh(x)", "0", "1", lambda x: mp.asinh(x), lambda: mp.asinh(1) - mp.sqrt(2) + 1, DLMF + "4.40.11"),
    ("acosh(x)", "2", "3", lambda x: mp.acosh(x), lambda: 3 * mp.acosh(3) - mp.sqrt(8) - 2 * mp.acosh(2) + mp.sqrt(3), DLMF + "4.40.12"),
    ("atanh(x)", "0", "1/2", lambda x: mp.atanh(x), lambda: mp.atanh(0.5) / 2 + mp.log(mp.mpf(3) / 4) / 2, DLMF + "4.40.13"),
    ("exp(x)", "0", "1", lambda x: mp.exp(x), lambda: mp.e - 1, DLMF + "4.10.6"),
    ("exp2(x)", "0", "3", lambda x: mp.mpf(2) ** x, lambda: 7 / mp.log(2), DLMF + "4.10.8"),
    ("expm1(x)", "0", "1", lambda x: mp.expm1(x), lambda: mp.e - 2, DLMF + "4.10.6"),
    ("log(x)", "1", "e", lambda x: mp.log(x), lambda: mp.mpf(1), DLMF + "4.10.2; e as a double"),
    ("log2(x)", "1", "2", lambda x: mp.log(x, 2), lambda: 2 - 1 / mp.log(2), DLMF + "4.10.2"),
    ("log10(x)", "1", "10", lambda x: mp.log10(x), lambda: 10 - 9 / mp.log(10), DLMF + "4.10.2"),
    ("log1p(x)", "0", "1", lambda x: mp.log1p(x), lambda: 2 * mp.log(2) - 1, DLMF + "4.10.2"),
    ("sqrt(x)", "1", "4", lambda x: mp.sqrt(x), lambda: mp.mpf(14) / 3, DLMF + "4.10: powers"),
    ("cbrt(x)", "1", "8", lambda x: mp.cbrt(x), lambda: mp.mpf(45) / 4, DLMF + "4.10: powers"),
    ("pow(x, 2.5)", "1", "4", lambda x: x ** mp.mpf(2.5), lambda: mp.mpf(254) / 7, DLMF + "4.10: powers"),
    ("x^-3", "1", "2", lambda x: x ** -3, lambda: mp.mpf(3) / 8, DLMF + "4.10: powers"),
    ("x^7", "0", "1", lambda x: x ** 7, lambda: mp.mpf(1) / 8, DLMF + "4.10: powers"),
    ("2^x", "0", "1", lambda x: mp.mpf(2) ** x, lambda: 1 / mp.log(2), DLMF + "4.10.8"),
    ("hypot(x, 1)", "0", "1", lambda x: mp.sqrt(1 + x * x), lambda: (mp.sqrt(2) + mp.asinh(1)) / 2, "Gradshteyn & Ryzhik 2.271"),
    ("abs(x)", "-1", "2", lambda x: abs(x), lambda: mp.mpf(5) / 2, "two triangles"),
    ("min(x, 1)", "0", "2", lambda x: min(x, mp.mpf(1)), lambda: mp.mpf(3) / 2, "a triangle and a square"),
    ("max(x, 1)", "0", "2", lambda x: max(x, mp.mpf(1)), lambda: mp.mpf(5) / 2, "a square and a trapezium"),
    ("floor(4*x)", "0", "1", lambda x: mp.floor(4 * x), lambda: mp.mpf(3) / 2, "steps"),
    ("ceil(4*x)", "0", "1", lambda x: mp.ceil(4 * x), lambda: mp.mpf(5) / 2, "steps"),
    ("round(4*x)", "0", "1", lambda x: mp.floor(4 * x + 0.5), lambda: mp.mpf(2), "steps"),
    ("sign(x)", "-1", "2", lambda x: mp.sign(x), lambda: mp.mpf(1), "steps"),
    ("erf(x)", "0", "1", lambda x: mp.erf(x), lambda: mp.erf(1) + (mp.exp(-1) - 1) / mp.sqrt(mp.pi), DLMF + "7.7: by parts"),
    ("erfc(x)", "0", "1", lambda x: mp.erfc(x), lambda: mp.erfc(1) - (mp.exp(-1) - 1) / mp.sqrt(mp.pi), DLMF + "7.7: by parts"),
    ("lgamma(x)", "1", "2", lambda x: mp.loggamma(x), lambda: mp.log(2 * mp.pi) / 2 - 1, DLMF + "5.17: Raabe's integral"),
    ("1/tgamma(x)", "1", "3", lambda x: 1 / mp.gamma(x), lambda: mp.quad(lambda t: mp.rgamma(t), [1, 2, 3]), "no closed form: mpmath's quadrature of the entire 1/Gamma"),
    ("4/(1+x^2)", "0", "1", lambda x: 4 / (1 + x * x), lambda: mp.pi, DLMF + "4.24.3"),
    ("exp(-x^2)", "0", "3", lambda x: mp.exp(-x * x), lambda: mp.sqrt(mp.pi) / 2 * mp.erf(3), DLMF + "7.2.1"),
    ("sqrt(1-x^2)", "0", "1/2", lambda x: mp.sqrt(1 - x * x), lambda: (mp.sqrt(3) / 4 + mp.pi / 6) / 2, "Gradshteyn & Ryzhik 2.262"),
    ("x*sin(x)", "0", "pi", lambda x: x * mp.sin(x), lambda: mp.pi, "by parts"),
    ("x*exp(-x)", "0", "2", lambda x: x * mp.exp(-x), lambda: 1 - 3 * mp.exp(-2), "by parts"),
    ("exp(-x)*cos(4*x)", "0", "5", lambda x: mp.exp(-x) * mp.cos(4 * x), lambda: (1 + mp.exp(-5) * (4 * mp.sin(20) - mp.cos(20))) / 17, "by parts, twice"),
    ("x*sin(1/x)", "1/2", "1", lambda x: x * mp.sin(1 / x), lambda: (lambda F: F(mp.mpf(1)) - F(mp.mpf(1) / 2))(lambda x: (x * x * mp.sin(1 / x) + x * mp.cos(1 / x) + mp.si(1 / x)) / 2), "by parts, twice; " + DLMF + "6.2.9"),
    ("sin(x)/x", "1", "10", lambda x: mp.sin(x) / x, lambda: mp.si(10) - mp.si(1), DLMF + "6.2.9"),
    ("exp(-x)/x", "1", "2", lambda x: mp.exp(-x) / x, lambda: mp.e1(1) - mp.e1(2), DLMF + "6.2.1"),
    ("1/(2+cos(x))", "0", "pi", lambda x: 1 / (2 + mp.cos(x)), lambda: mp.pi / mp.sqrt(3), "Trefethen & Weideman 2014; t = tan(x/2)"),
    ("1/(1+exp(-x))", "-4", "8", lambda x: 1 / (1 + mp.exp(-x)), lambda: mp.log((1 + mp.exp(8)) / (1 + mp.exp(-4))), "d log(1+exp(x))"),
    ("x < 0.25 ? 1 : x", "0", "1", lambda x: mp.mpf(1) if x < 0.25 else x, lambda: mp.mpf("0.25") + (1 - mp.mpf("0.0625")) / 2, "a rectangle and a trapezium"),
    ("if(x > 0.5 && x <= 0.75, 2, 0)", "0", "1", lambda x: mp.mpf(2) if 0.5 < x <= 0.75 else mp.mpf(0), lambda: mp.mpf(1) / 2, "a rectangle"),
    ("log(x)^2/x", "1", "e", lambda x: mp.log(x) ** 2 / x, lambda: mp.mpf(1) / 3, "t = log x; e as a double"),
]
LIMITS = {"pi": mp.pi, "pi/2": mp.pi / 2, "pi/4": mp.pi / 4, "e": mp.e, "1/2": mp.mpf(1) / 2}


def table():
    rows = []
    for text, low, high, f, closed, source in INTEGRALS:
        a, b = (LIMITS[limit] if limit in LIMITS else mp.mpf(limit) for limit in (low, high))
        value = closed()
        pieces = [a + (b - a) * k / 24 for k in range(25)]  # kinks and steps lie on multiples of 1/24 of the range
        by_quadrature = mp.quad(f, pieces)
        assert abs(by_quadrature - value) < mp.mpf(10) ** -25, (text, value, by_quadrature)
        rows.append({"text": text, "from": low, "to": high, "exact": mp.nstr(value, 30), "source": source})
    return json.dumps(rows, indent=1) + "\n"


def main():
    file = pathlib.Path(__file__).with_name("formulas.json")
    if sys.argv[1:] == ["--check"]:
        return 0 if file.read_text(encoding="utf-8") == table() else 1
    file.write_text(table(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
