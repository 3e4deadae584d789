"""A folder with the bundled sample checkpoints, a small ONNX export and the configs of published models, and modelsig run in it."""
import json
import os
import pathlib
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "plugins/gguf"))
import gguf_writer
import repositories


def write_samples(source, build, folder):
    for name, config in json.loads((source / "tests/plugins/comparators/structure/models.json").read_text()).items():
        (folder / name).mkdir()
        (folder / name / "config.json").write_text(json.dumps(config))
    for listing in sorted((source / "tools/samples").glob("*.listing")):
        subprocess.run([build / "bin/modelsig-make-sample", listing, folder / listing.stem], check=True, stdout=subprocess.DEVNULL)
    write_gguf(source, "Qwen3-0.6B", folder / "Qwen3-0.6B-GGUF" / "Qwen3-0.6B-BF16.gguf")
    write_export(folder / "tiny-llama-onnx")
    repositories.lora(folder / "tiny-lora", layers=16)
    repositories.llama(folder / "tiny-llama-torch")
    whole = folder / "tiny-llama-torch/model.safetensors"
    repositories.torch_checkpoint(whole.with_name("pytorch_model.bin"), repositories.shapes_of(whole))
    whole.unlink()


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


def proto(*fields):
    """A protobuf message: pairs of a field number and an int, a str, or the bytes of a message."""
    def varint(n):
        out = b""
        while n > 127:
            out, n = out + bytes([n & 127 | 128]), n >> 7
        return out + bytes([n])
    out = b""
    for number, value in fields:
        value = value.encode() if isinstance(value, str) else value
        out += varint(number << 3) + varint(value) if isinstance(value, int) else varint(number << 3 | 2) + varint(len(value)) + value
    return out


def write_export(folder, layers=2, hidden=64, ffn=128, vocab=256):
    """A Llama as exporters write it: matrices turned and called onnx::MatMul_1, onnx::MatMul_2 ..., q, k and v in one."""
    nodes, weights = [], []

    def weight(name, *shape):
        size = 4
        for axis in shape:
            size *= axis
        weights.append(proto(*[(1, axis) for axis in shape], (2, 1), (8, name), (9, bytes(size))))
        return name

    def node(op, scope, *inputs, domain=""):
        nodes.append(proto(*[(1, i) for i in inputs], (2, f"{scope}/{op}_output_0"), (3, f"{scope}/{op}"), (4, op), *([(7, domain)] if domain else [])))
        return f"{scope}/{op}_output_0"

    def linear(x, scope, rows, columns):
        return node("MatMul", scope, x, weight(f"onnx::MatMul_{len(weights)}", columns, rows))

    def norm(x, scope):
        return node("SimplifiedLayerNormalization", scope, x, weight(scope[1:].replace("/", ".") + ".weight", hidden))

    x = node("Gather", "/model/embed_tokens", weight("model.embed_tokens.weight", vocab, hidden), "input_ids")
    for i in range(layers):
        at = f"/model/layers.{i}"
        qkv = linear(norm(x, at + "/input_layernorm"), at + "/self_attn/qkv_proj", 2 * hidden, hidden)
        x = node("Add", at, x, linear(node("GroupQueryAttention", at + "/self_attn", qkv, "", "", domain="com.microsoft"), at + "/self_attn/o_proj", hidden, hidden))
        y = norm(x, at + "/post_attention_layernorm")
        gate, up = linear(y, at + "/mlp/gate_proj", ffn, hidden), linear(y, at + "/mlp/up_proj", ffn, hidden)
        gated = node("Mul", at + "/mlp", node("Mul", at + "/mlp/act", gate, node("Sigmoid", at + "/mlp/act", gate)), up)
        x = node("Add", at + "/mlp", x, linear(gated, at + "/mlp/down_proj", hidden, ffn))
    logits = linear(norm(x, "/model/norm"), "/lm_head", vocab, hidden)
    port = lambda name, kind: proto((1, name), (2, proto((1, proto((1, kind), (2, proto((1, proto((2, "batch"))), (1, proto((2, "sequence"))))))))))
    graph = proto(*[(1, n) for n in nodes], *[(5, w) for w in weights], (11, port("input_ids", 7)), (12, port(logits, 1)))
    (folder / "onnx").mkdir(parents=True)
    (folder / "onnx/model.onnx").write_bytes(proto((1, 8), (8, proto((1, ""), (2, 17))), (7, graph)))
    (folder / "config.json").write_text(json.dumps({
        "model_type": "llama", "architectures": ["LlamaForCausalLM"], "hidden_size": hidden, "num_hidden_layers": layers, "num_attention_heads": 4,
        "num_key_value_heads": 2, "intermediate_size": ffn, "vocab_size": vocab, "torch_dtype": "float32"}))


class Hub:
    """What the folder holds, as a hub's repositories example/NAME; its endpoint is None where the fixture hub was not built."""
    def __init__(self, build, folder, names):
        self.endpoint, self.process = None, None
        program = build / "bin/fixture-hub"
        if not program.exists():
            return
        for name in names:
            shutil.copytree(folder / name, folder / "served/example" / name)
        self.process = subprocess.Popen([program, "--root", folder / "served", "--log", folder / "requests.jsonl", "--with-parent"], stdout=subprocess.PIPE, text=True)
        self.endpoint = json.loads(self.process.stdout.readline())["endpoint"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process.stdout.close()


def modelsig(build, folder, words, endpoint=None):
    home = pathlib.Path(folder) / "home"
    env = dict(os.environ, SOURCE_DATE_EPOCH="1767225600", NO_COLOR="1", HOME=str(home), XDG_CONFIG_HOME=str(home / "c"),
               XDG_DATA_HOME=str(home / "d"), XDG_CACHE_HOME=str(home / "x"))
    env.pop("MODELSIG_PLUGIN_PATH", None)
    if endpoint:
        env |= {"HF_ENDPOINT": endpoint, "HF_HOME": str(home / "hf")}
    done = subprocess.run([build / "bin/modelsig", *words], cwd=folder, env=env, capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr
