#!/usr/bin/python3
"""Who may include whom (DESIGN.md, section 4), and no two types of one name. Usage: include_rules_test.py SOURCE_DIR"""
import pathlib
import re
import sys
import tempfile

# Own headers by directory: which may be included from where, as prefixes or whole paths. Every file may include its own
# directory, unless it has a line of its own.
ALLOWED = {
    "kernels/accumulators": ["type_list.hpp"],
    "kernels/math": ["accumulators/eft.hpp", "type_list.hpp"],
    "kernels/rules": [],
    "kernels/integrands": ["type_list.hpp", "math/", "errors.hpp", "spelling.hpp"],
    "kernels/block": ["accumulators/", "integrands/", "math/", "rules/gauss_kronrod.hpp", "errors.hpp", "type_list.hpp"],
    # What runs a compiler knows formulas, the interpreter's table and how ranks talk; nothing of SIMD, which the compiled code includes itself.
    "kernels/compiled": ["integrands/expression/", "math/all.hpp", "block/block_table.hpp", "block/isa.hpp", "block/sample_plan.hpp",
                         "ranks/communicator.hpp", "ranks/agreement.hpp", "reduce/floating_point_environment.hpp", "execution.hpp", "jit.hpp",
                         "spelling.hpp"],
    "kernels/reduce": ["compiled/formulas.hpp", "block/block_parts.hpp", "block/block_table.hpp", "block/isa.hpp", "block/sample_plan.hpp", "block/term_kind.hpp",
                       "accumulators/", "rules/", "ranks/communicator.hpp", "ranks/agreement.hpp", "errors.hpp", "exact_value.hpp",
                       "execution.hpp", "arithmetic_only.hpp", "evaluate_only.hpp", "complex_dot.hpp", "dot.hpp", "integrate.hpp", "load_only.hpp", "matrix_vector.hpp",
                       "strided_dot.hpp", "vector_sums.hpp", "integrands/expression/"],
    "kernels/ranks": ["errors.hpp"],
    "kernels/adaptive": ["reduce/", "block/block_table.hpp", "block/isa.hpp", "block/members.hpp", "block/regions.hpp", "block/sample_plan.hpp", "accumulators/", "rules/",
                         "integrands/catalogue.hpp", "ranks/communicator.hpp", "ranks/agreement.hpp", "errors.hpp", "execution.hpp",
                         "integrate.hpp", "integrate_cumulative.hpp", "integrate_family.hpp", "integrate_to_tolerance.hpp", "integrate_together.hpp",
                         "integrands/expression/", "dot.hpp"],
    "kernels/baselines": ["integrands/", "rules/"],
    # The public headers make up what users see; the registry lists it all.
    "kernels": ["accumulators/", "adaptive/", "block/arithmetic_table.hpp", "block/isa.hpp", "block/lane_functions.hpp", "block/sample_plan.hpp", "integrands/", "rules/", "reduce/slices.hpp",
                "ranks/communicator.hpp"],
    "kernels/registry": ["PUBLIC", "baselines/baselines.hpp"],
    "drivers": ["PUBLIC", "registry/", "drivers/"],
    "bench": ["PUBLIC", "registry/", "bench/", "drivers/", "block/block_table.hpp", "math/all.hpp", "tests/support/function_cases.hpp",
              "tests/conformance/batteries/"],
    "tests/consume": ["PUBLIC"],
}
# Reached from these, a header is public.
PUBLIC_ROOTS = ["quadot.hpp", "batch_functor.hpp"]
# Drivers also see the rules' tables and the C library's functions, for references in higher precision, the list of functions, how ranks
# agree on errors of their own, and the library's words about misspelt names.
PUBLIC_EXTRAS = ["rules/", "ranks/agreement.hpp", "integrands/expression/c_library.hpp", "math/all.hpp", "spelling.hpp"]

# Foreign headers: pattern, where they may appear (path patterns).
FOREIGN = [
    (r"<mpi\.h>", r"kernels/ranks/mpi\.cpp|drivers/simulated/compute\.cpp"),
    (r"<(simgrid|smpi|xbt)/.*>", r"drivers/simulated/compute\.cpp"),
    (r"<xsimd/.*>", r"kernels/block/.*|bench/xsimd_loop\.cpp|bench/functions/xsimd\.cpp"),
    (r"<(imm|x86|xmm|emm|arm_neon|arm_sve)\w*\.h>", r"kernels/block/.*|kernels/reduce/floating_point_environment\.hpp|tests/.*|drivers/machine/.*|bench/functions/.*"),
    (r"<(Eigen|eigen3)/.*>", r"kernels/baselines/.*"),
    (r"<.*cblas.*>", r"kernels/baselines/.*"),
    (r"<muParser.*>", r"kernels/baselines/.*"),
    (r"<(gtest|gmock)/.*>", r"tests/.*"),
    (r"<mpfr\.h>", r"tests/.*|bench/function_ratios\.cpp"),
    (r"<(CLI|nlohmann)/.*>", r"drivers/.*|tests/.*|bench/.*"),
    (r"<hwloc.*\.h>", r"drivers/machine/.*"),
    (r"<benchmark/.*>", r"bench/.*"),
    (r"<omp\.h>", r"kernels/reduce/.*|kernels/baselines/.*|tests/.*|bench/.*|drivers/.*"),
]
SOURCES = {".hpp", ".cpp", ".h", ".cc"}


def includes(file):
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        if match := re.match(r'\s*#\s*include\s*(<[^>]+>|"[^"]+")', line):
            yield number, match.group(1)


