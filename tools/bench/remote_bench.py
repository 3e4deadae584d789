#!/usr/bin/env python3
"""Times modelsig as a whole process on models behind HTTP, beside any baseline command, same server, same run.

    tools/bench/remote_bench.py [--bin-dir build/release/bin] [--runs 5] [--latency 0 50] [--redirect]
        [--model NAME=DIR ...]                          checkpoints of your own instead of the built-in two
        [--baseline 'NAME=COMMAND ...'] [--cwd DIR]     COMMAND with {endpoint} and {model}; may be repeated

Starts the fixture hub on loopback with the given milliseconds before every answer, counts requests and bytes in
its log. The built-in checkpoints are sparse files of our own make-checkpoint: true names, shapes and dtypes.
Every run of ours has an empty cache of models, except "again", which follows one over the same cache. Prints markdown.
"""
import argparse
import json
import os
import pathlib
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from local_bench import DEEPSEEK_V3, LLAMA_7B, checkpoint


class Hub:
    def __init__(self, binary, root, work, latency, redirect):
        self.log = work / "requests.jsonl"
        self.log.unlink(missing_ok=True)
        command = [str(binary), "--root", str(root), "--log", str(self.log), "--latency", str(latency), "--with-parent"]
        self.process = subprocess.Popen(command + (["--signed"] if redirect else []), stdout=subprocess.PIPE, text=True)
        self.endpoint = json.loads(self.process.stdout.readline())["endpoint"]

    def requests(self):
        return [json.loads(line) for line in self.log.read_text().splitlines()] if self.log.exists() else []

    def stop(self):
        self.process.terminate()
        self.process.wait()


def one_run(hub, command, env, cwd):
    before, start = len(hub.requests()), time.perf_counter()
    done = subprocess.run(command, env=env, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    seconds = time.perf_counter() - start
    if done.returncode != 0:
        sys.exit(f"{shlex.join(command)} ended with status {done.returncode}: {done.stderr[-2000:]}")
    made = hub.requests()[before:]
    return seconds, len(made), sum(r["bytes"] for r in made)


def needed(folder):
    """Bytes that hold the metadata: headers, index, config."""
    total = 0
    for path in folder.iterdir():
        if path.suffix == ".safetensors":
            with open(path, "rb") as file:
                total += 8 + int.from_bytes(file.read(8), "little")
        elif path.suffix == ".json":
            total += path.stat().st_size
    return total


def row(case, latency, name, runs, need):
    seconds, requests, size = (statistics.median(column) for column in zip(*runs))
    print(f"| {case} | {latency} | {name} | {requests:.0f} | {size / 1e6:.3f} | {size / need:.2f} | {seconds * 1e3:.0f} | {min(r[0] for r in runs) * 1e3:.0f} |", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin-dir", default="build/release/bin")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--latency", type=int, nargs="+", default=[0, 50])
    parser.add_argument("--redirect", action="store_true", help="weights behind a redirect to another origin, URLs signed for one range")
    parser.add_argument("--model", action="append", default=[], metavar="NAME=DIR")
    parser.add_argument("--baseline", action="append", default=[], metavar="NAME=COMMAND")
    parser.add_argument("--cwd", help="where the baseline commands run")
    args = parser.parse_args()
    binaries = pathlib.Path(args.bin_dir).resolve()
    with tempfile.TemporaryDirectory(prefix="modelsig-remote-") as work:
        work = pathlib.Path(work)
        root = work / "served"
        if args.model:
            for given in args.model:
                name, folder = given.split("=", 1)
                target = root / "bench" / name
                target.parent.mkdir(parents=True, exist_ok=True)
                target.symlink_to(pathlib.Path(folder).resolve())
        else:
            checkpoint(str(binaries / "modelsig"), LLAMA_7B, root / "bench" / "7b", "3GB")
            checkpoint(str(binaries / "modelsig"), DEEPSEEK_V3, root / "bench" / "deepseek-v3", "4300MB")
        print("| model | ms a request | tool | requests | MB | x needed | ms, median | ms, best |\n|---|---|---|---|---|---|---|---|")
        for folder in sorted(p for p in (root / "bench").iterdir() if p.is_dir()):
            model, need = f"bench/{folder.name}", needed(folder)
            shards = len(list(folder.glob("*.safetensors")))
            case = f"{folder.name}, {shards} file{'s' if shards > 1 else ''}"
            for latency in args.latency:
                hub = Hub(binaries / "fixture-hub", root, work, latency, args.redirect)
                cache = work / "cache"
                env = dict(os.environ, HF_ENDPOINT=hub.endpoint, XDG_CACHE_HOME=str(cache), HF_HOME=str(work / "hf"))
                ours, again = [], []
                shutil.rmtree(cache, ignore_errors=True)
                row(case, latency, "modelsig, first on this machine", [one_run(hub, [str(binaries / "modelsig"), model], env, None)], need)
                for _ in range(args.runs):
                    shutil.rmtree(cache / "modelsig/hub", ignore_errors=True)  # not the snapshot of rules: that is a first start only
                    ours.append(one_run(hub, [str(binaries / "modelsig"), model], env, None))
                    again.append(one_run(hub, [str(binaries / "modelsig"), model], env, None))
                row(case, latency, "modelsig", ours, need)
                row(case, latency, "modelsig, again", again, need)
                for baseline in args.baseline:
                    name, command = baseline.split("=", 1)
                    words = shlex.split(command.replace("{endpoint}", hub.endpoint).replace("{model}", model))
                    row(case, latency, name, [one_run(hub, words, env, args.cwd) for _ in range(min(3, args.runs))], need)
                hub.stop()


main()
