#!/usr/bin/python3
"""What the compiler made of the kernels: the right instructions, no symbol that another object could take for its own, nothing
that runs before main.

  codegen_test.py --objdump objdump --isa avx2 kernels.o --isa avx512 kernels.o --portable dot.o integrate.o …
                  --uncontracted probe.o --contracted probe.o
"""
import argparse
import functools
import re
import subprocess
import sys

# Per instruction set: what every dot kernel must contain, and what the whole object must not.
REQUIRED = {
    "sse2": r"\bmulp[sd]\b.*%xmm",
    "avx2": r"\bvfn?m(add|sub)\d+p[sd]\b.*%ymm",
    "avx512": r"\bvfn?m(add|sub)\d+p[sd]\b.*%zmm",
    "neon64": r"\bfml[as]\b.*\bv\d+\.(2d|4s)",
}
FORBIDDEN = {
    "sse2": r"%[yz]mm|\bvfn?m(add|sub)",
    "avx2": r"%zmm",
    "avx512": None,
    "neon64": r"\bz\d+\.[ds]\b",  # SVE
}
# Objects for every CPU of the architecture.
PORTABLE_FORBIDDEN = r"%[yz]mm|\bvfn?m(add|sub)|\bz\d+\.[ds]\b"
# Constants, and pointers to the C++ runtime's personality routine: data, the same in every object.
HARMLESS_SECTIONS = r"\.rodata\S*|\.data\.rel\.local\.DW\.ref\.\S*"
# An accumulator without multiply-adds: sums of |x y|.
WITHOUT_FMA = "magnitude"
# Kernels that keep to 256-bit registers on purpose (term_batch_of in block/lanes.hpp).
NARROWER = r"<quadot::(compensated|magnitude), float>|exact_dot_block<float>"


@functools.lru_cache(maxsize=None)
def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def line_with(pattern, text):
    """The first line of `text` that has the pattern, or None."""
    found = re.search(pattern, text)
    if not found:
        return None
    return text[text.rfind("\n", 0, found.start()) + 1:].split("\n", 1)[0].strip()


def functions(disassembly):
    """{demangled name: instructions}"""
    found = {}
    name = None
    for line in disassembly.splitlines():
        head = re.match(r"[0-9a-f]+ <(.*)>:$", line)
        if head:
            name = head.group(1)
            found[name] = []
        elif name is not None and line.startswith(" "):
            found[name].append(line)
    return {name: "\n".join(lines) for name, lines in found.items()}


def instruction_findings(isa, code):
    dots = {name: text for name, text in code.items() if re.search(r"\b(exact_)?dot_block<", name)}
    for name, text in dots.items():
        required = REQUIRED["avx2" if isa == "avx512" and re.search(NARROWER, name) else isa]
        if WITHOUT_FMA in name:
            required = r"%[xyz]mm|\bv\d+\."
        if not re.search(required, text):
            yield f"{isa}: no {required} in {name}"
    for name, text in code.items():
        if FORBIDDEN[isa] and (line := line_with(FORBIDDEN[isa], text)):
            yield f"{isa}: {line} in {name}"
    return len(dots)


def symbol_findings(isa, symbols):
    """Mangled names must say the instruction set: an inline function that does not could be linked in place of another object's
    copy, and would crash CPUs without it. `symbols`: objdump -t."""
    for line in symbols.splitlines():
        # address, flags (l: local; g, u, w: seen by the linker), section, size, name
        fields = re.match(r"[0-9a-f]+ (.{7}) (\S+)\t[0-9a-f]+\s+(?:\.hidden )?(\S+)$", line)
        if not fields:
            continue
        flags, section, name = fields.groups()
        if section == "*UND*":
            if re.fullmatch(r"fmaf?", name):
                yield f"{isa}: calls the C library's {name}"
        elif "l" not in flags[0] and not re.fullmatch(HARMLESS_SECTIONS, section):
            if not any(mark + isa in name for mark in ("isa_", "xsimd_", "block_table_", "integrand_table_", "function_table_", "program_table_",
                                                         "arithmetic_table_")):
                yield f"{isa}: {name} in {section} does not carry the instruction set's name"


def section_findings(what, headers):
    for section in re.findall(r"\.(?:init_array|ctors)\S*", headers):
        yield f"{what}: {section}: code that runs before main, on whatever CPU"


def findings_of(isa, objects, arguments):
    dots = 0
    for file in objects:
        code = functions(run(arguments.objdump, "-d", "-C", "--no-show-raw-insn", file))
        dots += yield from instruction_findings(isa, code)
        yield from symbol_findings(isa, run(arguments.objdump, "-t", file))
        yield from section_findings(isa, run(arguments.objdump, "-h", file))
    if dots < 8:  # three accumulators and magnitude, f64 and f32
        yield f"{isa}: only {dots} dot kernels found; have they been inlined or renamed?"


def contraction_findings(what, objects, wanted, arguments):
    """s + w * v, written as two operations, became one where contraction was allowed, and nowhere else. contraction_test runs the same
    probe, but only on CPUs with FMA."""
    seen = 0
    for file in objects:
        for name, text in functions(run(arguments.objdump, "-d", "-C", "--no-show-raw-insn", file)).items():
            if not re.search(r"::sum_and_product(_of_a_class)?\(", name):
                continue
            seen += 1
            if bool(re.search(r"\bvfn?m(add|sub)|\bfn?m(add|sub|la|ls)\b", text)) != wanted:
                yield f"{what}: {name} {'is not' if wanted else 'is'} contracted to a multiply-add"
    if seen != 2:
        yield f"{what}: {seen} probe functions found instead of 2"


def portable_findings(objects, arguments):
    for file in objects:
        text = run(arguments.objdump, "-d", "-C", "--no-show-raw-insn", file)
        if line := line_with(PORTABLE_FORBIDDEN, text):
            yield f"{file}: {line}"
    if not objects:
        yield "no portable objects were given"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--objdump", default="objdump")
    parser.add_argument("--isa", nargs="+", action="append", default=[])
    parser.add_argument("--portable", nargs="*", default=[])
    parser.add_argument("--uncontracted", nargs="*", default=[])
    parser.add_argument("--contracted", nargs="*", default=[])
    arguments = parser.parse_args()

    findings = []
    for isa, *objects in arguments.isa:
        if not objects:
            findings.append(f"{isa}: no objects were given")
        findings += findings_of(isa, objects, arguments)
    findings += portable_findings(arguments.portable, arguments)
    findings += contraction_findings("the library's flags", arguments.uncontracted, False, arguments)
    findings += contraction_findings("with contraction", arguments.contracted, True, arguments)
    # The checks must see something: the objects of one instruction set break the rules of every other one.
    for isa, *objects in arguments.isa:
        for other, *_ in arguments.isa:
            if other != isa and not list(findings_of(other, objects, arguments)):
                findings.append(f"the checks for {other} find nothing wrong with the objects of {isa}")
        if isa != "sse2" and isa != "neon64" and not list(portable_findings(objects, arguments)):
            findings.append(f"the checks for portable code find nothing wrong with the objects of {isa}")
    if not list(section_findings("planted", " 12 .init_array.00100  00000008  0000000000000000")):
        findings.append("the check for static constructors is blind")

    print("\n".join(findings) or f"{len(arguments.isa)} instruction sets, {len(arguments.portable)} portable objects: as they should be")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
