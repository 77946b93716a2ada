"""ReFrame tests of quadot: does each accumulator validate here, and how fast is it?

    reframe -c bench/reframe/quadot_check.py -r --performance-report
    reframe -c bench/reframe/quadot_check.py -r -S quadot_dot.size=2^28 -S quadot_dot.executable=$PWD/build/release/quadot

The `quadot` program must be in PATH or given as above. References for a machine belong in ReFrame's own `reference`, e.g.
-S "quadot_dot.reference=mysystem:mypartition:bandwidth=90:-0.1:None:GB/s".
"""

import json
import os

import reframe as rfm
import reframe.utility.sanity as sn

VALIDATES = r"Solution validates \((\d+)/\1\)"
# variant, median, [interval], rate
ROW = r"{variant}/\S+ +[\d.]+ [num]?s +\[[^\]]+\]\?? +(?P<rate>[\d.]+) "


class quadot_base(rfm.RunOnlyRegressionTest):
    """One accumulator beside the naive loop; every figure comes from that one run."""

    accumulator = parameter(["plain", "compensated", "exact"])
    max_time = variable(str, value="2s")
    valid_systems = ["*"]
    valid_prog_environs = ["*"]
    executable = "quadot"
    kernel = ""

    @run_before("run")
    def set_threads(self):
        if self.num_cpus_per_task:
            self.env_vars["OMP_NUM_THREADS"] = self.num_cpus_per_task

    def options(self, problem):
        return [*problem, "--accumulator", self.accumulator, "--max-time", self.max_time, "--json", "quadot.json"]

    @sanity_function
    def solution_validates(self):
        return sn.assert_found(VALIDATES, self.stdout)

    def rate(self):
        row = ROW.format(variant=f"{self.kernel}/{self.accumulator}")
        return sn.extractsingle(row, self.stdout, "rate", float)

    def of_report(self, field):
        """A field of this accumulator's row in the JSON."""
        with open(os.path.join(self.stagedir, "quadot.json"), encoding="utf-8") as file:
            rows = json.load(file)["benchmarks"]
        return next(row for row in rows if row["name"].startswith(f"{self.kernel}/{self.accumulator}/"))[field]

    @performance_function("ns")
    def time(self):
        return self.of_report("real_time")

    @performance_function("ns")
    def interval(self):
        """Width of the median's 95 % interval."""
        return self.of_report("real_time_upper") - self.of_report("real_time_lower")

    @performance_function("1")
    def error(self):
        return float(self.of_report("error"))


@rfm.simple_test
class quadot_dot(quadot_base):
    kernel = "dot"
    size = variable(str, value="2^24")
    data = variable(str, value="uniform")

    @run_after("init")
    def set_options(self):
        self.executable_opts = self.options(["dot", "-n", self.size, "--data", self.data])

    @performance_function("GB/s")
    def bandwidth(self):
        return self.rate()


@rfm.simple_test
class quadot_integrate(quadot_base):
    kernel = "integrate"
    size = variable(str, value="1e7")
    integrand = variable(str, value="gauss")
    rule = variable(str, value="midpoint")

    @run_after("init")
    def set_options(self):
        self.kernel = f"integrate/{self.rule}"
        self.executable_opts = self.options(["integrate", self.integrand, "-n", self.size, "--rule", self.rule])

    @performance_function("Geval/s")
    def evaluations(self):
        return self.rate()
