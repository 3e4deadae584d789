"""A folder with the bundled sample checkpoints, and modelsig run in it."""
import os
import json
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "plugins/gguf"))
import gguf_writer


def write_samples(source, build, folder):
    for listing in sorted((source / "tools/samples").glob("*.listing")):
        subprocess.run([build / "bin/modelsig-make-sample", listing, folder / listing.stem], check=True, stdout=subprocess.DEVNULL)
    write_gguf(source, "Qwen3-0.6B", folder / "Qwen3-0.6B-GGUF" / "Qwen3-0.6B-BF16.gguf")


# a converter's names for what a Qwen3 checkpoint stores, and its words for what the configuration says
NAMES = {"model.embed_tokens": "token_embd", "model.norm": "output_norm", "model.layers.{layer}.input_layernorm": "blk.{layer}.attn_norm",
         "model.layers.{layer}.post_attention_layernorm": "blk.{layer}.ffn_norm", **{f"model.layers.{{layer}}.mlp.{n}_proj": f"blk.{{layer}}.ffn_{n}" for n in ("gate", "up", "down")},
         **{f"model.layers.{{layer}}.self_attn.{a}_{b}": f"blk.{{layer}}.attn_{c}" for a, b, c in
            (("q", "proj", "q"), ("k", "proj", "k"), ("v", "proj", "v"), ("o", "proj", "output"), ("q", "norm", "q_norm"), ("k", "norm", "k_norm"))}}
KEYS = {"num_hidden_layers": "block_count", "hidden_size": "embedding_length", "intermediate_size": "feed_forward_length", "num_attention_heads": "attention.head_count",
        "num_key_value_heads": "attention.head_count_kv", "head_dim": "attention.key_length", "max_position_embeddings": "context_length"}


def write_gguf(source, name, path):
    """The sample of that name as its GGUF conversion: no config.json beside it."""
    config = json.loads((source / f"tools/samples/{name}.config.json").read_text())
    metadata = [("general.architecture", "text", "qwen3"), *((f"qwen3.{key}", "u32", config[field]) for field, key in KEYS.items()),
                ("qwen3.attention.layer_norm_rms_epsilon", "f32", config["rms_norm_eps"]), ("qwen3.rope.freq_base", "f32", config["rope_theta"]),
                ("tokenizer.ggml.tokens", ("array", "text"), [f"token{i}" for i in range(config["vocab_size"])])]
    tensors = []
    for line in (source / f"tools/samples/{name}.listing").read_text().splitlines():
        words = line.split()
        if len(words) != 3 or words[0] not in ("BF16", "F32"):
            continue
        stem = words[1].removesuffix(".weight")
        axes = [int(a) for a in words[2].split(",")][::-1]
        if stem in NAMES:
            for layer in range(config["num_hidden_layers"] if "{layer}" in stem else 1):
                tensors.append((NAMES[stem].replace("{layer}", str(layer)) + ".weight", axes, "bf16" if len(axes) > 1 else "f32"))
    path.parent.mkdir(parents=True)
    gguf_writer.Writer(gguf_writer.ggml_types(source)).file(path, metadata, tensors)


def modelsig(build, folder, words):
    home = pathlib.Path(folder) / "home"
    env = dict(os.environ, SOURCE_DATE_EPOCH="1767225600", NO_COLOR="1", HOME=str(home), XDG_CONFIG_HOME=str(home / "c"),
               XDG_DATA_HOME=str(home / "d"), XDG_CACHE_HOME=str(home / "x"))
    env.pop("MODELSIG_PLUGIN_PATH", None)
    done = subprocess.run([build / "bin/modelsig", *words], cwd=folder, env=env, capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr
