#!/usr/bin/python3
"""The batteries of one-dimensional integrals by which adaptive integrators have been tested since 1971, with 30 digits of each:
batteries.json for tests and `quadot integrate`, battery_functions.hpp with the same integrands as generic functors. Both are made here.

  batteries.py          write the two files beside this one
  batteries.py --check  compare instead; exit code 1 where one differs, 77 where mpmath is not installed

Exact values are closed forms at 50 digits, each checked by mpmath's quadrature of the very text to 12 digits (`check` below), or, where
there is no closed form, quadrature at 60 digits by two methods and subdivisions that agree to 32.

Constants: "real" says that numbers and pi in text and limits are meant as written. Where taking them as the nearest doubles instead would
change the value by more than 1e-15 of itself, and for every jump, kink or singularity at such a point, the value is that with the doubles,
each constant subexpression evaluated in double: "constants": "double".

Batteries:
  quadpack      Piessens, de Doncker-Kapenga, Ueberhuber, Kahaner 1983, QUADPACK, section 4.1 and the examples of the manual, numbered as in
                GSL's tests; weights are written out. Not taken from GSL: the values of f455 (its comment lacks pi) and f458 (its comment gives
                an auxiliary function of it), the integrand that f9's comment shows
  kahaner       Kahaner 1971, Comparison of numerical quadrature formulas, 21 integrals; 22 to 25 of Gander & Gautschi 2000
  bailey        Bailey, Jeyabalan, Li 2005, A comparison of three high-precision quadrature schemes (its last one is in `slow`)
  lyness        Lyness & Kaganove 1976's families as in Gonnet 2010, Increasing the reliability of adaptive quadrature
  boost         singular or vertical at end points, as in the tests of Boost.Math's double exponential quadrature
  infinite, oscillatory, narrow, interior, plain   what the names say
                removable singularities are 0/0 in double at the point itself, products like x^20*exp(-x) are inf*0 far out
  slow          conditionally or very slowly convergent, or beyond what samples at doubles can tell: may be refused, must never be wrong
  divergent     no value in the ordinary sense, principal values too: exact is null
  not_a_number  undefined on a part of the range: exact is null
"""
import json
import math
import pathlib
import re
import sys

try:
    import mpmath as mp
except ImportError:
    print("mpmath is not installed", file=sys.stderr)
    sys.exit(77)

DIGITS = 50
mp.mp.dps = DIGITS

# ---- the text grammar of kernels/integrands/expression/expression.hpp, as far as it is used here ----

TOKEN = re.compile(r"\s*(?:(\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?)|([A-Za-z_]\w*)|(<=|>=|==|&&|\|\||[-+*/^(),<>]))")
LEVELS = [["||"], ["&&"], ["=="], ["<", "<=", ">", ">="], ["+", "-"], ["*", "/"]]  # left-associative, loosest first


class Parser:
    """Trees of tuples: (number, text) (name, text) (x,) (-, a) (operator, a, b) (call, function, arguments)."""

    def __init__(self, text):
        self.tokens = []
        at = 0
        text = text.rstrip()
        while at < len(text):
            found = TOKEN.match(text, at)
            if not found:
                raise ValueError(f"'{text}' column {at + 1}")
            self.tokens.append(found.groups())
            at = found.end()
        self.at = 0
        self.tree = self.level(0)
        if self.at != len(self.tokens):
            raise ValueError(f"'{text}': rest {self.tokens[self.at:]}")

    def next_is(self, *symbols):
        if self.at < len(self.tokens) and self.tokens[self.at][2] in symbols:
            self.at += 1
            return self.tokens[self.at - 1][2]
        return None

    def expect(self, symbol):
        if not self.next_is(symbol):
            raise ValueError(f"{symbol} missing")

    def level(self, loosest):
        if loosest == len(LEVELS):
            return self.signed()
        left = self.level(loosest + 1)
        while symbol := self.next_is(*LEVELS[loosest]):
            left = (symbol, left, self.level(loosest + 1))
        return left

    def signed(self):
        if self.next_is("-"):
            return ("-", self.signed())
        if self.next_is("+"):
            return self.signed()
        base = self.value()
        return ("^", base, self.signed()) if self.next_is("^") else base

    def value(self):
        if self.next_is("("):
            inner = self.level(0)
            self.expect(")")
            return inner
        number, name, _ = self.tokens[self.at]
        self.at += 1
        if number:
            return ("number", number)
        if not self.next_is("("):
            return ("x",) if name == "x" else ("name", name)
        arguments = [self.level(0)]
        while self.next_is(","):
            arguments.append(self.level(0))
        self.expect(")")
        return ("call", name, arguments)


def parts(tree):
    return tree[2] if tree[0] == "call" else [part for part in tree[1:] if isinstance(part, tuple)]


def is_constant(tree):
    return tree[0] != "x" and all(is_constant(part) for part in parts(tree))


FUNCTIONS = {"sin": mp.sin, "cos": mp.cos, "tan": mp.tan, "asin": mp.asin, "acos": mp.acos, "atan": mp.atan, "sinh": mp.sinh, "cosh": mp.cosh,
             "tanh": mp.tanh, "exp": mp.exp, "expm1": mp.expm1, "log": mp.log, "log1p": mp.log1p, "sqrt": mp.sqrt, "cbrt": lambda x: mp.sign(x) * mp.cbrt(abs(x)),
             "erf": mp.erf, "erfc": mp.erfc, "abs": abs, "min": min, "max": max, "floor": mp.floor, "ceil": mp.ceil,
             "acosh": mp.acosh, "lgamma": mp.loggamma, "hypot": mp.hypot}
COMPARE = {"<": lambda a, b: a < b, "<=": lambda a, b: a <= b, ">": lambda a, b: a > b, ">=": lambda a, b: a >= b, "==": lambda a, b: a == b,
           "&&": lambda a, b: a and b, "||": lambda a, b: a or b}


def divide(a, b):
    if b == 0 and isinstance(b, float):
        return math.nan if a == 0 or a != a else math.copysign(math.inf, a) * math.copysign(1, b)
    return a / b


