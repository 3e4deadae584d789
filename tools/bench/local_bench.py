#!/usr/bin/env python3
"""Times modelsig as a whole process on local checkpoints, beside any baseline command, in the same run.

    tools/bench/local_bench.py [--bin build/release/bin/modelsig] [--runs 10]
        [--baseline 'python3 -m modelsig.analyze {models} --no-layer-sig']  [--baseline-cwd DIR]

{models} becomes local:PATH words. The checkpoints are sparse files that our own make-checkpoint writes from
the configs below: true names, shapes and dtypes, no weight on the disk. Prints a markdown table.
"""
import argparse
import json
import os
import pathlib
import resource
import shlex
import statistics
import subprocess
import sys
import tempfile
import time

LLAMA_7B = {
    "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": 4096, "intermediate_size": 11008,
    "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 32, "vocab_size": 32000,
    "max_position_embeddings": 4096, "rms_norm_eps": 1e-5, "rope_theta": 10000.0, "tie_word_embeddings": False,
    "torch_dtype": "bfloat16"}
DEEPSEEK_V3 = {
    "architectures": ["DeepseekV3ForCausalLM"], "model_type": "deepseek_v3", "hidden_size": 7168, "intermediate_size": 18432,
    "moe_intermediate_size": 2048, "num_hidden_layers": 61, "num_attention_heads": 128, "num_key_value_heads": 128,
    "q_lora_rank": 1536, "kv_lora_rank": 512, "qk_nope_head_dim": 128, "qk_rope_head_dim": 64, "v_head_dim": 128,
    "n_routed_experts": 256, "n_shared_experts": 1, "num_experts_per_tok": 8, "n_group": 8, "topk_group": 4,
    "first_k_dense_replace": 3, "moe_layer_freq": 1, "num_nextn_predict_layers": 1, "vocab_size": 129280,
    "scoring_func": "sigmoid", "topk_method": "noaux_tc", "norm_topk_prob": True, "routed_scaling_factor": 2.5,
    "max_position_embeddings": 163840, "rms_norm_eps": 1e-6, "rope_theta": 10000, "tie_word_embeddings": False,
    "torch_dtype": "bfloat16",
    "quantization_config": {"quant_method": "fp8", "fmt": "e4m3", "activation_scheme": "dynamic", "weight_block_size": [128, 128]}}


def checkpoint(binary, config, out, shards):
    out.mkdir(parents=True, exist_ok=True)
    source = out.parent / (out.name + ".json")
    source.write_text(json.dumps(config))
    command = [binary, "make-checkpoint", str(source), str(out)]
    subprocess.run(command + (["--shard-size", shards] if shards else []), check=True, stdout=subprocess.DEVNULL)
    return out


def timed(command, runs, cwd=None):
    """Seconds of each run, and the peak RSS of the largest one in MiB."""
    seconds, peak = [], 0
    for _ in range(runs):
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=cwd)
        _, status, usage = os.wait4(process.pid, 0)
        seconds.append(time.perf_counter() - start)
        if os.waitstatus_to_exitcode(status) not in (0, 2):
            sys.exit(f"{shlex.join(command)} ended with status {os.waitstatus_to_exitcode(status)}")
        peak = max(peak, usage.ru_maxrss / 1024)
    return seconds, peak


def row(name, ours, theirs):
    line = f"| {name} | {statistics.median(ours[0]) * 1e3:.1f} | {min(ours[0]) * 1e3:.1f} | {ours[1]:.0f} |"
    if theirs:
        line += f" {statistics.median(theirs[0]) * 1e3:.0f} | {theirs[1]:.0f} | {statistics.median(theirs[0]) / statistics.median(ours[0]):.1f} x |"
    print(line, flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", default="build/release/bin/modelsig")
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--baseline", help="command with {models}")
    parser.add_argument("--baseline-cwd")
    parser.add_argument("--pairs", type=int, default=200, help="models of the all-pairs run (0: leave it out)")
    args = parser.parse_args()
    binary = str(pathlib.Path(args.bin).resolve())
    with tempfile.TemporaryDirectory(prefix="modelsig-bench-") as work:
        work = pathlib.Path(work)
        cases = [("7B, 1 file", [checkpoint(binary, LLAMA_7B, work / "7b", None)]),
                 ("DeepSeek-V3, 163 shards", [checkpoint(binary, DEEPSEEK_V3, work / "v3", "4300MB")])]
        print("| case | ms, median | ms, best | peak MiB |" + (" baseline ms | baseline MiB | faster |" if args.baseline else ""))
        print("|---|---|---|---|" + ("---|---|---|" if args.baseline else ""))
        for name, models in cases:
            ours = timed([binary, *map(str, models)], args.runs)
            same = timed([binary, *map(str, models), "--no-layer-sig"], args.runs)  # the work that the baseline does
            theirs = None
            if args.baseline:
                words = shlex.split(args.baseline.replace("{models}", " ".join(f"local:{m}" for m in models)))
                theirs = timed(words, max(3, args.runs // 3), args.baseline_cwd)
            row(name, ours, theirs)
            row(name + ", --no-layer-sig", same, theirs)
        if args.pairs:
            models = []
            for i in range(args.pairs):
                config = dict(LLAMA_7B, hidden_size=128 * (i % 40 + 4), num_attention_heads=i % 40 + 4, num_key_value_heads=1 + i % 2,
                              num_hidden_layers=2 + i // 40)
                config["num_attention_heads"] *= 2
                models.append(str(checkpoint(binary, config, work / f"m{i}", None)))
            alone = timed([binary, *models[:1]], 3)[0]
            every = timed([binary, *models], 3)
            single = sum(min(timed([binary, m], 1)[0]) for m in models[:10]) / 10
            pairs = args.pairs * (args.pairs - 1) // 2
            row(f"{args.pairs} models, {pairs} pairs", every, None)
            print(f"\nOne of them alone: {single * 1e3:.1f} ms (first run {min(alone) * 1e3:.1f} ms). "
                  f"Peak of children: {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024:.0f} MiB.")


if __name__ == "__main__":
    main()
