#!/usr/bin/env python3
"""The labelled pairs of the shared ground truth: isomorphism, both verdicts and the gap, at least 98 in 100 each."""
import collections
import csv
import json
import os
import pathlib
import subprocess
import sys
import tempfile

MODELSIG = pathlib.Path(sys.argv[1]).resolve()
SOURCE = pathlib.Path(__file__).resolve().parents[4]
TRUTH = pathlib.Path(os.environ.get("MODELSIG_SHARED", SOURCE.parent / "shared")) / "truth"
sys.path.insert(0, str(SOURCE / "tests/support"))
from listed_checkpoint import checkpoint  # noqa: E402

WORDS = {"FULL": "FULL_SUBSTITUTE", "PARTIAL": "PARTIAL_SUBSTITUTE", "NO": "NO_SUBSTITUTE", "UNDET": "UNDETERMINED"}
NO_GAP = {"sibling", "multi", "family-alias", "layer-class-kept", "moe-interleave", "context-length", "num-labels"}  # properties not scored for it
NO_ID = {"names", "layer-class-sets", "moe-interleave", "context-length"}
ID = {"quantisation": "quant-scheme"}


def rows_of(file):
    with open(file) as text:
        return list(csv.DictReader(text, delimiter="\t"))


def compared(pairs, folder, root):
    """(a, b) -> the pair's report; one run for all that one model is compared with."""
    by_first = collections.defaultdict(list)
    for a, b in pairs:
        if b not in by_first[a]:
            by_first[a].append(b)
    out = {}
    for a, others in by_first.items():
        models = [checkpoint(root / m, folder / m) for m in [a, *others]]
        done = subprocess.run([MODELSIG, *models, "--no-layer-sig", "--output", "json"], capture_output=True, text=True)
        if done.returncode not in (0, 2):
            sys.exit(f"{a}: {done.stderr}")
        report = json.loads(done.stdout)
        ids = list(report["models"])
        for i, b in enumerate(others):
            out[a, b] = report["coverage_matrix"][f"{ids[0]}|{ids[i + 1]}"]
    return out


class Score:
    def __init__(self, name):
        self.name, self.rows, self.right, self.gaps, self.found, self.wrong = name, 0, 0, 0, 0, []

    def verdict(self, row, want, got):
        self.rows += 1
        self.right += want == got
        if want != got:
            self.wrong.append(f"{row}: {got}, not {want}")

    def gap(self, row, identity, pair):
        self.gaps += 1
        self.found += identity in {g["id"] for g in pair["coverage_gaps"]}
        if identity not in {g["id"] for g in pair["coverage_gaps"]}:
            self.wrong.append(f"{row}: no gap {identity}")

    def finish(self, rows, gaps, disputed=0):  # disputed: verdicts on which the two lists of the ground truth disagree
        print(f"{self.name}: {self.right} of {self.rows} verdicts, {self.found} of {self.gaps} gaps")
        print("\n".join("  " + w for w in self.wrong))
        return self.rows >= rows and self.gaps >= gaps and self.rows - self.right <= disputed and self.found == self.gaps


def verdicts(pair, *directions):
    return (pair["isomorphism"], *(pair["stand_in"][d]["verdict"] for d in directions))


def labelled(folder):
    score = Score("one change each")
    rows = [r for r in rows_of(TRUTH / "pairs/PAIRS.tsv") if r["confidence"] != "low"]
    found = compared([(r["a"], r["b"]) for r in rows], folder / "pairs", TRUTH / "pairs")
    for r in rows:
        pair = found[r["a"], r["b"]]
        score.verdict(f"{r['a']} {r['b']}", (r["isomorphism"], WORDS[r["a_for_b"]], WORDS[r["b_for_a"]]), verdicts(pair, "a_for_b", "b_for_a"))
        if r["property"] not in NO_GAP:
            score.gap(f"{r['a']} {r['b']}", r["gap_id"], pair)
    return score.finish(380, 300)


def siblings(folder):
    score = Score("siblings of real size")
    rows = rows_of(TRUTH / "headers/SIBLING_PAIRS.tsv")
    found = compared([(r["smaller"], r["larger"]) for r in rows], folder / "headers", TRUTH / "headers")
    for r in rows:
        pair = found[r["smaller"], r["larger"]]
        score.verdict(f"{r['smaller']} {r['larger']}", (r["isomorphism"], WORDS[r["smaller_for_larger"]]), verdicts(pair, "a_for_b"))
        for identity in filter(None, r["gap_ids"].split(",")):
            if identity not in NO_ID:
                score.gap(f"{r['smaller']} {r['larger']}", ID.get(identity, identity), pair)
    return score.finish(100, 200, 5)


if not (TRUTH / "pairs/PAIRS.tsv").exists():
    print(f"skipped: no {TRUTH}; MODELSIG_SHARED says where the ground truth is")
    sys.exit(77)
with tempfile.TemporaryDirectory() as place:
    results = [labelled(pathlib.Path(place)), siblings(pathlib.Path(place))]
sys.exit(0 if all(results) else 1)
