"""Every option of every command can be set by the environment, and says so in --help.

Usage: options_test.py PROGRAM [MPIEXEC]
"""

import os
import re
import sys
import unittest

import program_test
from program_test import run

COMMANDS = {"dot", "integrate", "list", "machine", "scale", "scale dot", "scale integrate", "scale plan", "report", "diff", "doctor"}


def help_of(command):
    code, out, err = run(*command.split(), "--help")
    assert (code, err) == (0, ""), command
    return out


def block(text, heading):
    """The lines below `heading` up to an empty one."""
    found = re.search(rf"^{heading}:\n((?:.+\n)*)", text, re.MULTILINE)
    return found.group(1).splitlines() if found else []


def commands(command=""):
    """`command` and all below it, as their help lists them."""
    yield command
    for line in block(help_of(command), "Subcommands"):
        if name := re.match(r"  (\S+)", line):
            yield from commands(f"{command} {name.group(1)}".strip())


def options(command):
    """(names, the line that starts the option)"""
    for line in block(help_of(command), "Options"):
        if names := re.match(r"  (-[\w,-]+)", line):
            yield names.group(1).split(","), line


class Environment(unittest.TestCase):
    def test_all_commands_are_walked(self):
        self.assertEqual(set(commands()) - {""}, COMMANDS)

    def test_every_option_has_its_variable(self):
        seen = 0
        for command in commands():
            for names, line in options(command):
                if names[-1] in ("--help", "--version"):
                    continue
                variable = "QUADOT_" + names[-1].lstrip("-").upper().replace("-", "_")
                self.assertIn(f"(Env:{variable})", line, f"quadot {command}")
                seen += 1
        self.assertGreater(seen, 80)  # so that a help of another layout is no success

    def test_flags_from_the_environment(self):
        self.assertEqual(run("dot", "-n", "9", "--quiet"), run("dot", "-n", "9", env={"QUADOT_QUIET": "1"}))
        self.assertNotEqual(run("dot", "-n", "9", "--quiet"), run("dot", "-n", "9", env={"QUADOT_QUIET": "0"}))


class Scheduler(unittest.TestCase):
    def plan(self, *words, env=None):
        return run("scale", "plan", "--nodes", "2", "--threads", "1", *words, "--", "dot", env=env)

    def test_as_if_typed(self):
        typed = {}
        for name in ("slurm", "pbs", "lsf", "local"):
            typed[name] = self.plan("--" + name)
            self.assertEqual(typed[name][0], 0, typed[name])
            self.assertEqual(self.plan(env={f"QUADOT_{name.upper()}": "1"}), typed[name])
        self.assertEqual(len({out for code, out, err in typed.values()}), 4)
        # What is typed goes before what the environment says.
        self.assertEqual(self.plan("--pbs", env={"QUADOT_SLURM": "1"}), typed["pbs"])
        self.assertEqual(self.plan("--slurm", env={"QUADOT_SLURM": "true", "QUADOT_LOCAL": "1"}), typed["slurm"])

    def test_exactly_one(self):
        for words, env, why in (
            ((), {}, "no scheduler named"), ((), {"QUADOT_SLURM": "0"}, "no scheduler named"),
            ((), {"QUADOT_SLURM": "1", "QUADOT_PBS": "1"}, "several schedulers named"), (("--slurm", "--pbs"), {"QUADOT_LSF": "1"}, "several schedulers named"),
        ):
            code, out, err = self.plan(*words, env=env)
            self.assertEqual((code, out), (2, ""), (words, env))
            self.assertRegex(err, f"^quadot: scale plan: {why}; give one of .*\n$")


if __name__ == "__main__":
    program_test.PROGRAM = os.path.abspath(sys.argv[1])
    program_test.MPIEXEC = sys.argv[2] if len(sys.argv) > 2 else ""
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]], verbosity=1)
