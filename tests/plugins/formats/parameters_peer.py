"""Logical parameters of checkpoints in many quantisation schemes, as parseSafetensorsMetadata of @huggingface/hub counts them.
  parameters_peer.py SOURCE BUILD    MODELSIG_NPM: a folder where `npm install @huggingface/hub` was run; without it, or node: skipped (77)"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

SOURCE, BUILD = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
PACKAGES = os.environ.get("MODELSIG_NPM")
SHARED = pathlib.Path(os.environ.get("MODELSIG_SHARED", SOURCE.parent / "shared"))

LLAMA = {"model_type": "llama", "architectures": ["LlamaForCausalLM"], "hidden_size": 256, "num_hidden_layers": 3, "num_attention_heads": 4, "num_key_value_heads": 2,
         "intermediate_size": 512, "vocab_size": 512, "torch_dtype": "bfloat16", "max_position_embeddings": 2048, "tie_word_embeddings": False}
MOE = LLAMA | {"model_type": "qwen3_moe", "architectures": ["Qwen3MoeForCausalLM"], "num_experts": 4, "num_experts_per_tok": 2, "moe_intermediate_size": 128, "head_dim": 64,
               "decoder_sparse_step": 1, "mlp_only_layers": [], "norm_topk_prob": True}


def compressed(form, bits, kind, **more):
    group = {"targets": ["Linear"], "weights": {"num_bits": bits, "type": kind, "symmetric": True, **more}}
    if kind == "float":
        group["input_activations"] = {"num_bits": bits, "type": "float", "dynamic": True}
    return {"quant_method": "compressed-tensors", "format": form, "config_groups": {"group_0": group}, "ignore": ["lm_head"]}


def modelopt(algo, bits):
    return {"quant_method": "modelopt", "quant_algo": algo, "ignore": ["lm_head"],
            "config_groups": {"group_0": {"targets": ["Linear"], "weights": {"num_bits": bits, "type": "float", "group_size": 16}}}}


SCHEMES = {
    "plain": None,
    "fp8": {"quant_method": "fp8", "weight_block_size": [128, 128], "fmt": "e4m3", "activation_scheme": "dynamic"},
    "gptq": {"quant_method": "gptq", "bits": 4, "group_size": 128, "desc_act": False, "sym": True},
    "gptq-8": {"quant_method": "gptq", "bits": 8, "group_size": -1, "desc_act": False, "sym": True},
    "awq": {"quant_method": "awq", "bits": 4, "group_size": 128, "zero_point": True, "version": "gemm"},
    "nf4": {"quant_method": "bitsandbytes", "load_in_4bit": True, "bnb_4bit_quant_type": "nf4", "bnb_4bit_use_double_quant": True},
    "int8": {"quant_method": "bitsandbytes", "load_in_8bit": True},
    "compressed-fp8": compressed("float-quantized", 8, "float", strategy="channel"),
    "compressed-int4": compressed("pack-quantized", 4, "int", strategy="group", group_size=128),
    "compressed-int8": compressed("int-quantized", 8, "int", strategy="channel"),
    "compressed-nvfp4": compressed("nvfp4-pack-quantized", 4, "float", strategy="tensor_group", group_size=16),
    "modelopt-fp8": modelopt("FP8", 8),
    "modelopt-nvfp4": modelopt("NVFP4", 4),
    "fbgemm": {"quant_method": "fbgemm_fp8", "modules_to_not_convert": ["lm_head"]},
}
# what the peer counts otherwise: bitsandbytes' SCB, a scale for every row, is a parameter to it; of two NVFP4 weights in a byte of
# ModelOpt's it sees one
OTHERWISE = {"int8": lambda tensors: sum(t["param_count"] for name, t in tensors.items() if name.endswith(".SCB")),
             "modelopt-nvfp4": lambda tensors: -sum(t["param_count"] for t in tensors.values() if t["dtype"] == "UINT8")}


def write(folder, config):
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps(config))
    made = folder.with_suffix(".made")
    subprocess.run([BUILD / "bin/modelsig", "make-checkpoint", folder / "config.json", made], check=True, capture_output=True)
    shutil.copy(folder / "config.json", made)
    return made


def checkpoints(folder):
    for base, config in (("llama", LLAMA), ("moe", MOE)):
        for name, scheme in SCHEMES.items():
            yield name, write(folder / f"{base}-{name}", config | ({"quantization_config": scheme} if scheme else {}))
    yield "mlx", write(folder / "llama-mlx", LLAMA | {"quantization": {"group_size": 64, "bits": 4}, "quantization_config": {"group_size": 64, "bits": 4}})
    for path in sorted((SHARED / "oracle/models/pair").glob("*-original")):
        if (path / "model.safetensors").exists():
            yield "plain", path


if not PACKAGES or not shutil.which("node") or not (pathlib.Path(PACKAGES) / "node_modules/@huggingface/hub").is_dir():
    print("no node, or MODELSIG_NPM names no folder with @huggingface/hub: skipped")
    sys.exit(77)
bad = 0
with tempfile.TemporaryDirectory() as temporary:
    found = list(checkpoints(pathlib.Path(temporary)))
    peer = subprocess.run(["node", SOURCE / "tests/plugins/formats/parameters_peer.mjs", *(p for _, p in found)], cwd=PACKAGES, capture_output=True, text=True)
    theirs = [json.loads(line) for line in peer.stdout.splitlines()]
    if len(theirs) != len(found):
        sys.exit(f"the peer answered {len(theirs)} of {len(found)}: {peer.stderr}")
    for (scheme, path), their in zip(found, theirs):
        done = subprocess.run([BUILD / "bin/modelsig", path, "--no-layer-sig", "-q"], capture_output=True, text=True)
        model = next(iter(json.loads(done.stdout)["models"].values()))
        ours = model["estimates"]["parameters"]["total"]
        known = OTHERWISE.get(scheme, lambda _: 0)(model["static_weight_signature"])
        if their.get("error") or ours + known != their["total"]:
            print(f"{path.name}: {ours} here, {their} there")
            bad += 1
print(f"{len(found)} checkpoints, {bad} differ")
sys.exit(bad > 0)
