#!/usr/bin/env python3
"""Parameters in total and per token against what the models' makers publish, in 1e9. Some count the embedding and the draft layers,
some do not: either way counts. From the configurations of the shared zoo.

    published.py MODELSIG
"""
import json
import os
import pathlib
import subprocess
import sys

MODELSIG = pathlib.Path(sys.argv[1]).resolve()
ZOO = pathlib.Path(os.environ.get("MODELSIG_SHARED", pathlib.Path(__file__).resolve().parents[4] / "shared")) / "zoo"
PUBLISHED = {
    "qwen/Qwen__Qwen3-30B-A3B": (30.5, 3.3),
    "qwen/Qwen__Qwen3-235B-A22B": (235, 22),
    "qwen/Qwen__Qwen3-Coder-480B-A35B-Instruct": (480, 35),
    "qwen/Qwen__Qwen3.5-122B-A10B": (122, 10),
    "qwen/Qwen__Qwen3.5-397B-A17B": (397, 17),
    "deepseek/deepseek-ai__DeepSeek-V3": (671, 37),
    "kimi/moonshotai__Kimi-K2-Instruct": (1026, 32),
    "gpt-oss/openai__gpt-oss-20b": (20.9, 3.61),
    "gpt-oss/openai__gpt-oss-120b": (116.8, 5.13),
    "mistral/mistralai__Mixtral-8x7B-v0.1": (46.7, 12.9),
    "mistral/mistralai__Mixtral-8x22B-v0.1": (141, 39),
    "glm/GLM-4.5__rtp": (355, 32),
    "minimax/MiniMaxAI__MiniMax-M2.5": (230, 10),
    "llama/meta-llama__Llama-4-Maverick-17B-128E-Instruct": (400, 17),
    "llama/llama4_scout_17b_16e__ome": (109, 17),
    "gemma/google__gemma-4-26B-A4B": (25.2, 3.8),
    "phi/phimoe__ome": (41.9, 6.6),
    "nemotron/nvidia__NVIDIA-Nemotron-3-Nano-30B-A3B-BF16": (31.6, 3.2),
    "nemotron/nvidia__NVIDIA-Nemotron-3-Super-120B-A12B-FP8": (120, 12),
    "nemotron/nvidia__NVIDIA-Nemotron-3-Ultra-550B-A55B-BF16": (550, 55),
    "mimo/XiaomiMiMo__MiMo-V2-Flash": (309, 15),
}
CLOSE = 0.045  # makers round


def close(found, published):
    return any(abs(n / 1e9 - published) <= CLOSE * published for n in found)


def main():
    if not ZOO.exists():
        print(f"skipped: no {ZOO}; MODELSIG_SHARED says where the zoo is")
        sys.exit(77)
    wrong = 0
    for name, (total, active) in PUBLISHED.items():
        done = subprocess.run([MODELSIG, "-q", ZOO / name, "--fast", "--no-layer-sig", "--output", "json"], capture_output=True, text=True, check=True)
        p = next(iter(json.loads(done.stdout)["models"].values()))["estimates"]["parameters"]
        towers = sum(part["total"] for part_name, part in p["by_component"].items() if part_name.startswith("vision"))
        totals = [p["total"], p["total"] - p.get("draft_layers", 0) - towers]
        actives = [p["active_per_token"], p["active_per_token"] - p["embedding"]]
        for what, found, published in (("total", totals, total), ("active", actives, active)):
            if not close(found, published):
                wrong += 1
                print(f"{name}: {what} {' or '.join(f'{n / 1e9:.2f}' for n in found)}, published {published}")
    print(f"{len(PUBLISHED)} models, {wrong} figures differ")
    sys.exit(1 if wrong else 0)


main()
