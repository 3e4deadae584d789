"""Every GGUF file and listing of the zoo through the command: names, shapes, family, roles; and what PAIRS.tsv says of pairs.
  zoo.py SOURCE BUILD      MODELSIG_SHARED holds the zoo; without it the test is skipped (exit 77)"""
import json
import math
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import gguf_writer
import listings

SOURCE, BUILD = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
ZOO = pathlib.Path(os.environ.get("MODELSIG_SHARED", SOURCE.parent / "shared")) / "zoo"

# listing, whose configuration (a folder of the zoo, or an architecture with metadata worked out from shapes; None: the listing
# has its own), family, tensors as promised, promised and absent, not promised
SHOW, MAPS, LOGS = "ollama-show/", "tensor-maps/", "quantize-logs/"
V, MTP = 333, 2  # a Qwen3 vision tower lives in a file of its own; GLM's MTP layer shares embedding and head
ROWS = [
    (SHOW + "codellama_7b", None, "llama", 291, 0, 0),
    (SHOW + "cogito_3b", None, "llama", 255, 0, 0),
    (SHOW + "cogito_8b", None, "llama", 291, 0, 0),
    (SHOW + "deepcoder_1.5b", None, "qwen2", 339, 0, 0),
    (SHOW + "deepseek-r1_1.5b", None, "qwen2", 339, 0, 0),
    (SHOW + "deepseek-r1_8b", None, "qwen3", 399, 0, 0),
    (SHOW + "dolphin3_8b", None, "llama", 291, 0, 0),
    (SHOW + "gemma3n_e2b", None, "gemma3n_text", 725, 0, 2),  # the stream's copies are folded in two tensors there
    (SHOW + "gemma_2b", None, "gemma", 164, 0, 0),
    (SHOW + "llama3.2_1b", None, "llama", 146, 0, 0),
    (SHOW + "llama3.2_3b", None, "llama", 254, 0, 0),
    (SHOW + "mistral_7b", None, "llama", 291, 0, 0),
    (SHOW + "qwen2.5vl_7b", None, "qwen2_5_vl", 858, 0, 0),  # Ollama keeps the tower in the same file
    (SHOW + "smollm2_1.7b", None, "llama", 218, 0, 0),
    (MAPS + "DeepSeek-V3.1-Terminus.bf16", "deepseek/deepseek-ai__DeepSeek-V3", "deepseek_v3", 1086, 0, 0),
    (MAPS + "DeepSeek-V3.1-Terminus.q4_K", "deepseek2", "deepseek_v3", 1086, 0, 0),
    (MAPS + "GLM-4.6.bf16", "glm4moe", "glm4_moe", 1759, MTP, 0),
    (MAPS + "GLM-4.7.bf16", "glm4moe", "glm4_moe", 1761, 0, 0),
    (MAPS + "GLM-4.7-Flash.bf16", "deepseek2", "deepseek_v3", 844, 0, 0),
    (MAPS + "GLM-4.7-Flash.q4_K", "deepseek2", "deepseek_v3", 844, 0, 0),
    (MAPS + "GLM-5.1.bf16", "glm/zai-org__GLM-5.1", "glm_moe_dsa", 1809, MTP, 0),
    (MAPS + "GLM-5.2.bf16", "glm/zai-org__GLM-5.2-FP8", "glm_moe_dsa", 1524, MTP, 0),  # its configuration lists the 57 of 79 blocks without an indexer
    (MAPS + "Kimi-K2-Thinking.bf16", "kimi/moonshotai__Kimi-K2-Instruct", "deepseek_v3", 1096, 0, 0),
    (MAPS + "Kimi-K2-Thinking.iq2_k", "kimi/moonshotai__Kimi-K2-Instruct", "deepseek_v3", 1096, 0, 0),
    (MAPS + "Kimi-K2-Thinking.q4_0", "deepseek2", "deepseek_v3", 1096, 0, 0),
    (MAPS + "Kimi-K2.5.iq1_m", "kimi/moonshotai__Kimi-K2.5", "kimi_k25", 1096, 329, 0),
    (MAPS + "Qwen3-4B-Instruct-2507.bf16", "qwen3", "qwen3", 398, 0, 0),
    (MAPS + "Qwen3-4B-Instruct-2507.q8_0", "qwen3", "qwen3", 398, 0, 0),
    (MAPS + "Qwen3-4B-Thinking-2507.bf16", "qwen3", "qwen3", 398, 0, 0),
    (MAPS + "Qwen3-VL-235B-A22B-Instruct.bf16", "qwen/Qwen__Qwen3-VL-235B-A22B-Instruct", "qwen3_vl_moe", 1131, V, 0),
    (MAPS + "Qwen3-VL-235B-A22B-Thinking.bf16", "qwen3vlmoe", "qwen3_moe", 1131, 0, 0),
    (MAPS + "Qwen3.5-0.8B.bf16", "qwen35", "qwen3_5_text", 320, 0, 0),
    (MAPS + "Qwen3.5-0.8B.iq1_kt", "qwen35", "qwen3_5_text", 320, 0, 0),
    (MAPS + "Qwen3.5-0.8B.iq4_xs", "qwen35", "qwen3_5_text", 320, 0, 0),
    (MAPS + "Qwen3.5-0.8B.q4_K", "qwen35", "qwen3_5_text", 320, 0, 0),
    (MAPS + "Qwen3.5-2B.bf16", "qwen/Qwen3.5-2B-text-Jev", "qwen3_5_text", 320, 0, 0),
    (MAPS + "Qwen3.5-4B.bf16", "qwen35", "qwen3_5_text", 426, 0, 0),
    (MAPS + "Qwen3.5-9B.bf16", "qwen35", "qwen3_5_text", 427, 0, 0),
    (MAPS + "Qwen3.5-27B.bf16", "qwen/Qwen__Qwen3.5-27B", "qwen3_5", 851, V, 0),
    (MAPS + "Qwen3.6-27B.bf16", "qwen/Qwen__Qwen3.5-27B", "qwen3_5", 851, V, 0),
    (MAPS + "Qwen3.6-27B.iq4_xs", "qwen35", "qwen3_5_text", 851, 0, 0),
    (MAPS + "Qwen3.6-27B.q4_K", "qwen35", "qwen3_5_text", 851, 0, 0),
    (MAPS + "Qwen3.5-35B-A3B.bf16", "qwen/Qwen__Qwen3.5-35B-A3B", "qwen3_5_moe", 733, V, 0),
    (MAPS + "Qwen3.5-35B-A3B.iq4_xs", "qwen35moe", "qwen3_5_moe_text", 733, 0, 0),
    (MAPS + "Qwen3.5-35B-A3B.q4_K", "qwen35moe", "qwen3_5_moe_text", 733, 0, 0),
    (MAPS + "Qwen3.5-397B-A17B.bf16", "qwen/Qwen__Qwen3.5-397B-A17B", "qwen3_5_moe", 1098, V, 0),
    # a list of tensors only: what the metadata would say (no embedding a layer, keys as values) are the class's defaults here
    (MAPS + "gemma-4-31B-it.bf16", "gemma4", "gemma4_text", 822, 193, 0),
    (MAPS + "gemma-4-31B-it.q4_K", "gemma4", "gemma4_text", 822, 193, 0),
    (LOGS + "245_Bug_Perplexity_returns_NaN_with_IQ4_KSS_quantisation_1147", "deepseek2", "deepseek_v3", 1025, 0, 122),  # kv_b, and its halves
    (LOGS + "272_Convert_models_to_row_interleaved_quants_using_the_quant_1025", "deepseek2", "deepseek_v3", 1025, 0, 0),
    (LOGS + "299_Additional_guards_for_interleaved_quants_431", "deepseek2", "deepseek_v2", 377, 0, 54),
    (LOGS + "337_Add_support_for_bitnet2b_2501_model_333", "bitnet-25", "bitnet", 333, 0, 0),
]

