#!/usr/bin/env python3
"""tools/validate over the shipped list, against the fixture hub, for as many of its models as there are configs.

The configs are those of the shared zoo and of the shared real-size headers; the checkpoints are made from them.
    validation_list.py SOURCE BUILD
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

source, build = (pathlib.Path(p).resolve() for p in sys.argv[1:3])
shared = pathlib.Path(os.environ.get("MODELSIG_SHARED", source.parent / "shared"))
if not (shared / "zoo").is_dir():
    print(f"skipped: no {shared}/zoo")
    sys.exit(77)

configs = {}
for file in sorted([*shared.glob("truth/headers/*/config.json"), *shared.glob("zoo/*/*/config.json")]):
    folder = file.parent.name
    configs[folder.split("__")[1] if "truth" in file.parts and "__" in folder else folder.split("__")[0]] = file
rows = [line for line in (source / "tools/validation/models.tsv").read_text().splitlines() if line and not line.startswith("#")]

with tempfile.TemporaryDirectory() as work:
    work = pathlib.Path(work)
    served, left = [], []
    for row in rows:
        model = row.split("\t")[0]
        config = configs.get(model.split("/")[1])
        folder = work / "hub" / model
        if config is None:
            continue
        made = subprocess.run([build / "bin/modelsig", "make-checkpoint", config.parent, folder, "--shard-size", "5GB"], capture_output=True, text=True)
        (served if made.returncode == 0 else left).append(row if made.returncode == 0 else f"{model}: {made.stderr.strip()}")
        if made.returncode != 0:
            shutil.rmtree(folder, ignore_errors=True)
    print("\n".join(["no checkpoint from its config: " + text for text in left]))
    assert len(served) >= 5, f"only {len(served)} of the {len(rows)} models could be made"
    (work / "list.tsv").write_text("\n".join(served) + "\n")
    hub = subprocess.Popen([build / "bin/fixture-hub", "--root", work / "hub", "--redirect", "--with-parent"], stdout=subprocess.PIPE, text=True)
    try:
        endpoint = json.loads(hub.stdout.readline())["endpoint"]
        env = dict(os.environ, HF_ENDPOINT=endpoint, HF_HOME=str(work / "hf"), XDG_CACHE_HOME=str(work / "cache"), HOME=str(work / "home"))
        for name in ("HF_TOKEN", "HF_HUB_OFFLINE", "HF_HUB_CACHE"):
            env.pop(name, None)
        done = subprocess.run([source / "tools/validate", work / "list.tsv", "--bin", build / "bin/modelsig", "--out", work / "out", "--jobs", "2"],
                              env=env, capture_output=True, text=True)
    finally:
        hub.kill()
    print((work / "out/validation.md").read_text() if (work / "out/validation.md").exists() else done.stderr)
    sys.exit(done.returncode)
