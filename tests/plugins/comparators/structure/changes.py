#!/usr/bin/env python3
"""One change to a configuration at a time (CHANGES.tsv): what it does to the comparison with the model as it was."""
import json
import sys
import unittest

from over_models import OverModels


def changed(config, change):
    """Members laid over the configuration, and over sub-configurations within it; null takes one away."""
    out = dict(config)
    for key, value in change.items():
        if value is None:
            out.pop(key, None)
        else:
            out[key] = changed(out.get(key, {}), value) if isinstance(value, dict) else value
    return out


class Changes(OverModels):
    def test_every_change_of_the_table(self):
        rows = self.rows("CHANGES.tsv")
        self.assertGreater(len(rows), 20)
        for number, (base, change, isomorphism, a_for_b, b_for_a, gaps) in enumerate(rows):
            with self.subTest(base=base, change=change):
                self.add(f"changed-{number}", changed(self.models[base], json.loads(change)))
                found = self.pair(base, f"changed-{number}")
                self.check(found, isomorphism, a_for_b, b_for_a, "" if gaps == "none" else gaps)
                if gaps == "none":
                    self.assertEqual([g["id"] for g in found["coverage_gaps"]], [])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