# left, right, the verdict that PAIRS.tsv's row asks for, what is only in the left
PAIRS = [
    (MAPS + "Qwen3.5-27B.bf16", MAPS + "Qwen3.6-27B.bf16", "ISOMORPHIC", []),
    (MAPS + "Qwen3.5-0.8B.bf16", MAPS + "Qwen3.5-0.8B.q4_K", "ISOMORPHIC", []),
    (SHOW + "deepseek-r1_1.5b", SHOW + "deepcoder_1.5b", "ISOMORPHIC", []),
    (SHOW + "llama3.2_1b", SHOW + "llama3.2_3b", "ISOMORPHIC", []),  # up to its sizes
    (SHOW + "cogito_3b", SHOW + "llama3.2_3b", "ISOMORPHIC", ["output.weight"]),
]

# A configuration against the listing of the same architecture: MTP layers and towers may be missing, the design is the same.
ORIGINALS = [
    ("kimi/moonshotai__Kimi-K2-Instruct", MAPS + "Kimi-K2-Thinking.bf16"),
    ("deepseek/deepseek-ai__DeepSeek-V3", MAPS + "DeepSeek-V3.1-Terminus.bf16"),
    ("qwen/Qwen__Qwen3.5-27B", MAPS + "Qwen3.5-27B.bf16"),
    ("glm/zai-org__GLM-5.1", MAPS + "GLM-5.1.bf16"),
]