def public_headers(root):
    """Everything that quadot.hpp reaches."""
    seen = set()
    todo = [name for name in PUBLIC_ROOTS if (root / "kernels" / name).exists()]
    while todo:
        name = todo.pop()
        if name in seen or not (root / "kernels" / name).exists():
            continue
        seen.add(name)
        todo += [target[1:-1] for _, target in includes(root / "kernels" / name) if target.startswith('"')]
    return seen


def rule_for(path):
    """The most specific directory that has a rule."""
    directory = path.parent
    if directory.parts[0] == "kernels" and len(directory.parts) > 1:
        directory = pathlib.Path(*directory.parts[:2])  # "kernels" itself is about the files directly in it
        return str(directory) if str(directory) in ALLOWED else None
    while str(directory) not in (".", ""):
        if str(directory) in ALLOWED:
            return str(directory)
        directory = directory.parent
    return None


def findings_in(root):
    public = public_headers(root)
    for top in ("kernels", "drivers", "bench", "tests"):
        for file in sorted((root / top).rglob("*")):
            if file.suffix not in SOURCES:
                continue
            path = file.relative_to(root)
            directory = rule_for(path)
            if top == "kernels" and directory is None:
                yield f"{path}: no rule for this directory; add one to include_rules_test.py"
                continue
            for number, target in includes(file):
                where = f"{path}:{number}: {target}"
                if target.startswith("<"):
                    for pattern, homes in FOREIGN:
                        if re.fullmatch(pattern, target) and not re.fullmatch(homes, str(path)):
                            yield f"{where}: allowed in {homes} only"
                    continue
                if directory is None:
                    continue  # tests may look inside
                name = target[1:-1]
                if ".." in name or name.startswith("/"):
                    yield f"{where}: write the path from the root of kernels/ or of the project"
                    continue
                own = directory.removeprefix("kernels/") + "/" if directory != "kernels" else ""
                allowed = ALLOWED[directory]
                fine = (own and name.startswith(own)) or (directory == "kernels" and "/" not in name) or any(
                    name == each or (each.endswith("/") and name.startswith(each)) for each in allowed)
                if not fine and "PUBLIC" in allowed:
                    fine = name in public or any(name == each or (each.endswith("/") and name.startswith(each)) for each in PUBLIC_EXTRAS)
                if not fine:
                    yield f"{where}: {directory} may include {', '.join(allowed) or 'nobody'} and itself"


def twins_in(root):
    """Two types of one name in one namespace: the linker keeps one of their functions, and the other type's objects crash.

    Every type that starts a line in drivers/ is in quadot::drivers; those between "namespace {" and its end are nobody else's."""
    homes = {}
    for file in sorted((root / "drivers").rglob("*")):
        if file.suffix not in SOURCES:
            continue
        nameless = False
        for line in file.read_text(encoding="utf-8").splitlines():
            nameless = line.startswith("namespace {") or (nameless and not line.startswith("} // namespace"))
            match = re.match(r"(?:struct|class|enum class|enum|union) (\w+)[^;]*$", line)
            if match and not nameless:
                homes.setdefault(match.group(1), []).append(str(file.relative_to(root)))
    for name, files in homes.items():
        if len(files) > 1:
            yield f"{name}: defined in {' and in '.join(files)}: one name, one type"


# Violations, one of each kind, in a tree like ours.
PLANTED = {
    "kernels/quadot.hpp": '#include "errors.hpp"\n',
    "kernels/errors.hpp": "",
    "kernels/accumulators/a.hpp": '#include "type_list.hpp"\n#include "rules/all.hpp"\n',  # 1
    "kernels/rules/r.hpp": '#include "rules/s.hpp"\n#include "errors.hpp"\n',  # 1
    "kernels/integrands/i.hpp": '#include "block/simd.hpp"\n#include <xsimd/xsimd.hpp>\n',  # 2
    "kernels/block/b.hpp": '#include <xsimd/xsimd.hpp>\n#include "reduce/forest.hpp"\n#include "../errors.hpp"\n',  # 2
    "kernels/reduce/r.cpp": '#include "block/lanes.hpp"\n#include <mpi.h>\n',  # 2
    "kernels/ranks/mpi.cpp": "#include <mpi.h>\n",
    "kernels/ranks/other.cpp": "#  include <mpi.h>\n",  # 1
    "kernels/baselines/x.cpp": '#include <Eigen/Core>\n#include "dot.hpp"\n',  # 1
    "kernels/new_directory/x.cpp": "",  # 1
    "drivers/d.cpp": '#include "quadot.hpp"\n#include "errors.hpp"\n#include "registry/v.hpp"\n#include "reduce/forest.hpp"\n',  # 1
    "drivers/e.hpp": "struct twin {\n};\nstruct other;\n",
    "drivers/f.hpp": "class twin {\n};\nstruct other;\n",  # 1
    "drivers/g.cpp": "namespace {\nstruct twin {\n};\n} // namespace\n",
    "bench/b.cpp": '#include <cblas.h>\n#include "block/simd.hpp"\n',  # 2
    "tests/conformance/t.cpp": '#include "reduce/forest.hpp"\n#include <mpfr.h>\n',
    "tests/consume/c.cpp": '#include "quadot.hpp"\n#include "reduce/forest.hpp"\n',  # 1
}
PLANTED_VIOLATIONS = 16


def self_check():
    with tempfile.TemporaryDirectory() as name:
        root = pathlib.Path(name)
        for path, text in PLANTED.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text, encoding="utf-8")
        found = [*findings_in(root), *twins_in(root)]
    if len(found) != PLANTED_VIOLATIONS:
        return [f"self-check: {len(found)} of {PLANTED_VIOLATIONS} planted violations found:"] + ["  " + each for each in found]
    return []


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".")
    findings = [*self_check(), *findings_in(root), *twins_in(root)]
    print("\n".join(findings) or "all includes are as DESIGN.md allows, and no two types share a name")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
