#!/usr/bin/env python3
"""What is said of a model whose family no file serves, against what its family file says: every model of the ground truth once as it
is and once with its model types renamed, from its tensors and from config.json alone. A wrong value is worse than none.

    unseen.py MODELSIG [part of a name]        with a name: what differs there, and no floors
"""
import collections
import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys
import tempfile

MODELSIG = pathlib.Path(sys.argv[1]).resolve()
ONLY = sys.argv[2] if len(sys.argv) > 2 else ""
SOURCE = pathlib.Path(__file__).resolve().parents[3]
SHARED = pathlib.Path(os.environ.get("MODELSIG_SHARED", SOURCE.parent / "shared"))
sys.path.insert(0, str(SOURCE / "tests/support"))
import listed_checkpoint  # noqa: E402

# The main facts; the rest is counted apart.
FACTS = """attention_kind attention ffn_kind experts experts_per_token shared_experts shared_expert_count heads kv_heads head_dim layers
window tied""".split()
LARGEST = 300_000  # bytes of a packed list of tensors: those of the largest say no more and take minutes
# least share of equal values, most values that differ
FLOORS = {"tensors": (0.985, 0), "config": (0.88, 0), "sizes": (1.0, 0), "other facts, tensors": (0.93, 3), "other facts, config": (0.5, 0)}


def renamed(value):
    if isinstance(value, dict):
        return {k: "unseen" if k == "model_type" else renamed(v) for k, v in value.items()}
    return [renamed(v) for v in value] if isinstance(value, list) else value


def described(folder, words):
    """component -> fact -> value; the shortest prefix of each stack beside them"""
    done = subprocess.run([MODELSIG, "-q", folder, "--no-layer-sig", "--output", "json", *words], capture_output=True, text=True, check=False)
    model = next(iter(json.loads(done.stdout)["models"].values()))
    out = {p["component"]: {k: v["value"] for k, v in p["facts"].items()} for p in model["architecture"]}
    vague = any(f["id"] == "window-of-which-layers" for f in model["findings"])
    for part in model["architecture"]:
        for stack in part["stacks"]:
            out[part["component"]]["prefix of " + stack["path"]] = None if vague else stack["shortest_prefix"]
    if set(out) == {"model", "decoder"}:  # half of a model is a model
        out = {"model": {**out["model"], **out["decoder"]}}
    sizes = {"total": model["estimates"]["parameters"]["total"]} if not words else {}
    return {**out, "sizes": sizes}


def both(source):
    with tempfile.TemporaryDirectory() as folder:
        seen, unseen = pathlib.Path(folder) / "seen", pathlib.Path(folder) / "unseen"
        if (source / "model.safetensors").exists():
            seen = source
        else:
            listed_checkpoint.checkpoint(source, seen)
        unseen.mkdir()
        for file in seen.iterdir():
            if file.name == "config.json":
                (unseen / file.name).write_text(json.dumps(renamed(json.loads(file.read_text()))))
            else:
                (unseen / file.name).symlink_to(file.resolve())
        return source, {how: (described(seen, words), described(unseen, words)) for how, words in (("tensors", []), ("config", ["--fast"]))}


def main():
    if not (SHARED / "truth").exists():
        print(f"skipped: no {SHARED}/truth; MODELSIG_SHARED says where the ground truth is")
        sys.exit(77)
    folders = [*(SHARED / "oracle/families").iterdir(), *(SHARED / "truth/headers").iterdir(), *(SHARED / "truth/pairs").glob("*/*")]
    folders = [f for f in sorted(folders) if f.is_dir() and (f / "config.json").exists() and ONLY in str(f)]
    folders = [f for f in folders if ONLY or not (f / "tensors.tsv.xz").exists() or (f / "tensors.tsv.xz").stat().st_size < LARGEST]
    counts, wrong = collections.defaultdict(collections.Counter), []
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for source, ways in pool.map(both, folders):
            for how, (known, found) in ways.items():
                for part, facts in known.items():
                    for fact, value in facts.items():
                        got = found.get(part, {}).get(fact)
                        if value is None or (fact.startswith("prefix") and got is None):
                            continue
                        verdict = "equal" if got == value else "unknown" if got is None else "different"
                        main_fact = fact in FACTS or fact.startswith("prefix")
                        counts["sizes" if part == "sizes" else how if main_fact else f"other facts, {how}"][verdict] += 1
                        if verdict == "different" or (ONLY and verdict != "equal"):
                            wrong.append(f"{source.parent.name}/{source.name} {how} {part} {fact}: {got}, by its family {value}")
    print("\n".join(wrong))
    missed = False
    for how, count in counts.items():
        share = count["equal"] / max(1, count.total())
        print(f"{how}: {count['equal']} equal, {count['unknown']} unknown, {count['different']} different of {count.total()} in {len(folders)} models")
        missed |= not ONLY and (share < FLOORS[how][0] or count["different"] > FLOORS[how][1])
    sys.exit(1 if missed or not counts else 0)


main()