# A listing, what its metadata are worked out for where the listing has none, its original: built alike by the structural hash, and as
# many parameters as are listed. Of a model with towers the language model is compared.
ALIKE = [
    (MAPS + "DeepSeek-V3.1-Terminus.q4_K", "deepseek2", "deepseek/deepseek-ai__DeepSeek-V3"),
    (MAPS + "Kimi-K2-Thinking.q4_0", "deepseek2", "kimi/moonshotai__Kimi-K2-Instruct"),
    (MAPS + "Qwen3-VL-235B-A22B-Instruct.bf16", "qwen3vlmoe", "qwen/Qwen__Qwen3-VL-235B-A22B-Instruct"),
    (MAPS + "Qwen3.5-27B.bf16", "qwen35", "qwen/Qwen__Qwen3.5-27B"),
    (MAPS + "Qwen3.5-2B.bf16", "qwen35", "qwen/Qwen3.5-2B-text-Jev"),
    (MAPS + "Qwen3.5-35B-A3B.bf16", "qwen35moe", "qwen/Qwen__Qwen3.5-35B-A3B"),
    (MAPS + "Qwen3-4B-Instruct-2507.bf16", "qwen3", "qwen/Qwen__Qwen3-8B"),
    (SHOW + "deepseek-r1_8b", None, "qwen/Qwen__Qwen3-8B"),
    (SHOW + "llama3.2_3b", None, "llama/meta-llama__Meta-Llama-3.1-8B"),
    (SHOW + "mistral_7b", None, "mistral/mistral_7b_instruct__ome"),
]

failures = []


def expect(what, found, expected):
    if found != expected:
        failures.append(f"{what}: {found}, expected {expected}")


def report(*models):
    done = subprocess.run([BUILD / "bin/modelsig", *map(str, models), "--no-layer-sig", "-q"], capture_output=True, text=True)
    try:
        return json.loads(done.stdout)
    except ValueError:
        sys.exit(f"{models}: {done.stderr}")


def files():
    for path in sorted((ZOO / "gguf").glob("*.gguf")):
        model = next(iter(report(f"{path.parent}#{path.name}")["models"].values()))
        expect(path.name, (model["complete"], [p["text"] for p in model["problems"] if p["level"] == "error"]), (True, []))
    model = next(iter(report(ZOO / "gguf" / "llama-2-tiny-random.gguf")["models"].values()))
    expect("llama-2-tiny-random", (model["family"]["family"], model["family"]["exact"], model["family"]["matched"]), ("llama", True, 12))


