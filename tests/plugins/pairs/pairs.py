"""Every row of PAIRS.tsv says what a fingerprint tool must say of two entries of the collection; this looks whether it does.
  pairs.py SOURCE BUILD      MODELSIG_SHARED holds the collection; without it the test is skipped (exit 77)
Listings of GGUF tensors become GGUF headers, dumps of PyTorch tensors safetensors headers: the plugins that users have read them."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

SOURCE, BUILD = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
sys.path[:0] = [str(SOURCE / "tests/plugins/gguf"), str(SOURCE / "tests/docs")]
import gguf_writer  # noqa: E402
import listings  # noqa: E402
import repositories  # noqa: E402

ZOO = pathlib.Path(os.environ.get("MODELSIG_SHARED", SOURCE.parent / "shared")) / "zoo"
# metadata that a listing lacks: a configuration of the collection beside it, or an architecture whose sizes are worked out from shapes
BESIDE = {"Qwen3.5-27B": "qwen35", "Qwen3.6-27B": "qwen35", "Qwen3.5-0.8B": "qwen35", "GLM-5.1": "glm/zai-org__GLM-5.1", "GLM-5.2": "glm/zai-org__GLM-5.1",
          "Kimi-K2-Thinking": "kimi/moonshotai__Kimi-K2-Instruct", "DeepSeek-V3.1-Terminus": "deepseek2"}
DTYPES = {"float32": "F32", "float16": "F16", "int64": "I64"}


class Entry:
    """A side of a row as a folder that the command reads."""

    def __init__(self, name, folder):
        self.path, self.folder = ZOO / name, folder / name.replace("/", "_")
        self.words = []
        if name.startswith("gguf/"):
            self.gguf()
        elif self.path.name in ("tensors.json",) or "traced-params" in name:
            self.dump()
        elif name.endswith("discollama.json"):
            self.gguf_adapter()
        elif self.path.suffix == ".safetensors":
            self.words = [str(self.path.parent)]
        elif (self.path / "hf_quant_config.json").exists() and not (self.path / "config.json").exists():
            self.folder.mkdir()
            shutil.copy(self.path / "hf_quant_config.json", self.folder)
            shutil.copy(ZOO / "llama/meta-llama__Meta-Llama-3.1-8B/config.json", self.folder)  # the row's left
            self.words = [str(self.folder), "--fast"]
        else:
            self.words = [str(self.path.parent if self.path.name == "config.json" else self.path), "--fast"]

    def gguf(self):
        config = BESIDE.get(self.path.name.split(".bf16")[0].split(".q4_K")[0])
        self.folder.mkdir(parents=True, exist_ok=True)
        beside = config and "/" in config
        writer = gguf_writer.Writer(gguf_writer.ggml_types(SOURCE))
        (self.folder / "model.gguf").write_bytes(listings.as_gguf(writer, self.path, None if beside else config)[0])
        if beside:
            shutil.copy(ZOO / config / "config.json", self.folder)
        self.words = [str(self.folder)]

    def dump(self):
        found = json.loads(self.path.read_text())
        shapes = {}
        for name, t in found.get("tensors", found).items():
            dtype, shape = (t["dtype"], t["shape"]) if isinstance(t, dict) else t
            shapes[name] = [DTYPES[dtype.removeprefix("torch.")], *shape]
        repositories.tensors(self.folder / "model.safetensors", shapes)
        config = ZOO / "vision/clip-vit-large-patch14/config.json"
        shutil.copy(config, self.folder)
        self.words = [str(self.folder)]

    def gguf_adapter(self):
        left = model(Entry("safetensors/discollama-mlx-lora/adapters.safetensors", self.folder))
        by_role = {t["role"]: t for t in left["adapter"]["targets"]}
        tensors = []
        for name in json.loads(self.path.read_text()):
            if not name.startswith("blk."):
                continue
            t = by_role[name.split(".")[2].replace("_", ".")]
            rank = t["ranks"][0]
            tensors.append((name, [t["shape"][1], rank] if name.endswith("lora_a") else [rank, t["shape"][0]], "f32"))
        self.folder.mkdir(parents=True, exist_ok=True)
        metadata = [("general.architecture", "text", "llama"), ("general.type", "text", "adapter"), ("adapter.type", "text", "lora"), ("adapter.lora.alpha", "f32", 16.0)]
        (self.folder / "model.gguf").write_bytes(gguf_writer.Writer(gguf_writer.ggml_types(SOURCE)).header(metadata, tensors))
        self.words = [str(self.folder)]


def run(*words):
    done = subprocess.run([BUILD / "bin/modelsig", *words, "--no-layer-sig", "-q", "--compare"], capture_output=True, text=True)
    try:
        return json.loads(done.stdout)
    except ValueError:
        sys.exit(f"{words}: {done.stderr}")


def model(entry):
    return next(iter(run(*entry.words)["models"].values()))


class Row:
    def __init__(self, left, right, folder):
        self.entries = [Entry(name, folder) for name in (left, right)]
        fast = all("--fast" in e.words for e in self.entries)
        report = run(*[e.words[0] for e in self.entries], *(["--fast"] if fast else []))
        self.a, self.b = report["models"].values()
        self.pair = next(iter(report["coverage_matrix"].values()))
        self.wrong = []

    def expect(self, what, found, expected):
        if found != expected:
            self.wrong.append(f"{what} is {found}, not {expected}")

    def isomorphic(self, scheme=False):
        self.expect("isomorphism", self.pair["isomorphism"], "ISOMORPHIC")
        if scheme:
            self.gap("quant-scheme")

    def gap(self, name, component="model"):
        self.expect(f"gap {name}", any(g["id"] == name and g["component"] == component for g in self.pair["coverage_gaps"]), True)

    def equal(self):
        self.isomorphic()
        self.expect("verdicts", {s["verdict"] for s in self.pair["stand_in"].values()}, {"FULL_SUBSTITUTE"})
        self.expect("structural hash", self.b["structural_hash"]["exact"], self.a["structural_hash"]["exact"])

    def fact(self, side, name):
        return next(p for p in side["architecture"] if p["component"] == "model")["facts"].get(name, {}).get("value")

    def layers(self, side):
        """In the stack with draft layers, and of these the draft ones."""
        stack = next(p for p in side["architecture"] if p["component"] == "model")["stacks"][0]
        return stack["layers"], sum(c["layers"] for c in stack["classes"] if c["name"].endswith("-draft"))


def text_equal_tower_absent(r):
    r.expect("layers", (r.layers(r.a)[0] - r.layers(r.a)[1], r.layers(r.b)[0] - r.layers(r.b)[1]), (64, 64))
    r.expect("gaps of the text model", [g["id"] for g in r.pair["coverage_gaps"] if g["component"] == "model" and g["severity"] == "always"], [])
    r.gap("vision-tower", "vision")


def glm_and_its_blocks(r):
    r.isomorphic()
    r.expect("layers and draft layers", (r.layers(r.a), r.fact(r.b, "layers")), ((79, 1), 78))


def different(r):
    r.expect("isomorphic", r.pair["isomorphism"] == "ISOMORPHIC", False)
    stacks = [dict((c["name"], c["layers"]) for c in p["architecture"][0]["stacks"][0]["classes"]) for p in (r.a, r.b)]
    r.expect("layers with experts, by class", sorted(n for name, n in stacks[1].items() if name.startswith("moe") and "draft" not in name), [18, 57])


def kimi(r):
    r.isomorphic()
    r.expect("layers", (r.layers(r.a), r.layers(r.b)), ((61, 0), (61, 0)))
    r.expect("dense", [c["layers"] for c in r.a["architecture"][0]["stacks"][0]["classes"] if c["name"].startswith("dense")], [1])


def same_family_other_sizes(r):
    r.expect("families", (r.a["architecture"][0]["family"], r.b["architecture"][0]["family"]), ("deepseek_v3", "deepseek_v3"))
    r.expect("different", r.pair["isomorphism"] == "DIFFERENT_ARCH", False)
    r.expect("same sizes", r.a["structural_hash"]["exact"] == r.b["structural_hash"]["exact"], False)


def draft_dropped(r):
    r.isomorphic()
    r.expect("layers", (r.layers(r.a), r.fact(r.b, "layers")), ((61, 0), 61))


def other_dtypes(r):
    r.isomorphic()
    r.expect("matched after unpacking", len(r.pair["role_matches"]["after"]["unpack"]) > 5, True)


def same_family_two_sizes(r):
    r.isomorphic()
    r.expect("same sizes", r.a["structural_hash"]["exact"] == r.b["structural_hash"]["exact"], False)
    r.expect("same design", r.a["structural_hash"]["family"], r.b["structural_hash"]["family"])


def quantised(r):
    r.isomorphic(scheme=True)
    r.expect("logical parameters", r.pair["logical_parameters"]["b"], r.pair["logical_parameters"]["a"])


def two_schemes(r):
    r.isomorphic()
    r.expect("logical parameters", r.pair["logical_parameters"]["b"], r.pair["logical_parameters"]["a"])
    r.expect("dtypes", set(r.a["estimates"]["stored"]["by_dtype"]) == set(r.b["estimates"]["stored"]["by_dtype"]), False)


def quantised_as_its_index(r):
    quantised(r)
    index = json.loads((r.entries[1].path / "model.safetensors.index.json").read_text())
    names = {}
    for name in index["weight_map"]:
        name = re.sub(r"\.\d+\.", ".N.", name)
        names[name] = names.get(name, 0) + 1
    r.expect("names", {name: entry["count"] for name, entry in r.b["static_weight_signature"].items()}, names)
    stored = r.b["estimates"]["stored"]
    r.expect("packed and plain elements", sum(stored["by_dtype"][d]["elements"] for d in ("U8", "BF16")), index["metadata"]["total_parameters"])
    r.expect("bytes", stored["bytes"], index["metadata"]["total_size"])


def index_names(r):
    index = json.loads((r.entries[1].path / "model.safetensors.index.json").read_text())["weight_map"]
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder) / "made"
        subprocess.run([BUILD / "bin/modelsig", "make-checkpoint", r.entries[0].path / "config.json", out], check=True, capture_output=True)
        names = set()
        for file in out.glob("*.safetensors"):
            with open(file, "rb") as header:  # the rest is a hole as large as the model
                names |= set(json.loads(header.read(int.from_bytes(header.read(8), "little")))) - {"__metadata__"}
    r.expect("names", names ^ set(index), set())
    r.expect("blocks and scales", any(n.endswith("_blocks") for n in names) and any(n.endswith("_scales") for n in names), True)


def pruned(r):
    r.expect("experts", (r.fact(r.a, "experts"), r.fact(r.b, "experts")), (256, 180))
    r.expect("gaps of the text model", [g["id"] for g in r.pair["coverage_gaps"] if g["component"] == "model" and g["severity"] == "always"], [])


def adapter(r):
    for side in (r.a, r.b):
        r.expect("adapter", [(t["role"], t["shape"], t["ranks"]) for t in side["adapter"]["targets"]],
                 [(t["role"], t["shape"], t["ranks"]) for t in r.a["adapter"]["targets"]])
        r.expect("architecture", side["architecture"], [])
    r.expect("targets", len(r.a["adapter"]["targets"]), 2)
    r.expect("said", "adapters, not models" in r.pair["verdict_reasons"][0], True)


def equal_up_to_buffers(r):
    r.isomorphic()
    buffers = [n for n in r.pair["only_in_a"] + r.pair["only_in_b"] if "position_ids" not in n and n != "logit_scale"]
    r.expect("only in one", buffers, [])


def untied(r):
    r.isomorphic()
    r.gap("tied-embeddings")


def vocabulary(r):
    r.isomorphic()
    r.expect("vocabularies", (r.fact(r.a, "vocab"), r.fact(r.b, "vocab")), (128258, 128256))


# in the order of PAIRS.tsv; a row that is new there fails until somebody says here what it demands
CHECKS = [text_equal_tower_absent, Row.equal, glm_and_its_blocks, different, kimi, same_family_other_sizes, draft_dropped, other_dtypes, Row.equal,
          same_family_two_sizes, quantised_as_its_index, index_names, pruned, quantised, quantised, two_schemes, adapter, equal_up_to_buffers, untied, vocabulary]


def main():
    if not ZOO.is_dir():
        print("no collection (MODELSIG_SHARED): skipped")
        return 77
    rows = [line.split("\t") for line in (ZOO / "PAIRS.tsv").read_text().splitlines()[1:]]
    failures = [] if len(rows) == len(CHECKS) else [f"PAIRS.tsv has {len(rows)} rows, {len(CHECKS)} are known here"]
    for number, ((left, right, _, wanted), check) in enumerate(zip(rows, CHECKS), 1):
        with tempfile.TemporaryDirectory() as folder:
            row = Row(left, right, pathlib.Path(folder))
            check(row)
        failures += [f"row {number}, {left} | {right} ({wanted}): {what}" for what in row.wrong]
    print("\n".join(failures) or f"{len(rows)} rows as demanded")
    return bool(failures)


sys.exit(main())