ARITHMETIC = {"+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b, "/": divide}


def power(a, b):
    return a * a if b == 2 else a ** int(b) if isinstance(b, mp.mpf) and b == int(b) else a ** b


def constant(tree, doubles):
    """The value of a tree without x: as real numbers, or each operation rounded to double."""
    if tree[0] == "number":
        return mp.mpf(float(tree[1])) if doubles else mp.mpf(tree[1])
    if tree[0] == "name":
        if tree[1] == "inf":
            return mp.inf
        value = {"pi": mp.pi, "e": mp.e}[tree[1]]
        return mp.mpf(float(value)) if doubles else +value
    values = [constant(part, doubles) for part in parts(tree)]
    if tree[0] == "call":
        value = FUNCTIONS[tree[1]](*values)
    elif tree[0] == "-" and len(values) == 1:
        value = -values[0]
    else:
        value = power(*values) if tree[0] == "^" else ARITHMETIC[tree[0]](*values)
    return mp.mpf(float(value)) if doubles and mp.isfinite(value) else value


def function(tree, doubles):
    """The text as a function of an mpf."""
    if is_constant(tree):
        value = constant(tree, doubles)
        return lambda x: value
    if tree[0] == "x":
        return lambda x: x
    inner = [function(part, doubles) for part in parts(tree)]
    if tree[0] == "call":
        if tree[1] == "if":
            return lambda x: inner[1](x) if inner[0](x) else inner[2](x)
        called = FUNCTIONS[tree[1]]
        return (lambda x: called(inner[0](x))) if len(inner) == 1 else (lambda x: called(inner[0](x), inner[1](x)))
    if tree[0] == "-" and len(inner) == 1:
        return lambda x: -inner[0](x)
    operation = power if tree[0] == "^" else ARITHMETIC.get(tree[0]) or COMPARE[tree[0]]
    return lambda x: operation(inner[0](x), inner[1](x))


# ---- C++ ----

TIGHTNESS = {"||": 1, "&&": 2, "==": 3, "<": 4, "<=": 4, ">": 4, ">=": 4, "+": 5, "-": 5, "*": 6, "/": 6}
SIGN, ATOM = 7, 8


def has_call(tree):
    return tree[0] in ("call", "^") or any(has_call(part) for part in parts(tree))


class Translator:
    """One formula as an expression in C++; `used` becomes the functions that it calls."""

    def __init__(self, tree):
        self.used = set()
        self.code = self.vector(tree)

    def vector(self, tree):
        """A V, for places where a double would not do."""
        code, _ = self.expression(tree)
        return f"V({code})" if is_constant(tree) else code

    def inside(self, tree, least):
        code, tightness = self.expression(tree)
        return f"({code})" if tightness < least else code

    def expression(self, tree):
        if is_constant(tree) and has_call(tree):
            value = float(constant(tree, True))
            return repr(value), SIGN if value < 0 else ATOM
        if tree[0] == "number":
            return repr(float(tree[1])), ATOM
        if tree[0] == "name":
            return "std::numbers::" + tree[1], ATOM
        if tree[0] == "x":
            return "x", ATOM
        if tree[0] == "call" and tree[1] == "if":
            return f"select({self.expression(tree[2][0])[0]}, {self.vector(tree[2][1])}, {self.vector(tree[2][2])})", ATOM
        if tree[0] == "call":
            self.used.add(tree[1])
            return f"{tree[1]}({', '.join(self.expression(each)[0] for each in tree[2])})", ATOM
        if tree[0] == "^":
            if is_constant(tree[2]) and constant(tree[2], True) == 2:
                base = self.inside(tree[1], ATOM)
                return (f"{base} * {base}", TIGHTNESS["*"]) if base == "x" else (f"squared({self.expression(tree[1])[0]})", ATOM)
            self.used.add("pow")
            return f"pow({self.expression(tree[1])[0]}, {self.expression(tree[2])[0]})", ATOM
        if len(tree) == 2:
            return "-" + self.inside(tree[1], ATOM), SIGN
        mine = TIGHTNESS[tree[0]]
        if tree[0] in ("&&", "||"):  # masks have & and | only
            return f"({self.expression(tree[1])[0]}) {tree[0][0]} ({self.expression(tree[2])[0]})", mine
        return f"{self.inside(tree[1], mine)} {tree[0]} {self.inside(tree[2], mine + 1)}", mine


# ---- entries ----


class Constants:
    """What closed forms see: k('1/3') is the constant as real number or as double, k.lo and k.hi the limits."""

    def __init__(self, entry, doubles):
        self.doubles = doubles
        self.lo, self.hi = self(entry["from"]), self(entry["to"])
        self.f = function(Parser(entry["formula"]).tree, doubles)

    def __call__(self, text):
        return constant(Parser(text).tree, self.doubles)

    def quad(self, breaks="", pieces=1, f=None, **options):
        """mpmath's quadrature with points (in text) and each segment between them cut into `pieces` where it is finite."""
        f = f or self.f

        def guarded(x):
            try:
                y = f(x)
            except (ZeroDivisionError, ValueError, OverflowError):
                return mp.mpf(0)
            return y if mp.isfinite(y) else mp.mpf(0)

        low, high = min(self.lo, self.hi), max(self.lo, self.hi)
        points = [low, *sorted(p for p in map(self, breaks.split()) if low < p < high), high]
        fine = [points[0]]
        for a, b in zip(points, points[1:]):
            count = pieces if mp.isfinite(a) and mp.isfinite(b) else 1
            fine += [a + (b - a) * j / count for j in range(1, count)] + [b]
        if len(fine) > 4 and "method" not in options and pieces > 1:
            options["method"] = "gauss-legendre"
        value = mp.quad(guarded, fine, **options)
        return value if self.lo <= self.hi else -value

    def toward(self, point, length, f=None, over=200):
        """The integral of f from `point` to point + length, whose singularity at `point` needs samples at exponentially small distances."""
        f = f or self.f
        at, cuts = mp.mpf(point), [0, over / 100, over / 20, over / 4, over]
        with mp.workdps(int(15 + over / 2.3) if at else mp.mp.dps):  # e^-over, and not cancelled at `point`
            return abs(length) * mp.quad(lambda t: f(at + length * mp.exp(-t)) * mp.exp(-t), cuts, maxdegree=7)


ENTRIES = []


def times_x(factor):
    """'5*x', and 'x' for 1."""
    return "x" if factor == "1" else factor + "*x"


def entry(name, battery, source, formula, low, high, closed=None, breaks="", pieces=1, position=False, classic=False, check=None, dps=30, value=None, second=None, real=False):
    """closed: the closed form of k; breaks, pieces: where `check` cuts the range; position: a jump, kink or singularity lies at a constant that
    is taken as the double it is; real: constants are meant as written all the same, since a function that is singular within an ulp of its limit is
    the same at all doubles as one that is singular there; check: another quadrature than k.quad; value, second: two quadratures where there is no closed form."""
    ENTRIES.append({"name": name, "battery": battery, "source": source, "formula": formula, "from": low, "to": high, "classic": classic,
                    "closed": closed, "breaks": breaks, "pieces": pieces, "position": position, "check": check, "dps": dps, "value": value, "second": second, "real": real})


def refused(battery, source, rows):
    for name, formula, low, high in rows:
        ENTRIES.append({"name": name, "battery": battery, "source": source, "formula": formula, "from": low, "to": high, "classic": False, "refused": True})


def erfs(k, c, w):
    """exp(-((x - c)/w)^2) between the limits; the tails by erfc, so that nothing cancels."""
    return w * mp.sqrt(mp.pi) / 2 * (mp.erf((k.hi - c) / w) - mp.erf((k.lo - c) / w))


def algebraic(k, c, a):
    """|x - c|^a between limits on both sides of c."""
    return ((c - k.lo) ** (a + 1) + (k.hi - c) ** (a + 1)) / (a + 1)


def lorentz(k, c, w):
    """w/((x - c)^2 + w^2) between the limits."""
    return mp.atan((k.hi - c) / w) - mp.atan((k.lo - c) / w)


def difference(k, F):
    return F(k.hi) - F(k.lo)


# ---- QUADPACK ----

BOOK = "QUADPACK 1983, 4.1: "


def quadpack(number, suffix, *arguments, **more):
    entry(f"quadpack_f{number}{suffix}", "quadpack", BOOK + f"f{number}", *arguments, **more)


for suffix, a, classic in (("_m09", "-0.9", True), ("_m05", "-0.5", False), ("_26", "2.6", False)):
    quadpack(1, suffix, f"x^{a}*log(1/x)", "0", "1", lambda k, a=a: 1 / (k(a) + 1) ** 2, classic=classic, check=lambda k: k.toward(0, 1, over=400))
for a, width, classic in ((3, "1/64", False), (5, "1/1024", True), (10, "1/1048576", False)):
    quadpack(2, f"_{a}", f"{width}/((x-pi/4)^2+({width})^2)", "0", "1", lambda k, w=width: lorentz(k, k("pi/4"), k(w)), breaks=f"pi/4 pi/4-{width} pi/4+{width} pi/4-100*{width} pi/4+100*{width}", classic=classic)
for suffix, factor, classic, pieces in (("_13", "2^1.3", False, 1), ("_5", "32", True, 20), ("_9", "512", False, 100)):
    quadpack(3, suffix, f"cos({factor}*sin(x))", "0", "pi", lambda k, b=factor: mp.pi * mp.besselj(0, k(b)) + (k.hi - mp.pi), pieces=pieces, classic=classic)
for suffix, a, classic in (("_m05", "-0.5", False), ("_05", "0.5", True), ("_11", "1.1", False)):
    quadpack(7, suffix, f"abs(x-1/3)^{a}", "0", "1", lambda k, a=a: algebraic(k, k("1/3"), k(a)), breaks="1/3", position=True, classic=classic)
for suffix, a, classic in (("_m05", "-0.5", False), ("_05", "0.5", True)):
    quadpack(8, suffix, f"abs(x-pi/4)^{a}", "0", "1", lambda k, a=a: algebraic(k, k("pi/4"), k(a)), breaks="pi/4", position=True, classic=classic)
for a, c, classic in ((1, "1.5", False), (5, "1.03125", True), (10, "1.0009765625", False)):
    # x + c: 1 + 2^-a
    quadpack(9, f"_{a}", f"1/((x+{c})*sqrt(1-x^2))", "-1", "1", lambda k, c=c: mp.pi / mp.sqrt(k(c) ** 2 - 1), classic=classic, dps=50)
for suffix, b, classic in (("_01", "-0.9", False), ("_05", "-0.5", True), ("_2", "1", False)):
    # alpha = b + 1; up to pi/2 as a double the loss is below 1e-16
    quadpack(10, suffix, "sin(x)" if b == "1" else f"sin(x)^{b}", "0", "pi/2", lambda k, b=b: mp.mpf(2) ** (k(b) - 1) * mp.gamma((k(b) + 1) / 2) ** 2 / mp.gamma(k(b) + 1), classic=classic, check=lambda k: k.toward(0, k.hi, over=400))
quadpack(11, "_05", "log(1/x)^-0.5", "0", "1", lambda k: mp.gamma(0.5), dps=50)
quadpack(11, "_15", "log(1/x)^0.5", "0", "1", lambda k: mp.gamma(1.5), classic=True)
quadpack(11, "_25", "log(1/x)^1.5", "0", "1", lambda k: mp.gamma(2.5))
entry("quadpack_f11_2_long", "quadpack", "GSL's test of QAGS: f11 with alpha = 2 on [1, 1000]", "log(1/x)", "1", "1000", lambda k: 999 - 1000 * mp.log(1000))
for a, b, classic in ((0, "1", False), (5, "32", True), (9, "512", False)):
    quadpack(12, f"_{a}", f"exp(20*(x-1))*sin({times_x(b)})", "0", "1", lambda k, b=b: (20 * mp.sin(k(b)) - k(b) * mp.cos(k(b)) + k(b) * mp.exp(-20)) / (400 + k(b) ** 2), pieces=1 + int(b) // 4, classic=classic)
for a, b, classic in ((2, "4", False), (4, "16", True), (8, "256", False)):
    quadpack(13, f"_{a}", f"cos({b}*x)/sqrt(x*(1-x))", "0", "1", lambda k, b=b: mp.pi * mp.cos(k(b) / 2) * mp.besselj(0, k(b) / 2), classic=classic,
             check=lambda k, b=b: mp.quad(lambda t: 2 * mp.cos(k(b) * mp.sin(t) ** 2), mp.linspace(0, mp.pi / 2, 2 + int(b) // 4)))  # x = sin(t)^2
for a, b in ((0, "1"), (4, "0.0625")):
    # Re of the integral of exp(-(b - i) x)/sqrt(x); x = t^2 to check
    quadpack(14, f"_{a}", f"exp(-{times_x(b)})*cos(x)/sqrt(x)", "0", "inf", lambda k, b=b: mp.re(mp.sqrt(mp.pi / mp.mpc(k(b), -1))),
             check=lambda k, b=b: mp.quad(lambda t: 2 * mp.exp(-k(b) * t * t) * mp.cos(t * t), mp.linspace(0, 40, 400), method="gauss-legendre"))
for a, b, classic in ((0, "1", True), (3, "0.125", False), (5, "0.03125", False)):
    quadpack(15, f"_{a}", f"x^2*exp(-{times_x(b)})", "0", "inf", lambda k, b=b: 2 / k(b) ** 3, breaks="10 100 1000", classic=classic)
for suffix, b, classic in (("_01", "-0.9", False), ("_05", "-0.5", True), ("_15", "0.5", False), ("_19", "0.9", False)):
    # alpha = b + 1; x = exp(t) to check
    quadpack(16, suffix, f"x^{b}/(1+10*x)^2", "0", "inf", lambda k, b=b: mp.mpf(10) ** -(k(b) + 1) * -k(b) * mp.pi / mp.sin(mp.pi * (k(b) + 1)), classic=classic,
             check=lambda k: mp.quad(lambda t: k.f(mp.exp(t)) * mp.exp(t), [-500, -50, -10, -5, 0, 5, 20, 100, 500]))
quadpack(454, "", "x^3*log(abs((x^2-1)*(x^2-2)))", "0", "3", lambda k: 61 * mp.log(2) + mp.mpf(77) / 4 * mp.log(7) - 27, breaks="1 sqrt(2)", classic=True)
quadpack(455, "", "log(x)/(1+100*x^2)", "0", "inf", lambda k: -mp.pi * mp.log(10) / 20,
         check=lambda k: mp.quad(lambda t: k.f(mp.exp(t)) * mp.exp(t), [-100, -30, -10, -2, 5, 20, 100]))
quadpack(456, "", "log(x)*sin(10*pi*x)", "0", "1", lambda k: -(mp.euler + mp.log(10 * mp.pi) - mp.ci(10 * mp.pi)) / (10 * mp.pi), pieces=10, breaks="1e-9 1e-3")
quadpack(458, "", "log(x)/(1+log(x)^2)^2", "0", "1", lambda k: (mp.ci(1) * mp.sin(1) + (mp.pi / 2 - mp.si(1)) * mp.cos(1) - 1) / 2, check=lambda k: k.toward(0, 1))
entry("gsl_myfn1", "quadpack", "GSL's test of QAGI", "exp(-x-x^2)", "-inf", "inf", lambda k: mp.sqrt(mp.pi) * mp.exp(0.25))
entry("gsl_myfn2", "quadpack", "GSL's test of QAGIL", "exp(x)", "-inf", "1", lambda k: mp.e)

# ---- Kahaner ----


def kahaner(number, *arguments, suffix="", **more):
    entry(f"kahaner_{number}{suffix}", "kahaner", f"Kahaner 1971, {number}" if number < 22 else f"Gander & Gautschi 2000, {number}", *arguments, **{"classic": number < 22, **more})


def quartic(c):
    """2/(x^4 + x^2 + c) from 0 to 1, by partial fractions in x^2."""
    y = [(-1 + sign * mp.sqrt(mp.mpc(1 - 4 * c))) / 2 for sign in (1, -1)]
    part = [mp.atan(1 / mp.sqrt(-each)) / mp.sqrt(-each) for each in y]
    return mp.re(2 * (part[0] - part[1]) / (y[0] - y[1]))


def sech_powers(k, factors, centres):
    """The integral of sech^2, sech^4 and sech^6 at their factors and centres: polynomials of tanh."""
    forms = (lambda t: t, lambda t: t - t ** 3 / 3, lambda t: t - 2 * t ** 3 / 3 + t ** 5 / 5)
    return sum(difference(k, lambda x: form(mp.tanh(a * (x - k(c)))) / a) for form, a, c in zip(forms, factors, centres))


def gudermannians(k, factors, centres):
    return sum(difference(k, lambda x: 2 * mp.atan(mp.tanh(a * (x - k(c)) / 2)) / a) for a, c in zip(factors, centres))


def sine_ramp(a):
    """x sin(a x) from 0 to 1."""
    return (mp.sin(a) - a * mp.cos(a)) / a ** 2


SPIKES = "0.15 0.2 0.25 0.39 0.4 0.41 0.599 0.6 0.601 0.5999 0.6001"
kahaner(1, "exp(x)", "0", "1", lambda k: mp.e - 1)
kahaner(2, "if(x < 0.3, 0, 1)", "0", "1", lambda k: k.hi - k("0.3"), breaks="0.3", position=True)
kahaner(3, "sqrt(x)", "0", "1", lambda k: mp.mpf(2) / 3)
kahaner(4, "0.92*cosh(x)-cos(x)", "-1", "1", lambda k: 2 * (k("0.92") * mp.sinh(1) - mp.sin(1)))
kahaner(5, "1/(x^4+x^2+0.9)", "-1", "1", lambda k: quartic(k("0.9")))
kahaner(6, "x^1.5", "0", "1", lambda k: mp.mpf(2) / 5)
kahaner(7, "1/sqrt(x)", "0", "1", lambda k: mp.mpf(2), dps=40)
kahaner(8, "1/(1+x^4)", "0", "1", lambda k: (mp.pi + 2 * mp.log(1 + mp.sqrt(2))) / (4 * mp.sqrt(2)))
kahaner(9, "2/(2+sin(10*pi*x))", "0", "1", lambda k: 2 / mp.sqrt(3), pieces=10)
kahaner(10, "1/(1+x)", "0", "1", lambda k: mp.log(2))
kahaner(11, "1/(1+exp(x))", "0", "1", lambda k: 1 + mp.log(2) - mp.log(1 + mp.e))
kahaner(12, "x/(exp(x)-1)", "0", "1", lambda k: mp.log(1 - mp.exp(-1)) + mp.pi ** 2 / 6 - mp.polylog(2, mp.exp(-1)))
kahaner(13, "sin(100*pi*x)/(pi*x)", "0.1", "1", lambda k: difference(k, lambda x: mp.si(100 * k("pi") * x)) / k("pi"), pieces=90)
kahaner(14, "sqrt(50)*exp(-50*pi*x^2)", "0", "10", lambda k: mp.erf(10 * mp.sqrt(50 * mp.pi)) / 2, breaks="0.1 0.5")
kahaner(15, "25*exp(-25*x)", "0", "10", lambda k: 1 - mp.exp(-250), breaks="0.1 1")
kahaner(16, "50/(pi*(2500*x^2+1))", "0", "10", lambda k: mp.atan(500) / mp.pi, breaks="0.02 0.2 1")
kahaner(17, "50*(sin(50*pi*x)/(50*pi*x))^2", "0.01", "1", lambda k: difference(k, lambda x: (lambda u: mp.si(2 * u) - mp.sin(u) ** 2 / u)(50 * k("pi") * x)) / k("pi"), pieces=99)
kahaner(18, "cos(cos(x)+3*sin(x)+2*cos(2*x)+3*sin(2*x)+3*cos(3*x))", "0", "pi", value=lambda k: k.quad(pieces=16), second=lambda k: k.quad("0.2 0.7 1.3 2.1 2.9"))
kahaner(19, "log(x)", "0", "1", lambda k: mp.mpf(-1))
kahaner(20, "1/(x^2+1.005)", "-1", "1", lambda k: 2 * mp.atan(1 / mp.sqrt(k("1.005"))) / mp.sqrt(k("1.005")))
kahaner(21, "(1/cosh(10*(x-0.2)))^2+(1/cosh(100*(x-0.4)))^4+(1/cosh(1000*(x-0.6)))^6", "0", "1", lambda k: sech_powers(k, (10, 100, 1000), ("0.2", "0.4", "0.6")), breaks=SPIKES, pieces=4)
kahaner(21, "(1/cosh(20*(x-0.2)))^2+(1/cosh(400*(x-0.4)))^4+(1/cosh(8000*(x-0.6)))^6", "0", "1", lambda k: sech_powers(k, (20, 400, 8000), ("0.2", "0.4", "0.6")), breaks=SPIKES, pieces=12, suffix="_sharp", classic=False)
kahaner(21, "1/cosh(20*(x-0.2))+1/cosh(400*(x-0.4))+1/cosh(8000*(x-0.6))", "0", "1", lambda k: gudermannians(k, (20, 400, 8000), ("0.2", "0.4", "0.6")), breaks=SPIKES, pieces=12, suffix="_gander_gautschi", classic=False)
kahaner(22, "4*pi^2*x*sin(20*pi*x)*cos(2*pi*x)", "0", "1", lambda k: 2 * k("pi") ** 2 * (sine_ramp(22 * k("pi")) + sine_ramp(18 * k("pi"))), pieces=11)
kahaner(23, "1/(1+(230*x-30)^2)", "0", "1", lambda k: (mp.atan(200) + mp.atan(30)) / 230, breaks="0.12 3/23 0.14 0.2")
kahaner(24, "floor(exp(x))", "0", "3", lambda k: sum(j * (mp.log(j + 1) - mp.log(j)) for j in range(1, 20)) + 20 * (3 - mp.log(20)), breaks=" ".join(f"log({j})" for j in range(2, 21)))
kahaner(25, "if(x < 1, x+1, if(x <= 3, 3-x, 2))", "0", "5", lambda k: mp.mpf(15) / 2, breaks="1 3")
kahaner(13, "sin(100*pi*x)/(pi*x)", "0", "1", lambda k: mp.si(100 * k("pi")) / k("pi"), pieces=90, suffix="_from_0", classic=False)
kahaner(17, "50*(sin(50*pi*x)/(50*pi*x))^2", "0", "1", lambda k: (lambda u: mp.si(2 * u) - mp.sin(u) ** 2 / u)(50 * k("pi")) / k("pi"), pieces=99, suffix="_from_0", classic=False)

# ---- Bailey, Jeyabalan, Li ----


def bailey(number, *arguments, **more):
    entry(f"bailey_{number}", more.pop("battery", "bailey"), f"Bailey, Jeyabalan & Li 2005, problem {number}", *arguments, classic=True, **more)


def log_sine(d):
    """log(sin(u)) from 0 to d: Clausen's function."""
    return -mp.clsin(2, 2 * d) / 2 - d * mp.log(2)


def root_tangent(x):
    """The antiderivative of sqrt(tan(x)) that is 0 at 0."""
    s, r = mp.sqrt(mp.tan(x)), mp.sqrt(2)
    return mp.log((s * s - r * s + 1) / (s * s + r * s + 1)) / (2 * r) + (mp.atan(r * s + 1) + mp.atan(r * s - 1)) / r


def short_of_right_angle(k):
    """How far the upper limit pi/2 is from pi/2."""
    with mp.workdps(2 * DIGITS):
        return mp.pi / 2 - k.hi if k.doubles else mp.mpf(0)


def tangent_power(k, a):
    """tan(x)^a from 0 to the upper limit pi/2; what lies above it is that of u^-a (1 - a u^2/3 + ...)."""
    d = short_of_right_angle(k)
    return mp.pi / (2 * mp.cos(mp.pi * a / 2)) - d ** (1 - a) / (1 - a) + a * d ** (3 - a) / (3 * (3 - a))


def down_to_right_angle(k):
    """For check: tan(x)^a and the like up to the double next to pi/2, x = pi/2 - u with u on a logarithmic scale, and from 0 likewise."""
    d = short_of_right_angle(k)
    with mp.workdps(120):
        low = 1 / mp.mpf(2)
        lower = low * mp.quad(lambda t: k.f(low * mp.exp(-t)) * mp.exp(-t), [0, 2, 10, 50, 200])
        top = mp.log((mp.pi / 2 - low) / d) if d else mp.mpf(200)
        upper = (mp.pi / 2 - low) * mp.quad(lambda t: k.f(mp.pi / 2 - (mp.pi / 2 - low) * mp.exp(-t)) * mp.exp(-t), [0, 2, 10, min(30, top), top])
    return lower + upper


bailey(1, "x*log(1+x)", "0", "1", lambda k: mp.mpf(1) / 4)
bailey(2, "x^2*atan(x)", "0", "1", lambda k: (mp.pi - 2 + 2 * mp.log(2)) / 12)
bailey(3, "exp(x)*cos(x)", "0", "pi/2", lambda k: (mp.exp(mp.pi / 2) - 1) / 2)
bailey(4, "atan(sqrt(2+x^2))/((1+x^2)*sqrt(2+x^2))", "0", "1", lambda k: 5 * mp.pi ** 2 / 96)
bailey(5, "sqrt(x)*log(x)", "0", "1", lambda k: mp.mpf(-4) / 9)
bailey(6, "sqrt(1-x^2)", "0", "1", lambda k: mp.pi / 4)
bailey(7, "sqrt(x)/sqrt(1-x^2)", "0", "1", lambda k: 2 * mp.sqrt(mp.pi) * mp.gamma(0.75) / mp.gamma(0.25), dps=50)
bailey(8, "log(x)^2", "0", "1", lambda k: mp.mpf(2))
bailey(9, "log(cos(x))", "0", "pi/2", lambda k: -mp.pi * mp.log(2) / 2 - log_sine(short_of_right_angle(k)), check=down_to_right_angle)
bailey(10, "sqrt(tan(x))", "0", "pi/2", lambda k: tangent_power(k, mp.mpf(1) / 2), check=down_to_right_angle, real=True)
bailey(11, "1/(1+x^2)", "0", "inf", lambda k: mp.pi / 2)
bailey(12, "exp(-x)/sqrt(x)", "0", "inf", lambda k: mp.sqrt(mp.pi), breaks="1 10", dps=40)
bailey(13, "exp(-x^2/2)", "0", "inf", lambda k: mp.sqrt(mp.pi / 2))
bailey(14, "exp(-x)*cos(x)", "0", "inf", lambda k: mp.mpf(1) / 2, breaks="1 3 6 10 20 30 50")
bailey(15, "sin(x)/x", "0", "inf", lambda k: mp.pi / 2, battery="slow", check=lambda k: mp.quadosc(k.f, [1, mp.inf], omega=1) + mp.quad(k.f, [0, 1]))

# ---- Lyness & Kaganove's families ----


def lyness(name, family, *arguments, **more):
    entry(f"lyness_{name}", "lyness", f"Gonnet 2010, Lyness-Kaganove family {family}", *arguments, **more)


for c, a in (("0.417391", "-0.1"), ("0.728115", "-0.3"), ("0.182374", "-0.45")):
    lyness(f"algebraic_{a[3:]}", 1, f"abs(x-{c})^{a}", "0", "1", lambda k, c=c, a=a: algebraic(k, k(c), k(a)), breaks=c, position=True, dps=40)
for tag, c, a in (("decimal", "0.385692", "0.5"), ("irrational", "sqrt(0.5)", "1"), ("late", "0.974113", "0.25")):
    lyness(f"jump_{tag}", 2, f"if(x > {c}, exp({times_x(a)}), 0)", "0", "1", lambda k, c=c, a=a: (mp.exp(k(a)) - mp.exp(k(a) * k(c))) / k(a), breaks=c, position=True)
for c, a in (("0.640179", "3.1"), ("0.271828", "1.3")):
    lyness(f"cusp_{a[0]}", 3, f"exp(-{a}*abs(x-{c}))", "0", "1", lambda k, c=c, a=a: (2 - mp.exp(-k(a) * k(c)) - mp.exp(-k(a) * (1 - k(c)))) / k(a), breaks=c, position=True)
for tag, c, w, square in (("3", "1.384617", "1e-3", "1e-6"), ("4", "1.719283", "1e-4", "1e-8"), ("6", "1.563824", "1e-6", "1e-12")):
    lyness(f"peak_{tag}", 4, f"{w}/((x-{c})^2+{square})", "1", "2", lambda k, c=c, w=w, square=square: lorentz(k, k(c), mp.sqrt(k(square))) * k(w) / mp.sqrt(k(square)),
           breaks=f"{c} {c}+{w} {c}-{w} {c}-100*{w} {c}+100*{w}")
for tag, w, square in (("3", "1e-3", "1e-6"), ("5", "1e-5", "1e-10")):
    centres = ("1.111317", "1.358942", "1.612587", "1.871239")
    lyness(f"four_peaks_{tag}", 5, "+".join(f"{w}/((x-{c})^2+{square})" for c in centres), "1", "2",
           lambda k, w=w, square=square, centres=centres: sum(lorentz(k, k(c), mp.sqrt(k(square))) for c in centres) * k(w) / mp.sqrt(k(square)),
           breaks=" ".join(f"{c} {c}+{w} {c}-{w} {c}-50*{w} {c}+50*{w}" for c in centres))
for tag, c, b in (("63", "0.318309", "135.75"), ("100", "0.577216", "300.25"), ("200", "0.913874", "119.5")):
    lyness(f"oscillating_{tag}", 6, f"2*{b}*(x-{c})*cos({b}*(x-{c})^2)", "0", "1", lambda k, c=c, b=b: mp.sin(k(b) * (1 - k(c)) ** 2) - mp.sin(k(b) * k(c) ** 2), pieces=60)

# ---- vertical or singular end points ----

GR = "Gradshteyn & Ryzhik "


def boost(name, source, *arguments, **more):
    entry(name, "boost", source, *arguments, **more)


boost("power_m09", "elementary", "x^-0.9", "0", "1", lambda k: 1 / (1 + k("-0.9")), check=lambda k: k.toward(0, 1, over=500))
boost("power_m099", "elementary", "x^-0.99", "0", "1", lambda k: 1 / (1 + k("-0.99")), check=lambda k: mp.quad(lambda t: mp.exp(-(1 + k("-0.99")) * t), [0, 100, 1000, 10000]))
boost("power_m075_to_4", "elementary", "x^-0.75", "0", "4", lambda k: 4 * mp.sqrt(2), check=lambda k: k.toward(0, 4))
boost("power_01", "elementary", "x^0.1", "0", "1", lambda k: 1 / (1 + k("0.1")))
boost("inverse_root_at_1", "elementary", "(1-x)^-0.5", "0", "1", lambda k: mp.mpf(2), dps=50)
boost("beta_quarters", "DLMF 5.12.1", "x^-0.75*(1-x)^-0.25", "0", "1", lambda k: mp.pi * mp.sqrt(2), check=lambda k: k.toward(0, 0.5) + k.toward(1, -0.5, over=100))
boost("root_quotient", "DLMF 5.12.1", "sqrt(x/(1-x^2))", "0", "1", lambda k: 2 * mp.sqrt(mp.pi) * mp.gamma(0.75) / mp.gamma(0.25), dps=50)
boost("semicircle_diameter", "DLMF 5.12.1", "1/sqrt(x*(2-x))", "0", "2", lambda k: mp.pi, dps=50)
boost("inverse_root_of_sine", "DLMF 5.12.2", "1/sqrt(sin(x))", "0", "pi/2", lambda k: mp.gamma(0.25) ** 2 / (2 * mp.sqrt(2 * mp.pi)), dps=40)
boost("tangent_03", GR + "3.622.1", "tan(x)^0.3", "0", "pi/2", lambda k: tangent_power(k, k("0.3")), check=down_to_right_angle, real=True)
boost("tangent_m05_to_quarter", GR + "2.5", "1/sqrt(tan(x))", "0", "pi/4", lambda k: mp.pi / mp.sqrt(2) - root_tangent(mp.pi / 4), dps=40)
boost("tangent_to_root_2", "t = pi/2 - x", "1/(1+tan(x)^sqrt(2))", "0", "pi/2", lambda k: mp.pi / 4, dps=40)
boost("log_of_sine", GR + "4.224.3", "log(sin(x))", "0", "pi/2", lambda k: -mp.pi * mp.log(2) / 2)
boost("log_log", "Boost.Math, test of tanh_sinh; " + GR + "4.221.1", "log(x)*log(1-x)", "0", "1", lambda k: 2 - mp.pi ** 2 / 6)
boost("catalan", "Boost.Math, test of tanh_sinh; " + GR + "4.531.7", "atan(x)/(x*(1+x^2))", "0", "1", lambda k: mp.pi * mp.log(2) / 8 + mp.catalan / 2)
boost("log_times_x", "by parts", "x*log(x)", "0", "1", lambda k: mp.mpf(-1) / 4)
boost("log_over_root", "by parts", "log(x)/sqrt(x)", "0", "1", lambda k: mp.mpf(-4), check=lambda k: k.toward(0, 1))
boost("log_cubed", "by parts", "log(x)^3", "0", "1", lambda k: mp.mpf(-6), check=lambda k: k.toward(0, 1))
boost("log_over_1_plus_x", GR + "4.231.1", "log(x)/(1+x)", "0", "1", lambda k: -mp.pi ** 2 / 12)
boost("x_to_x", "Bernoulli 1697", "x^x", "0", "1", lambda k: -mp.nsum(lambda n: (-1) ** int(n) * n ** -n, [1, mp.inf]))
boost("x_to_minus_x", "Bernoulli 1697", "x^(-x)", "0", "1", lambda k: mp.nsum(lambda n: n ** -n, [1, mp.inf]))
boost("double_log", GR + "4.325.8: -gamma", "log(log(1/x))", "0", "1", lambda k: -mp.euler, check=lambda k: mp.quad(lambda t: mp.exp(-t) * mp.log(t), [0, 1, 10, mp.inf]))
boost("root_vertical_at_both", "DLMF 5.12.1", "sqrt(x)*sqrt(1-x)", "0", "1", lambda k: mp.pi / 8)

# ---- infinite ranges ----


def exponential_scale(k, low=-200, high=200, cuts=(-30, -5, 0, 5, 30)):
    """For check, on [0, inf): x = exp(t)."""
    return mp.quad(lambda t: k.f(mp.exp(t)) * mp.exp(t), sorted({low, *cuts, high}))


def infinite(name, source, *arguments, **more):
    entry(name, "infinite", source, *arguments, **more)


infinite("decay", "elementary", "exp(-x)", "0", "inf", lambda k: mp.mpf(1))
infinite("decay_fast", "elementary", "exp(-1e6*x)", "0", "inf", lambda k: mp.mpf(10) ** -6, breaks="1e-6 1e-5 1e-4")
infinite("decay_slow", "elementary", "exp(-1e-6*x)", "0", "inf", lambda k: 1 / k("1e-6"), breaks="1e5 1e6 1e7 1e8")
infinite("growth_from_below", "elementary", "exp(x)", "-inf", "0", lambda k: mp.mpf(1))
infinite("decay_reversed", "elementary", "exp(-x)", "inf", "0", lambda k: mp.mpf(-1))
infinite("decay_of_root", "x = t^2", "exp(-sqrt(x))", "0", "inf", lambda k: mp.mpf(2), breaks="1 10 100 1000")
infinite("gauss", "DLMF 7.2.1", "exp(-x^2)", "-inf", "inf", lambda k: mp.sqrt(mp.pi))
infinite("gauss_at_50", "DLMF 7.2.1", "exp(-(x-50)^2/2)", "-inf", "inf", lambda k: mp.sqrt(2 * mp.pi), breaks="40 50 60")
infinite("gauss_at_1000", "DLMF 7.2.1", "exp(-(x-1000)^2/2)", "-inf", "inf", lambda k: mp.sqrt(2 * mp.pi), breaks="990 1000 1010")
infinite("gauss_at_50_half", "DLMF 7.2.1", "exp(-(x-50)^2/2)", "0", "inf", lambda k: mp.sqrt(mp.pi / 2) * mp.erfc(-50 / mp.sqrt(2)), breaks="40 50 60")
infinite("gauss_wide", "DLMF 7.2.1", "exp(-(x/1000)^2)", "-inf", "inf", lambda k: 1000 * mp.sqrt(mp.pi), breaks="-3000 0 3000")
infinite("gauss_cosine", "DLMF 7.7.6", "exp(-x^2)*cos(3*x)", "-inf", "inf", lambda k: mp.sqrt(mp.pi) * mp.exp(-2.25))
infinite("gauss_cosine_20", "DLMF 7.7.6", "exp(-x^2/2)*cos(20*x)+1/(1+x^2)", "-inf", "inf", lambda k: mp.sqrt(2 * mp.pi) * mp.exp(-200) + mp.pi,
         check=lambda k: mp.quad(k.f, mp.linspace(-15, 15, 200), method="gauss-legendre") + 2 * mp.atan(mp.mpf(1) / 15))
infinite("gauss_moment", "DLMF 5.2.1", "x^2*exp(-x^2/2)", "-inf", "inf", lambda k: mp.sqrt(2 * mp.pi))
infinite("gauss_odd", "odd", "x*exp(-x^2)", "-inf", "inf", lambda k: mp.mpf(0), breaks="0")
infinite("cauchy", "DLMF 4.24.3", "1/(1+x^2)", "-inf", "inf", lambda k: mp.pi)
infinite("cauchy_reversed", "DLMF 4.24.3", "1/(1+x^2)", "inf", "-inf", lambda k: -mp.pi)
infinite("cauchy_left", "DLMF 4.24.3", "1/(1+x^2)", "-inf", "-1", lambda k: mp.pi / 4)
infinite("cauchy_wide", "DLMF 4.24.3", "1/(1+(x/1e8)^2)", "-inf", "inf", lambda k: mp.mpf(10) ** 8 * mp.pi, check=lambda k: 2 * exponential_scale(k, cuts=(-5, 10, 18, 19, 25)))
infinite("cauchy_off_centre", "DLMF 4.24.3", "1/(1+(x-123.456)^2)", "-inf", "inf", lambda k: mp.pi, breaks="120 123.456 127")
infinite("cauchy_odd", "odd", "x/(1+x^2)^2", "-inf", "inf", lambda k: mp.mpf(0), breaks="0")
infinite("quartic_line", GR + "3.241.2", "1/(1+x^4)", "-inf", "inf", lambda k: mp.pi / mp.sqrt(2))
infinite("gamma_3", "DLMF 5.2.1", "x^2*exp(-x)", "0", "inf", lambda k: mp.mpf(2), breaks="2 10 50")
infinite("gamma_21", "DLMF 5.2.1", "x^20*exp(-x)", "0", "inf", lambda k: mp.factorial(20), breaks="5 20 40 100")
infinite("gamma_three_tenths", "DLMF 5.2.1", "x^-0.7*exp(-x)", "0", "inf", lambda k: mp.gamma(1 + k("-0.7")), check=lambda k: exponential_scale(k, cuts=(-50, -10, -2, 0, 2, 4, 6)))
infinite("euler_gamma", "DLMF 5.9.16: -gamma", "exp(-x)*log(x)", "0", "inf", lambda k: -mp.euler, breaks="1 10")
infinite("gauss_log", GR + "4.333", "exp(-x^2)*log(x)", "0", "inf", lambda k: -mp.sqrt(mp.pi) / 4 * (mp.euler + 2 * mp.log(2)), breaks="1 4")
infinite("tail_power_2", "elementary", "1/x^2", "1", "inf", lambda k: mp.mpf(1))
infinite("tail_power_15", "elementary", "1/x^1.5", "1", "inf", lambda k: mp.mpf(2), check=lambda k: mp.quad(lambda t: k.f(mp.exp(t)) * mp.exp(t), [0, 5, 20, 200]))
infinite("tail_power_11", "elementary", "1/x^1.1", "1", "inf", lambda k: 1 / (k("1.1") - 1), check=lambda k: mp.quad(lambda t: k.f(mp.exp(t)) * mp.exp(t), [0, 10, 100, 1000]))
infinite("tail_and_root", GR + "3.222.2", "1/(sqrt(x)*(1+x))", "0", "inf", lambda k: mp.pi, check=exponential_scale)
infinite("log_tail", "by parts", "log(x)/x^2", "1", "inf", lambda k: mp.mpf(1), check=lambda k: mp.quad(lambda t: k.f(mp.exp(t)) * mp.exp(t), [0, 5, 20, 200]))
infinite("sech_line", GR + "3.511.1", "1/cosh(x)", "-inf", "inf", lambda k: mp.pi, breaks="0")
infinite("x_over_sinh", GR + "3.521.1", "x/sinh(x)", "-inf", "inf", lambda k: mp.pi ** 2 / 2, breaks="0")
infinite("planck", GR + "3.411.1", "x^3/(exp(x)-1)", "0", "inf", lambda k: mp.pi ** 4 / 15, breaks="3 20 60")
infinite("bose_15", GR + "3.411.1", "x^1.5/(exp(x)-1)", "0", "inf", lambda k: mp.gamma(2.5) * mp.zeta(2.5), breaks="3 20 60")
infinite("fermi_dirac", "DLMF 25.12.14", "sqrt(x)/(exp(x-5)+1)", "0", "inf", lambda k: -mp.gamma(1.5) * mp.re(mp.polylog(1.5, -mp.exp(5))), breaks="2 5 10 40")
infinite("logistic_density", "elementary", "1/(exp(x/2)+exp(-x/2))^2", "-inf", "inf", lambda k: mp.mpf(1), breaks="-40 0 40")
infinite("logistic_density_shifted", "elementary", "0.25/cosh((x-7.3)/2)^2", "-inf", "inf", lambda k: mp.mpf(1), breaks="-40 7.3 50")
infinite("decay_sine", "by parts, twice", "exp(-x)*sin(5*x)", "0", "inf", lambda k: mp.mpf(5) / 26, breaks="1 2 3 4 6 8 10 15 20 30 45")
infinite("decay_sine_quotient", GR + "3.944.5", "exp(-x)*sin(x)/x", "0", "inf", lambda k: mp.pi / 4, breaks="1 3 6 10 20 30 50")
infinite("bessel_k", "DLMF 10.32.10", "exp(-x-1/x)", "0", "inf", lambda k: 2 * mp.besselk(1, 2), breaks="1 5 20 60")
infinite("error_function_tail", "DLMF 7.7", "erfc(x)", "0", "inf", lambda k: 1 / mp.sqrt(mp.pi), breaks="1 4 10")

# ---- oscillatory ----


def oscillatory(name, source, *arguments, **more):
    entry(name, "oscillatory", source, *arguments, **more)


for b, pieces in (("50", 20), ("1000", 200), ("20000", 3000)):
    oscillatory(f"cosine_{b}", "elementary", f"cos({b}*x)", "0", "1", lambda k, b=b: mp.sin(k(b)) / k(b), pieces=pieces, dps=20 if pieces > 1000 else 30)
oscillatory("sine_1000", "elementary", "sin(1000*x)", "0", "1", lambda k: (1 - mp.cos(1000)) / 1000, pieces=200)
oscillatory("sine_of_sine", "DLMF 11.5.1: Struve", "sin(100*sin(x))", "0", "pi", lambda k: mp.pi * mp.struveh(0, 100), pieces=60)
oscillatory("exponential_cosine_200", "by parts, twice", "cos(200*x)*exp(x)", "0", "1", lambda k: (mp.e * (mp.cos(200) + 200 * mp.sin(200)) - 1) / 40001, pieces=50)
oscillatory("x_sine_of_reciprocal", "by parts, twice; DLMF 6.2.9", "x*sin(1/x)", "0.01", "1", lambda k: difference(k, lambda x: (x * x * mp.sin(1 / x) + x * mp.cos(1 / x) + mp.si(1 / x)) / 2),
            breaks=" ".join(f"1/{j}" for j in range(2, 100, 3)), pieces=4)
oscillatory("sine_of_reciprocal", "by parts; DLMF 6.2.11", "sin(1/x)", "0.01", "1", lambda k: difference(k, lambda x: x * mp.sin(1 / x) - mp.ci(1 / x)), breaks=" ".join(f"1/{j}" for j in range(2, 100, 3)), pieces=4)
for n, x in ((0, "10"), (3, "40"), (20, "50"), (100, "80")):
    oscillatory(f"bessel_{n}_{x}", "DLMF 10.9.2", f"cos({n}*x-{x}*sin(x))" if n else f"cos({x}*sin(x))", "0", "pi", lambda k, n=n, x=x: mp.pi * mp.besselj(n, k(x)) + (-1) ** n * (k.hi - mp.pi), pieces=60 + n)
oscillatory("square_of_sine_long", "elementary", "sin(x)^2", "0", "1000", lambda k: 500 - mp.sin(2000) / 4, pieces=500)
oscillatory("chirp", "DLMF 7.2.7", "cos(x^2)", "0", "50", lambda k: mp.sqrt(mp.pi / 2) * mp.fresnelc(50 * mp.sqrt(2 / mp.pi)), pieces=500)
oscillatory("chirp_1000", "DLMF 7.2.7", "cos(1000*x^2)", "0", "1", lambda k: mp.sqrt(mp.pi / 2000) * mp.fresnelc(mp.sqrt(2000 / mp.pi)), pieces=200)
oscillatory("beat", "elementary", "sin(50*x)*sin(53*x)", "0", "1", lambda k: mp.sin(3) / 6 - mp.sin(103) / 206, pieces=40)
oscillatory("periodic_64", "DLMF 10.32.1", "exp(cos(64*x))", "0", "2*pi", lambda k: 2 * mp.pi * mp.besseli(0, 1), pieces=192)
oscillatory("ripple_on_parabola", "elementary", "x^2+0.001*cos(300*x)", "0", "2", lambda k: mp.mpf(8) / 3 + k("0.001") * mp.sin(600) / 300, pieces=150)
oscillatory("hidden_cosine", "elementary; a period of 1/256 that equidistant samples miss", "1+cos(512*pi*x)", "0", "1", lambda k: 1 + mp.sin(512 * k("pi")) / (512 * k("pi")), pieces=256)
oscillatory("log_cosine", "by parts; DLMF 6.2.9", "log(x)*cos(30*x)", "0", "1", lambda k: -mp.si(30) / 30, check=lambda k: k.toward(0, 0.125) + mp.quad(k.f, mp.linspace(0.125, 1, 12)))

# ---- narrow features ----


def narrow(name, source, *arguments, **more):
    entry(name, "narrow", source, *arguments, **more)


def around(c, w, far=10):
    return f"{c}-{far}*{w} {c}-{w} {c} {c}+{w} {c}+{far}*{w}"


for tag, c, w in (("3", "0.371923", "0.001"), ("4", "0.618347", "0.0001"), ("5", "0.846215", "0.00001")):
    narrow(f"bump_{tag}", "DLMF 7.2.1", f"exp(-((x-{c})/{w})^2)", "0", "1", lambda k, c=c, w=w: erfs(k, k(c), k(w)), breaks=around(c, w))
narrow("bump_on_parabola", "DLMF 7.2.1", "x^2+exp(-((x-0.237151)/0.001)^2)", "0", "1", lambda k: mp.mpf(1) / 3 + erfs(k, k("0.237151"), k("0.001")), breaks=around("0.237151", "0.001"))
narrow("bump_on_cosine_4", "DLMF 7.2.1", "cos(x)+exp(-((x-1.73205)/0.001)^2)", "-3", "8", lambda k: mp.sin(8) + mp.sin(3) + erfs(k, k("1.73205"), k("0.001")), breaks=around("1.73205", "0.001"), pieces=2)
narrow("two_bumps", "DLMF 7.2.1", "exp(-((x-0.271)/0.01)^2)+exp(-((x-0.8437)/0.0005)^2)", "0", "1", lambda k: erfs(k, k("0.271"), k("0.01")) + erfs(k, k("0.8437"), k("0.0005")),
       breaks=around("0.271", "0.01") + " " + around("0.8437", "0.0005"))
for tag, c, w in (("2", "0.443217", "0.01"), ("3", "0.618034", "0.001"), ("4", "0.734561", "0.0001")):
    narrow(f"box_{tag}_on_cosine", "elementary", f"cos(x)+if(abs(x-{c}) < {w}, 1, 0)", "0", "1", lambda k, w=w: mp.sin(1) + 2 * k(w), breaks=f"{c}-{w} {c}+{w}", position=True)
narrow("box_3_alone", "elementary", "if(abs(x-0.580127) < 0.001, 1, 0)", "0", "1", lambda k: 2 * k("0.001"), breaks="0.580127-0.001 0.580127+0.001", position=True)
narrow("kink_third", "two triangles", "abs(x-1/3)", "0", "1", lambda k: algebraic(k, k("1/3"), 1), breaks="1/3", position=True)
narrow("kinks", "triangles", "abs(x-0.1)+2*abs(x-0.7382)+abs(x-0.9137)", "0", "1", lambda k: algebraic(k, k("0.1"), 1) + 2 * algebraic(k, k("0.7382"), 1) + algebraic(k, k("0.9137"), 1), breaks="0.1 0.7382 0.9137", position=True)
narrow("kink_and_bump_and_box", "elementary", "abs(x-0.2137)+exp(-((x-0.5513)/0.002)^2)+if(abs(x-0.8091) < 0.002, 1, 0)", "0", "1",
       lambda k: algebraic(k, k("0.2137"), 1) + erfs(k, k("0.5513"), k("0.002")) + 2 * k("0.002"), breaks="0.2137 0.8091-0.002 0.8091+0.002 " + around("0.5513", "0.002"), position=True)
narrow("steep_tanh", "elementary", "tanh(1000*(x-0.4321))", "0", "1", lambda k: difference(k, lambda x: mp.log(mp.cosh(1000 * (x - k("0.4321")))) / 1000), breaks=around("0.4321", "0.001", 30))
narrow("steep_logistic", "elementary", "1/(1+exp(-5000*(x-0.2718)))", "0", "1", lambda k: difference(k, lambda x: mp.log(1 + mp.exp(5000 * (x - k("0.2718")))) / 5000), breaks=around("0.2718", "0.0002", 30))
narrow("smallest_of_two", "elementary", "min(exp(x), 2-x/3)", "0", "1", value=lambda k: narrow_crossing(k), second=lambda k: narrow_crossing(k, "gauss-legendre"), position=True)


def narrow_crossing(k, method="tanh-sinh"):
    """min(exp(x), 2 - x/3): cut where the two meet."""
    meeting = mp.findroot(lambda x: mp.exp(x) - 2 + x / 3, 0.55)
    return mp.quad(k.f, [0, meeting, 1], method=method)


# ---- singular or irregular within ----


def interior(name, source, *arguments, **more):
    entry(name, "interior", source, *arguments, **more)


interior("root_pole_third", "elementary", "abs(x-1/3)^-0.5", "0", "1", lambda k: algebraic(k, k("1/3"), mp.mpf(-1) / 2), breaks="1/3", position=True, dps=50)
interior("root_pole_0", "elementary", "abs(x)^-0.5", "-1", "1", lambda k: mp.mpf(4), breaks="0", dps=40)
interior("root_pole_with_cosine", "DLMF 7.2.7 with x = 1/4 +- t^2", "cos(x)*abs(x-0.25)^-0.5", "0", "1", value=lambda k: root_pole_cosine(k, "tanh-sinh"), second=lambda k: root_pole_fresnel())
interior("log_07", "elementary", "log(abs(x-0.7))", "0", "1", lambda k: difference(k, lambda x: (x - k("0.7")) * (mp.log(abs(x - k("0.7"))) - 1)), breaks="0.7", position=True)
interior("log_0", "elementary", "log(abs(x))", "-1", "1", lambda k: mp.mpf(-2), breaks="0")
interior("root_pole_at_root_2", "elementary", "abs(x^2-2)^-0.5", "0", "2", lambda k: mp.pi / 2 + mp.acosh(mp.sqrt(2)), breaks="sqrt(2)", dps=50)
interior("cube_root_pole", "elementary; odd about 0.3", "1/cbrt(x-0.3)", "0", "1", lambda k: mp.mpf(3) / 2 * ((1 - k("0.3")) ** (mp.mpf(2) / 3) - k("0.3") ** (mp.mpf(2) / 3)), breaks="0.3", position=True, dps=40)
interior("root_cusp", "elementary", "sqrt(abs(x-0.271828))", "0", "1", lambda k: algebraic(k, k("0.271828"), mp.mpf(1) / 2), breaks="0.271828", position=True)
interior("tiny_power_cusp", "elementary", "abs(x-0.571)^0.1", "0", "1", lambda k: algebraic(k, k("0.571"), k("0.1")), breaks="0.571", position=True)
interior("log_of_cosine", "DLMF 25.12: Clausen's function", "log(abs(cos(x)))", "0", "3", lambda k: -mp.pi * mp.log(2) / 2 - (3 - mp.pi / 2) * mp.log(2) - mp.clsin(2, 2 * (3 - mp.pi / 2)) / 2, breaks="pi/2")
interior("steps_ten", "elementary", "floor(10*x)", "0", "1", lambda k: mp.mpf(9) / 2, breaks=" ".join(f"{j}/10" for j in range(1, 10)))
interior("steps_seven_slanted", "elementary", "x*floor(7*x)", "0", "1", lambda k: sum(j * mp.mpf(2 * j + 1) / 98 for j in range(7)), breaks=" ".join(f"{j}/7" for j in range(1, 7)))
interior("rectified_sine", "elementary", "abs(sin(10*x))", "0", "pi", lambda k: mp.mpf(2), breaks=" ".join(f"{j}*pi/10" for j in range(1, 10)))
interior("jump_of_arctangent", "elementary", "atan(1/(x-0.2))", "-1", "2", lambda k: difference(k, lambda x: (x - k("0.2")) * mp.atan(1 / (x - k("0.2"))) + mp.log(1 + (x - k("0.2")) ** 2) / 2), breaks="0.2", position=True)
interior("flat_at_0", "by parts", "exp(-1/x^2)", "-1", "1", lambda k: 2 * (mp.exp(-1) - mp.sqrt(mp.pi) * mp.erfc(1)), breaks="0")
interior("removable_sinc", "DLMF 6.2.9", "sin(x)/x", "-1", "1", lambda k: 2 * mp.si(1), breaks="0")
interior("removable_exponential", "DLMF 6.2.15", "(exp(x)-1)/x", "-1", "1", lambda k: 2 * mp.shi(1), breaks="0", dps=50)
interior("removable_cosine", "by parts", "(1-cos(x))/x^2", "-1", "1", lambda k: 2 * (mp.si(1) - 1 + mp.cos(1)), breaks="0", check=lambda k: 2 * mp.quad(lambda x: 2 * (mp.sin(x / 2) / x) ** 2, [0, 1]))
interior("removable_third", "DLMF 6.2.9", "sin(x-1/3)/(x-1/3)", "0", "1", lambda k: difference(k, lambda x: mp.si(x - k("1/3"))), breaks="1/3", position=True)


def root_pole_cosine(k, method):
    """x = 1/4 -+ t^2."""
    return mp.quad(lambda t: 2 * mp.cos(mp.mpf(1) / 4 - t * t), [0, mp.mpf(1) / 4, mp.mpf(1) / 2], method=method) + mp.quad(lambda t: 2 * mp.cos(mp.mpf(1) / 4 + t * t), [0, mp.mpf(1) / 2, mp.sqrt(3) / 2], method=method)


def root_pole_fresnel():
    c, r = mp.mpf(1) / 4, mp.sqrt(2 * mp.pi)
    below, above = mp.mpf(1) / 2 * 2 / r, mp.sqrt(3) / 2 * 2 / r  # t = u sqrt(pi/2)
    C, S = (lambda a: r * mp.fresnelc(a)), (lambda a: r * mp.fresnels(a))  # 2 cos(t^2), 2 sin(t^2) from 0 to a sqrt(pi/2)
    return mp.cos(c) * C(below) + mp.sin(c) * S(below) + mp.cos(c) * C(above) - mp.sin(c) * S(above)


# ---- plain ----


def plain(name, source, *arguments, **more):
    entry(name, "plain", source, *arguments, **more)


plain("zero", "constant", "0", "0", "1", lambda k: mp.mpf(0))
plain("zero_half_line", "constant", "0", "0", "inf", lambda k: mp.mpf(0), check=lambda k: k.f(mp.mpf(1)))
plain("zero_times_x", "constant", "0*x", "-1", "3", lambda k: mp.mpf(0))
plain("one", "constant", "1", "0", "1", lambda k: mp.mpf(1))
plain("constant_325", "constant", "3.25", "-2", "5", lambda k: mp.mpf("22.75"))
plain("line_odd", "odd", "x", "-1", "1", lambda k: mp.mpf(0))
plain("power_50", "polynomial", "x^50", "0", "1", lambda k: mp.mpf(1) / 51)
plain("power_99_odd", "odd", "x^99", "-1", "1", lambda k: mp.mpf(0))
plain("power_25_of_parabola", "DLMF 5.12.1", "(1-x^2)^25", "-1", "1", lambda k: mp.beta(0.5, 26))
plain("cubic", "polynomial", "x^3-2*x^2+5*x-7", "-2", "3", lambda k: difference(k, lambda x: x ** 4 / 4 - 2 * x ** 3 / 3 + 5 * x * x / 2 - 7 * x))
plain("wilkinson_8", "polynomial", "*".join(f"(x-{j})" for j in range(1, 9)), "0", "9", lambda k: difference(k, lambda x: mp.polyval(wilkinson(8), x)))
plain("chebyshev_20", "DLMF 18.3: T20", "cos(20*acos(x))", "-1", "1", lambda k: mp.mpf(2) / (1 - 400), pieces=10)
plain("runge", "Runge 1901", "1/(1+25*x^2)", "-1", "1", lambda k: 2 * mp.atan(5) / 5)
plain("trapezoidal_dream", "DLMF 10.32.1", "exp(sin(x))", "0", "2*pi", lambda k: 2 * mp.pi * mp.besseli(0, 1))
plain("reversed", "elementary", "exp(x)", "1", "0", lambda k: 1 - mp.e)
plain("reversed_singular", "elementary", "1/sqrt(x)", "4", "0", lambda k: mp.mpf(-4), dps=40)
plain("empty", "empty range", "exp(x)", "2", "2", lambda k: mp.mpf(0), check=lambda k: mp.mpf(0))
plain("empty_at_0", "empty range", "cos(x)", "0", "0", lambda k: mp.mpf(0), check=lambda k: mp.mpf(0))
plain("huge", "elementary", "exp(x)", "0", "600", lambda k: mp.expm1(600))
plain("tiny_values", "elementary", "1e-200*sin(x)", "0", "pi", lambda k: 2 * k("1e-200"), check=lambda k: mp.quad(lambda x: k.f(x) * mp.mpf(10) ** 200, [0, mp.pi]) / mp.mpf(10) ** 200)
plain("large_values", "elementary", "1e200*sin(x)", "0", "pi", lambda k: 2 * k("1e200"))
plain("tiny_range", "elementary", "cos(x)", "0", "1e-8", lambda k: mp.sin(k("1e-8")))
plain("tiny_range_at_1", "elementary", "x^2", "1", "1+1e-10", lambda k: difference(k, lambda x: x ** 3 / 3), check=lambda k: (k.hi - k.lo) * (k.lo ** 2 + k.lo * k.hi + k.hi ** 2) / 3)
plain("wide_range", "elementary", "1/x", "1", "1e6", lambda k: mp.log(k("1e6")), breaks="10 1e3")
plain("near_pole", "elementary", "1/x", "1e-6", "1", lambda k: mp.log(1 / k("1e-6")), breaks="1e-5 1e-3")
plain("cancelling", "elementary", "sin(x)", "-3", "3.0001", lambda k: mp.cos(3) - mp.cos(k("3.0001")))
plain("analytic_ellipse", "DLMF 19.2.5: E(0.81)", "sqrt(1-0.81*sin(x)^2)", "0", "pi/2", lambda k: mp.ellipe(k("0.81")))
plain("raabe", "DLMF 5.17", "lgamma(x)", "3", "4", lambda k: mp.log(2 * mp.pi) / 2 + 3 * mp.log(3) - 3)


def wilkinson(n):
    """The antiderivative's coefficients of (x-1)...(x-n), highest first."""
    coefficients = [mp.mpf(1)]
    for root in range(1, n + 1):
        coefficients = [a - root * b for a, b in zip(coefficients + [0], [0] + coefficients)]
    return [c / (len(coefficients) - j) for j, c in enumerate(coefficients)] + [0]


# ---- slow ----


def slow(name, source, *arguments, **more):
    entry(name, "slow", source, *arguments, **more)


def log_square_tail(k):
    """1/(x log(x)^2) from 2: x = exp(exp(t))."""
    return mp.quad(lambda t: mp.exp(-t), [mp.log(mp.log(2)), 5, 40, 100])


def siam_1(method, cuts):
    """cos(log(x)/x)/x from 0 to 1 is cos(u exp(u)) from 0 to inf in u = -log(x), W'(s) cos(s) in s = u exp(u), and along s = i y no oscillation."""
    def turned(y):
        w = mp.lambertw(mp.mpc(0, y))
        return mp.re(mp.mpc(0, 1) * mp.exp(-y) * mp.exp(-w) / (1 + w))

    return mp.quad(turned, cuts, method=method)


entry("quadpack_f457", "slow", BOOK + "f457", "cos(pi*x/2)/sqrt(x)", "0", "inf", lambda k: mp.sqrt(mp.pi / 2 / (k("pi") / 2)), check=lambda k: mp.quadosc(lambda t: 2 * mp.cos(mp.pi / 2 * t * t), [0, mp.inf], zeros=lambda n: mp.sqrt(2 * n)))
slow("fresnel_half_line", "DLMF 7.2.7", "cos(x^2)", "0", "inf", lambda k: mp.sqrt(mp.pi / 8), check=lambda k: mp.quadosc(k.f, [0, mp.inf], zeros=lambda n: mp.sqrt(mp.pi * n)))
slow("sinc_square", "by parts", "(sin(x)/x)^2", "-inf", "inf", lambda k: mp.pi, check=lambda k: 2 * (mp.quad(k.f, [0, 1]) + mp.mpf(1) / 2 - mp.quadosc(lambda x: mp.cos(2 * x) / (2 * x * x), [1, mp.inf], omega=2)))
slow("cosine_cauchy", GR + "3.723.2", "cos(x)/(1+x^2)", "-inf", "inf", lambda k: mp.pi / mp.e, check=lambda k: 2 * mp.quadosc(k.f, [0, mp.inf], omega=1))
slow("sine_of_exponential", "DLMF 6.2.10", "sin(exp(x))", "0", "inf", lambda k: mp.pi / 2 - mp.si(1), check=lambda k: mp.quadosc(lambda t: mp.sin(t) / t, [1, mp.inf], omega=1))
slow("power_m0999", "elementary", "x^-0.999", "0", "1", lambda k: 1 / (1 + k("-0.999")), check=lambda k: mp.quad(lambda t: mp.exp(-(1 + k("-0.999")) * t), [0, 1000, 10000, 100000]))
slow("power_m09999", "elementary", "x^-0.9999", "0", "1", lambda k: 1 / (1 + k("-0.9999")), check=lambda k: mp.quad(lambda t: mp.exp(-(1 + k("-0.9999")) * t), [0, 10000, 100000, 1000000]))
slow("power_m09_at_1", "elementary; a part of 0.02 lies between 1 and the double before it", "(1-x)^-0.9", "0", "1", lambda k: 1 / (1 + k("-0.9")), check=lambda k: k.toward(1, -1, over=400))
slow("power_m09_within", "elementary; as power_m09_at_1", "abs(x-0.3)^-0.9", "0", "1", lambda k: algebraic(k, k("0.3"), k("-0.9")), position=True,
     check=lambda k: k.toward(k("0.3"), -k("0.3"), over=400) + k.toward(k("0.3"), 1 - k("0.3"), over=400))
slow("quadpack_f11_01", BOOK + "f11; as power_m09_at_1", "log(1/x)^-0.9", "0", "1", lambda k: mp.gamma(1 + k("-0.9")), check=lambda k: k.toward(0, 0.5) + k.toward(1, -0.5, over=400))
slow("sine_of_reciprocal_to_0", "by parts; DLMF 6.2.11", "sin(1/x)", "0", "1", lambda k: mp.sin(1) - mp.ci(1), check=lambda k: mp.quadosc(lambda t: mp.sin(t) / t ** 2, [1, mp.inf], omega=1))
slow("sine_of_reciprocal_over_x", "DLMF 6.2.10", "sin(1/x)/x", "0", "1", lambda k: mp.pi / 2 - mp.si(1), check=lambda k: mp.quadosc(lambda t: mp.sin(t) / t, [1, mp.inf], omega=1))
slow("siam_1", "Trefethen 2002, SIAM 100-digit challenge, problem 1", "cos(log(x)/x)/x", "0", "1", value=lambda k: siam_1("tanh-sinh", [0, 1, 5, 20, 60, 160]), second=lambda k: siam_1("gauss-legendre", [0, 0.01, 0.1, 0.5, 2, 8, 30, 80, 160]))
slow("log_square_at_inf", "x = exp(t)", "1/(x*log(x)^2)", "2", "inf", lambda k: 1 / mp.log(2), check=log_square_tail)
slow("log_square_at_0", "x = exp(-t)", "1/(x*log(x)^2)", "0", "0.5", lambda k: 1 / mp.log(2), check=log_square_tail)
slow("tail_power_101", "elementary", "1/x^1.01", "1", "inf", lambda k: 1 / (k("1.01") - 1), check=lambda k: mp.quad(lambda t: mp.exp(-(k("1.01") - 1) * t), [0, 100, 1000, 10000]))
slow("tail_power_10001", "elementary", "1/x^1.0001", "1", "inf", lambda k: 1 / (k("1.0001") - 1), check=lambda k: mp.quad(lambda t: mp.exp(-(k("1.0001") - 1) * t), [0, 10000, 100000, 1000000]))
slow("logistic_density_naive", "elementary; inf/inf in double below -710", "exp(-x)/(1+exp(-x))^2", "-inf", "inf", lambda k: mp.mpf(1), breaks="-40 0 40")

# ---- to be refused ----

refused("divergent", "pole or tail of order 1 or more, or no decay", [
    ("pole_1", "1/x", "0", "1"), ("pole_1_within", "1/x", "-1", "1"), ("pole_2_within", "1/x^2", "-1", "1"), ("pole_15", "x^-1.5", "0", "1"),
    ("pole_10001", "x^-1.0001", "0", "1"), ("pole_at_03", "1/(x-0.3)", "0", "1"), ("pole_abs_third", "1/abs(x-1/3)", "0", "1"), ("pole_2_at_03", "1/(x-0.3)^2", "0", "1"),
    ("pole_at_1", "1/(1-x)", "0", "2"), ("pole_of_sine", "1/sin(x)", "0", "1"), ("pole_of_tangent", "tan(x)", "0", "2"), ("pole_of_logarithm", "1/log(x)", "0", "2"),
    ("pole_of_cosecants", "1/sin(x)", "1", "4"), ("pole_with_logarithm", "1/(x*log(x))", "0", "0.5"), ("pole_reversed", "1/x", "1", "0"),
    ("growth", "exp(x)", "0", "inf"), ("decay_wrong_way", "exp(-x)", "-inf", "inf"), ("growth_both", "cosh(x)", "-inf", "inf"), ("growth_line", "x", "-inf", "inf"),
    ("constant_half_line", "1", "0", "inf"), ("constant_line_small", "1e-9", "-inf", "inf"), ("level_half_line", "1+exp(-x)", "0", "inf"),
    ("tail_power_1", "1/x", "1", "inf"), ("tail_power_05", "1/sqrt(x)", "1", "inf"), ("tail_power_0999", "x^-0.999", "1", "inf"),
    ("tail_logarithm", "log(x)/x", "1", "inf"), ("tail_of_logarithms", "1/(x*log(x))", "2", "inf"), ("tails_odd", "x/(1+x^2)", "-inf", "inf"),
    ("sine_half_line", "sin(x)", "0", "inf"), ("sine_line", "sin(x)", "-inf", "inf"), ("cosine_half_line", "cos(x)", "0", "inf"), ("root_times_sine", "sqrt(x)*sin(x)", "0", "inf"),
])
refused("divergent", BOOK + "f17 with alpha = 2, a principal value", [("quadpack_f17_2", "0.25/(((x-1)^2+0.0625)*(x-2))", "0", "5")])
refused("divergent", BOOK + "f459, a principal value", [("quadpack_f459", "1/(x*(5*x^3+6))", "-1", "5")])
refused("not_a_number", "undefined on a part of the range", [
    ("root_of_negative", "sqrt(x)", "-1", "1"), ("root_of_all_negative", "1/sqrt(-x)", "0", "1"), ("log_of_negative", "log(x)", "-1", "1"), ("log_of_all_negative", "log(x-2)", "0", "1"),
    ("arcsine_beyond_1", "asin(x)", "0", "2"), ("power_of_negative", "(x-0.5)^0.5", "0", "1"), ("acosh_below_1", "acosh(x)", "0", "2"), ("x_to_x_negative", "x^x", "-1", "1"),
    ("root_with_gap", "sqrt(abs(x-0.4)-0.05)", "0", "1"), ("root_negative_tail", "sqrt(1-x)*exp(-x)", "0", "inf"),
])

# ---- results ----


def chosen(each):
    """Closed forms' values with real constants and with doubles; real ones where that differs by less than 1e-15 and nothing jumps there."""
    with mp.workdps(DIGITS):
        real, double = Constants(each, False), Constants(each, True)
        if each["value"]:
            return (double if each["position"] else real), None
        a, b = mp.mpf(each["closed"](real)), mp.mpf(each["closed"](double))
        moved = abs(a - b)
        for at in ("lo", "hi"):  # closed forms that do not look at their limits
            limit, other = getattr(real, at), getattr(double, at)
            if limit != other:
                moved += abs(double.f(other)) * abs(limit - other)
        doubles = not each["real"] and (each["position"] or moved > abs(a) * mp.mpf(10) ** -15)
        return (double, b) if doubles else (real, a)


def check(each, k, value):
    """The value by quadrature of the text, to 12 digits."""
    with mp.workdps(each["dps"]):
        k = Constants(each, k.doubles)
        found = each["check"](k) if each["check"] else k.quad(each["breaks"], each["pieces"])
    scale = abs(value) or 1
    if not abs(found - value) <= scale * mp.mpf(10) ** -12:
        raise AssertionError(f"{each['name']}: closed form {mp.nstr(value, 25)}, quadrature {mp.nstr(found, 25)}")


def two_ways(each, k):
    with mp.workdps(60):
        k = Constants(each, k.doubles)
        a, b = each["value"](k), each["second"](k)
        if not abs(a - b) <= abs(a) * mp.mpf(10) ** -32:
            raise AssertionError(f"{each['name']}: {mp.nstr(a, 40)} and {mp.nstr(b, 40)}")
    return a


def rows():
    result = []
    for each in ENTRIES:
        row = {key: each[key] for key in ("name", "battery", "source", "formula", "from", "to")}
        if each.get("refused"):
            row |= {"exact": None, "constants": "real", "classic": False}
        else:
            k, value = chosen(each)
            if value is None:
                value = two_ways(each, k)
            else:
                check(each, k, value)
            row |= {"exact": mp.nstr(value, 30), "constants": "double" if k.doubles else "real", "classic": each["classic"]}
        result.append(row)
    return result


HEAD = """// Generated by batteries.py beside it; do not edit. The integrands of batteries.json as generic functors: of double, and of packs, whose
// functions are found by argument-dependent lookup.
#pragma once

#include "type_list.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string_view>

// clang-format off
namespace quadot::batteries {

inline double select(bool where, double yes, double no) { return where ? yes : no; }

template <class V>
inline V squared(const V& x) {
    return x * x;
}
"""


def functor(each):
    translated = Translator(Parser(each["formula"]).tree)
    using = "".join(f" using std::{name};" for name in sorted(translated.used))
    x = " x" if re.search(r"\bx\b", translated.code) else ""
    return (f"struct {each['name']} {{\n"
            f"    static constexpr std::string_view name = \"{each['name']}\";\n"
            f"    template <class V>\n"
            f"    V operator()(const V&{x}) const {{{using} return {translated.code}; }}\n"
            f"}};\n")


def header():
    batteries = list(dict.fromkeys(each["battery"] for each in ENTRIES))
    lists = []
    for battery in batteries:
        names = ",\n    ".join(each["name"] for each in ENTRIES if each["battery"] == battery)
        lists.append(f"using {battery} = type_list<\n    {names}>;\n")
    names = ",\n    ".join(each["name"] for each in ENTRIES)
    visits = "\n".join(f"    lists::{battery}::for_each(visit);" for battery in batteries)
    return (HEAD + "\n" + "\n".join(functor(each) for each in ENTRIES) +
            "\n/// One list a battery.\nnamespace lists {\n\n" + "\n".join(lists) + "\n} // namespace lists\n" +
            "\n/// Calls `visit.template operator()<Integrand>()` for each, battery by battery.\ntemplate <class Visit>\nconstexpr void for_each(Visit&& visit) {\n" + visits + "\n}\n"
            "\n} // namespace quadot::batteries\n")


def main():
    names = [each["name"] for each in ENTRIES]
    assert len(set(names)) == len(names), sorted(name for name in names if names.count(name) > 1)
    assert sum(each["classic"] for each in ENTRIES) == 49, sum(each["classic"] for each in ENTRIES)
    here = pathlib.Path(__file__)
    texts = {here.with_name("batteries.json"): json.dumps(rows(), indent=1) + "\n", here.with_name("battery_functions.hpp"): header()}
    if sys.argv[1:] == ["--check"]:
        return 0 if all(file.read_text(encoding="utf-8") == text for file, text in texts.items()) else 1
    for file, text in texts.items():
        file.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