def rows(folder):
    writer = gguf_writer.Writer(gguf_writer.ggml_types(SOURCE))
    total = unmapped = 0
    for name, config, family, matched, absent, unexpected in ROWS:
        place = folder / name
        place.mkdir(parents=True)
        hf = config and "/" in config
        data, tensors, _ = listings.as_gguf(writer, ZOO / "gguf" / (name + ".json"), None if hf else config)
        (place / "model.gguf").write_bytes(data)
        if hf:
            shutil.copy(ZOO / config / "config.json", place)
        model = next(iter(report(place)["models"].values()))
        found = model["family"] or {"family": None, "matched": 0, "absent_count": 0, "unexpected_count": 0, "wrong_shape_count": 0, "unexpected": []}
        expect(name, tuple(found.get(k) for k in ("family", "matched", "absent_count", "unexpected_count", "wrong_shape_count")), (family, matched, absent, unexpected, WRONG.get(name, 0)))
        total += len(tensors)
        strangers = [(g["pattern"], g["count"]) for g in found["unexpected"] if "role" not in g] if family else [("no family", len(tensors))]
        unmapped += sum(count for _, count in strangers)
        for pattern, count in strangers:
            print(f"unmapped in {name}: {pattern} x{count}")
    print(f"{len(ROWS)} listings, {total} tensors, {unmapped} of them in no line of a family")
    expect("unmapped", unmapped, UNMAPPED)


# altup_proj and altup_unembd_proj of Gemma 3n
UNMAPPED = 2
# the keys of Gemma 4's ten global layers, of whose heads a bare list says nothing
WRONG = {MAPS + "gemma-4-31B-it.bf16": 10, MAPS + "gemma-4-31B-it.q4_K": 10}


def pairs(folder):
    for left, right, verdict, only in PAIRS:
        pair = next(iter(report(folder / left, folder / right)["coverage_matrix"].values()))
        expect(f"{left} | {right}", (pair["isomorphism"], pair["only_in_a"], pair["only_in_b"]), (verdict, only, []))
    for config, listing in ORIGINALS:
        pair = next(iter(report(ZOO / config, folder / listing)["coverage_matrix"].values()))
        expect(f"{config} | {listing}", pair["isomorphism"], "ISOMORPHIC")


def alike(folder):
    writer = gguf_writer.Writer(gguf_writer.ggml_types(SOURCE))
    for name, architecture, original in ALIKE:
        place = folder / "alike" / name
        place.mkdir(parents=True)
        data, tensors, _ = listings.as_gguf(writer, ZOO / "gguf" / (name + ".json"), architecture)
        (place / "model.gguf").write_bytes(data)
        ours = next(iter(report(place)["models"].values()))
        theirs = next(iter(report(ZOO / original, "--fast")["models"].values()))
        hashes = [m.get("structural_hash_by_component", {}).get("model") or m["structural_hash"] for m in (ours, theirs)]
        for level in ("structure", "family"):
            expect(f"{name} | {original}, {level}", hashes[0][level], hashes[1][level])
        listed = sum(math.prod(shape) for tensor, shape, _ in tensors if not tensor.startswith("rope_freqs"))
        expect(f"{name}, parameters", ours["estimates"]["parameters"]["total"], listed)


if not ZOO.is_dir():
    print("no zoo (MODELSIG_SHARED): skipped")
    sys.exit(77)
with tempfile.TemporaryDirectory() as temporary:
    files()
    rows(pathlib.Path(temporary))
    pairs(pathlib.Path(temporary))
    alike(pathlib.Path(temporary))
print("\n".join(failures) or "all as expected")
sys.exit(bool(failures))
