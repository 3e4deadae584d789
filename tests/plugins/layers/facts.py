#!/usr/bin/env python3
"""The facts of models as one line a part: small configurations in cases.txt, real ones in zoo.txt where the zoo is at hand.

    facts.py MODELSIG cases|zoo [--write]     --write renews the expected lines; read what changed before you keep it
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(__file__).resolve().parents[3]
DATA = SOURCE / "tests/data/facts"
ZOO = pathlib.Path(os.environ.get("MODELSIG_SHARED", SOURCE.parent / "shared")) / "zoo"
SHOWN = """attention_kind attention ffn_kind norm_kind norm_placement parallel_residual position_encoding hidden layers heads kv_heads head_dim
qk_head_dim qk_rope_head_dim v_head_dim kv_lora_rank q_lora_rank window qk_norm qk_norm_span attention_bias attention_gate sinks
attention_scale attention_softcap rope_theta rope_scaling rope_scaling_factor partial_rotary mrope kv_shared_layers index_top_k
ssm_state ssm_groups ssm_heads ssm_head_dim ssm_inner ssm_conv linear_key_heads linear_value_heads linear_key_dim linear_value_dim
ffn activation ffn_bias experts experts_per_token expert_ffn first_dense_layers shared_expert_count shared_expert_ffn router_groups
router_top_groups router_scoring router_bias router_norm router_scale norm_eps logit_softcap logit_scale embedding_scale
residual_scale vocab context tied head ssm_activation mtp_layers mtp_stored quant_scheme quant_format quant_bits quant_group
quant_act_order quant_activations quant_kv_cache patch image mel_bins attention_output_bias value_head_dim expert_latent cross_attention
activation_limit attention_clip source_context embedding_norm residual_after_norm ssm_chunk ssm_bias ssm_proj_bias token_types""".split()


def shown(value):
    if isinstance(value, list):
        return "/".join(shown(v) for v in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.7g}" if isinstance(value, float) else str(value).replace(" ", "_")


def lines(modelsig, folder):
    run = subprocess.run([modelsig, "--quiet", str(folder), "--fast", "--output", "json"], capture_output=True, text=True, check=False)
    model = next(iter(json.loads(run.stdout)["models"].values()))
    out = []
    for part in model["architecture"]:
        facts = {k: v["value"] for k, v in part["facts"].items()}
        words = [part["component"], part["family"] or "ASSUMED"]
        words += [f"{k}={shown(facts[k])}" for k in SHOWN if facts.get(k) not in (None, False) or (k == "tied" and k in facts)]
        words += [f"{s['pattern']}={','.join(c['name'] for c in s['classes'])}" for s in part["stacks"]]
        out.append(" ".join(words))
    return out + [f"finding {f['id']}" for f in model["findings"]]


def described(modelsig, config):
    with tempfile.TemporaryDirectory() as folder:
        (pathlib.Path(folder) / "config.json").write_text(config)
        return lines(modelsig, folder)


def compare(expected, found):
    """Both: subject -> lines."""
    wrong = 0
    for subject, want in expected.items():
        for line in found[subject] if found[subject] != want else []:
            if line not in want:
                wrong += 1
                print(f"{subject}\n  found    {line}")
        for line in want if found[subject] != want else []:
            if line not in found[subject]:
                wrong += 1
                print(f"{subject}\n  expected {line}")
    print(f"{len(expected)} models, {wrong} lines differ")
    return wrong == 0


def blocks(path):
    """subject, then its lines, indented."""
    out = {}
    for line in path.read_text().splitlines():
        if line.startswith("  "):
            out[subject].append(line.strip())
        elif line and not line.startswith("#"):
            subject = line
            out[subject] = []
    return out


def main():
    modelsig, which = sys.argv[1:3]
    path = DATA / ("cases.txt" if which == "cases" else "zoo.txt")
    if which == "zoo" and not ZOO.exists():
        print(f"skipped: no {ZOO}; MODELSIG_SHARED says where the zoo is")
        sys.exit(77)
    expected = blocks(path) if path.exists() else {}
    if which == "zoo" and "--write" in sys.argv:
        expected = {str(f.parent.relative_to(ZOO)): [] for f in sorted(ZOO.rglob("config.json"))}
    found = {s: described(modelsig, s) if which == "cases" else lines(modelsig, ZOO / s) for s in expected}
    if "--write" not in sys.argv:
        sys.exit(0 if compare(expected, found) else 1)
    head = [line for line in path.read_text().splitlines() if line.startswith("#")] if path.exists() else []
    path.write_text("\n".join(head + [line for s, ls in found.items() for line in ["", s] + ["  " + each for each in ls]]) + "\n")


main()
