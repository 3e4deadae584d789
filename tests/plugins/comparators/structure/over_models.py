"""What the tests here share: the configurations of models.json as folders, and modelsig over them."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
MODELSIG = pathlib.Path(sys.argv[1]).resolve()


class OverModels(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.folder = pathlib.Path(cls.temporary.name)
        cls.models = json.loads((HERE / "models.json").read_text())
        for name, config in cls.models.items():
            cls.add(name, config)

    @classmethod
    def add(cls, name, config):
        (cls.folder / name).mkdir()
        (cls.folder / name / "config.json").write_text(json.dumps(config))

    def modelsig(self, *words, status=0):
        """What it prints, or where it should fail, its complaint."""
        env = {k: v for k, v in os.environ.items() if k != "MODELSIG_PLUGIN_PATH"} | {"NO_COLOR": "1"}
        done = subprocess.run([MODELSIG, *words], cwd=self.folder, env=env, capture_output=True, text=True)
        self.assertEqual(done.returncode, status, done.stderr)
        return done.stderr if status == 1 else done.stdout

    def report(self, *words):
        return json.loads(self.modelsig(*words, "--fast", "--output", "json"))

    def pair(self, a, b, *more):
        return self.report(a, b, *more)["coverage_matrix"][f"{a}|{b}"]

    def rows(self, name):
        """Lines of a table in this folder, without its comments and its head."""
        lines = [line for line in (HERE / name).read_text().splitlines() if line and not line.startswith("#")]
        return [line.split("\t") for line in lines[1:]]

    def check(self, found, isomorphism, a_for_b, b_for_a, gaps):
        """`gaps`: "head-dim:always width:*", what has to be among them."""
        if isomorphism != "*":
            self.assertEqual(found["isomorphism"], isomorphism)
        for direction, word in (("a_for_b", a_for_b), ("b_for_a", b_for_a)):
            self.assertEqual(found["stand_in"][direction]["verdict"], word + "_SUBSTITUTE")
        for gap in gaps.split():
            identity, severity = gap.split(":")
            severities = {g["severity"] for g in found["coverage_gaps"] if g["id"] == identity}
            self.assertTrue(severities, f"{identity} is not reported")
            if severity != "*":
                self.assertIn(severity, severities, identity)
