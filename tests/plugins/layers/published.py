#!/usr/bin/env python3
"""Parameters in total and per token against what the models' makers publish, in 1e9. Some count the embedding and the draft layers,
some do not: either way counts. And the cache against sums done by hand. From the configurations of the shared zoo.

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

# Cache by hand, bf16: bytes a token in all, bytes at 8,192 tokens (windows cut, recurrent state counted).
AT = 8192
CACHE = {
    "llama/meta-llama__Meta-Llama-3.1-8B": (32 * 2 * 8 * 128 * 2, 32 * 2 * 8 * 128 * 2 * AT),
    "deepseek/deepseek-ai__DeepSeek-V3": (61 * (512 + 64) * 2, 61 * (512 + 64) * 2 * AT),                   # latent, rotary key
    "deepseek/deepseek-ai__DeepSeek-V3.2": (61 * (576 + 128) * 2, 61 * (576 + 128) * 2 * AT),               # and the indexer's keys
    "minicpm/minicpm3_4b__ome": (62 * (256 + 32) * 2, 62 * (256 + 32) * 2 * AT),
    "gpt-oss/openai__gpt-oss-20b": (24 * 2 * 8 * 64 * 2, 2 * 8 * 64 * 2 * (12 * AT + 12 * 128)),
    "gemma/gemma3_text__ome": (26 * 2 * 256 * 2, 2 * 256 * 2 * (4 * AT + 22 * 512)),
    "gemma/google__gemma-4-26B-A4B": ((25 * 8 * 256 + 5 * 2 * 512) * 2 * 2, 2 * 2 * (25 * 8 * 256 * 1024 + 5 * 2 * 512 * AT)),
    "mimo/XiaomiMiMo__MiMo-V2-Flash": ((9 * 4 + 39 * 8) * (192 + 128) * 2, 2 * (192 + 128) * (9 * 4 * AT + 39 * 8 * 128)),
    "nemotron/nvidia__Llama-3_3-Nemotron-Super-49B-v1": (49 * 2 * 8 * 128 * 2, 49 * 2 * 8 * 128 * 2 * AT),  # 31 layers do not attend
    "qwen/Qwen__Qwen3.5-27B": (16 * 2 * 4 * 256 * 2, 16 * 2 * 4 * 256 * 2 * AT + 48 * (48 * 128 * 128 * 4 + (2 * 16 * 128 + 48 * 128) * 3 * 2)),
    "nemotron/nvidia__NVIDIA-Nemotron-3-Nano-30B-A3B-BF16": (6 * 2 * 2 * 128 * 2, 6 * 2 * 2 * 128 * 2 * AT + 23 * (64 * 64 * 128 * 4 + (4096 + 2 * 8 * 128) * 3 * 2)),
    "lfm/LFM2.5-VL-1.6B": (6 * 2 * 8 * 64 * 2, 6 * 2 * 8 * 64 * 2 * AT + 10 * 2048 * 2 * 2),
}


def estimates(name):
    words = ["--fast", "--no-layer-sig", "--set", f'estimates.contexts=["{AT}"]', "--output", "json"]
    done = subprocess.run([MODELSIG, "-q", ZOO / name, *words], capture_output=True, text=True, check=True)
    return next(iter(json.loads(done.stdout)["models"].values()))["estimates"]


def close(found, published):
    return any(abs(n / 1e9 - published) <= CLOSE * published for n in found)


def main():
    if not ZOO.exists():
        print(f"skipped: no {ZOO}; MODELSIG_SHARED says where the zoo is")
        sys.exit(77)
    wrong = 0
    for name, (total, active) in PUBLISHED.items():
        p = estimates(name)["parameters"]
        towers = sum(part["total"] for part_name, part in p["by_component"].items() if part_name.startswith("vision"))
        totals = [p["total"], p["total"] - p.get("draft_layers", 0) - towers]
        actives = [p["active_per_token"], p["active_per_token"] - p["embedding"]]
        for what, found, published in (("total", totals, total), ("active", actives, active)):
            if not close(found, published):
                wrong += 1
                print(f"{name}: {what} {' or '.join(f'{n / 1e9:.2f}' for n in found)}, published {published}")
    for name, (token, whole) in CACHE.items():
        first = estimates(name)["cache"]["by_dtype"][0]
        found = (first["bytes_per_token"], next(a["minimum_bytes"] for a in first["at"] if a["context"] == AT))
        if found != (token, whole):
            wrong += 1
            print(f"{name}: cache {found}, by hand {(token, whole)}")
    print(f"{len(PUBLISHED)} models' parameters, {len(CACHE)} caches, {wrong} figures differ")
    sys.exit(1 if wrong else 0)


main()
