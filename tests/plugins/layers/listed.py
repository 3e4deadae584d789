#!/usr/bin/env python3
"""The tensors that follow from config.json alone against what is listed in the zoo: every folder with a configuration of a known
family and an index, a header or a dump of tensors beside it.

    listed.py MODELSIG
"""
import json
import os
import pathlib
import struct
import subprocess
import sys
import tempfile

MODELSIG = pathlib.Path(sys.argv[1]).resolve()
SHARED = pathlib.Path(os.environ.get("MODELSIG_SHARED", pathlib.Path(__file__).resolve().parents[4] / "shared"))
# what no configuration tells: folder -> how many listed names it does not promise, promises without a listing, other shapes
KNOWN = {
    "falcon/tiiuae__falcon-180B-chat": (1, 0, 0),               # the head is tied, and written all the same
    "qwen/Qwen-VL-Chat-Int4": (128, 0, 0),                      # AutoGPTQ of that time gave every linear layer a bias of zeros
    "qwen/Qwen3.5-25B-REAP-A3B-Coding": (22212, 711, 0),        # a text model's configuration over a vision model's names, experts apart
    "safetensors/minicpm3-4b-tiny": (1, 732, 14),               # the full model's configuration over one small layer
    "vision/clip-vit-large-patch14": (2, 0, 0),                 # buffers that transformers no longer stores
}
FEWEST = 12


def header(path):
    with open(path, "rb") as file:
        size = struct.unpack("<Q", file.read(8))[0]
        return {name: t["shape"] for name, t in json.loads(file.read(size)).items() if name != "__metadata__"}


def listed(folder):
    """name -> shape, or none where only names are listed"""
    out = {}
    for path in folder.glob("*.index.json"):
        out.update(dict.fromkeys(json.loads(path.read_text())["weight_map"]))
    for path in [*folder.glob("*.safetensors"), *folder.glob("*.safetensors-header")]:
        out.update(header(path))
    if (folder / "tensors.json").exists():
        out.update({name: t["shape"] for name, t in json.loads((folder / "tensors.json").read_text()).items()})
    return out


def promised(folder, config):
    made = subprocess.run([MODELSIG, "make-checkpoint", config, folder / "made"], capture_output=True, text=True, check=False)
    if "no family file serves" in made.stderr:
        return None
    if made.returncode:
        sys.exit(f"{config}: {made.stderr}")
    return {name: shape for path in (folder / "made").glob("*.safetensors") for name, shape in header(path).items()}


def main():
    zoo = SHARED / "zoo"
    if not zoo.exists():
        print(f"skipped: no {zoo}; MODELSIG_SHARED says where the ground truth is")
        sys.exit(77)
    equal, wrong = 0, 0
    for config in sorted(zoo.rglob("config.json")):
        name = str(config.parent.relative_to(zoo))
        there = listed(config.parent) if not name.startswith("malformed") else {}
        with tempfile.TemporaryDirectory() as folder:
            made = promised(pathlib.Path(folder), config) if there else None
        if made is None:
            continue
        other = [k for k in there.keys() & made.keys() if there[k] is not None and list(there[k]) != list(made[k])]
        found = (len(there.keys() - made.keys()), len(made.keys() - there.keys()), len(other))
        equal += found == (0, 0, 0)
        if found != KNOWN.get(name, (0, 0, 0)):
            wrong += 1
            print(f"{name}: of {len(there)} listed {found[0]} are not promised {sorted(there.keys() - made.keys())[:3]}, "
                  f"{found[1]} are promised and not listed {sorted(made.keys() - there.keys())[:3]}, {found[2]} have another shape {other[:3]}")
    print(f"{equal} equal, {len(KNOWN)} known to differ, {wrong} wrong")
    sys.exit(1 if wrong or equal + len(KNOWN) < FEWEST else 0)


main()
