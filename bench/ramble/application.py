"""Quadot for Ramble and Benchpark: put this folder as applications/quadot into an application repository.

Figures of merit are read from what the program prints, one context a variant.
"""

from ramble.appkit import *


class Quadot(ExecutableApplication):
    """Dot products and integrals from one SIMD lane to a cluster, with the error beside the time."""

    name = "quadot"

    tags("benchmark", "memory-bandwidth", "reduction", "quadrature")

    executable(
        "dot",
        "quadot dot -n {size} --type {type} --data {data} --accumulator {accumulator} --compare {compare} --json {experiment_run_dir}/quadot.json",
        use_mpi=True,
    )
    executable(
        "integrate",
        "quadot integrate {integrand} -n {panels} --rule {rule} --accumulator {accumulator} --compare {compare} --json {experiment_run_dir}/quadot.json",
        use_mpi=True,
    )

    workload("dot", executables=["dot"])
    workload("integrate", executables=["integrate"])

    workload_variable("size", default="2^26", description="terms of the dot product, over all ranks", workloads=["dot"])
    workload_variable("type", default="f64", description="f64 or f32", workloads=["dot"])
    workload_variable("data", default="uniform", description="uniform, normal or cancel:COND", workloads=["dot"])
    workload_variable("integrand", default="gauss", description="one of `quadot list integrands`", workloads=["integrate"])
    workload_variable("panels", default="1e8", description="panels of the rule, over all ranks", workloads=["integrate"])
    workload_variable("rule", default="midpoint", description="one of `quadot list rules`", workloads=["integrate"])
    workload_variable("accumulator", default="compensated", description="plain, compensated or exact", workloads=["dot", "integrate"])
    workload_variable("compare", default="all", description="variants to run side by side", workloads=["dot", "integrate"])

    log_file = "{experiment_run_dir}/{experiment_name}.out"

    # variant, median, [95 % interval], rate, part of the measured limit, ratio to naive, error, bound, verdict
    row = (
        r"(?P<variant>(?:dot|integrate)/\S+) +(?P<time>[\d.]+ [num]?s) +\[(?P<lower>[\d.]+ [num]?s), (?P<upper>[\d.]+ [num]?s)\]\?? +"
        r"(?P<rate>[\d.]+) +(?P<limit>\d+%|-) +(?P<naive>[\d.]+x|-) +(?P<error>\S+) +(?P<bound>\S+) +(?P<verdict>PASS|FAIL)"
    )

    figure_of_merit_context("variant", regex=row, output_format="{variant}")

    figure_of_merit("Median time a run", log_file=log_file, fom_regex=row, group_name="time", units="", contexts=["variant"])
    figure_of_merit("Rate (GB/s of dot, Geval/s of integrate)", log_file=log_file, fom_regex=row, group_name="rate", units="G/s", contexts=["variant"])
    figure_of_merit("Part of the measured limit", log_file=log_file, fom_regex=row, group_name="limit", units="", contexts=["variant"])
    figure_of_merit("Speed over the naive loop", log_file=log_file, fom_regex=row, group_name="naive", units="", contexts=["variant"])
    figure_of_merit("Error", log_file=log_file, fom_regex=row, group_name="error", units="", contexts=["variant"])
    figure_of_merit("Error bound", log_file=log_file, fom_regex=row, group_name="bound", units="", contexts=["variant"])

    result = r"result +(?P<value>\S+) \+- (?P<bound>\S+) \((?P<how>[^)]*)\)"
    figure_of_merit("Value", log_file=log_file, fom_regex=result, group_name="value", units="")

    success_criteria("validates", mode="string", match=r"Solution validates \(\d+/\d+\)", file=log_file)
