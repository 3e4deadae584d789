#!/usr/bin/env python3
"""Files beside a language model: towers (mmproj) and adapters are parts of it, and a tower is compared as the model's own."""
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

SOURCE, BUILD = (pathlib.Path(p).resolve() for p in sys.argv[1:3])
sys.path[:0] = [str(SOURCE / "tests/docs"), str(SOURCE / "tests/plugins/gguf")]
import gguf_writer  # noqa: E402
import repositories as write  # noqa: E402
from samples import modelsig  # noqa: E402

GEMMA3 = {"model_type": "gemma3", "architectures": ["Gemma3ForConditionalGeneration"], "torch_dtype": "bfloat16",
          "text_config": {"model_type": "gemma3_text", "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 8,
                          "intermediate_size": 64, "vocab_size": 100, "sliding_window": 16, "max_position_embeddings": 128},
          "vision_config": {"model_type": "siglip_vision_model", "hidden_size": 64, "num_hidden_layers": 3, "num_attention_heads": 4, "intermediate_size": 256,
                            "image_size": 56, "patch_size": 14, "vision_use_head": False}}
TEXT = [("general.architecture", "text", "gemma3"), *((f"gemma3.{key}", "u32", value) for key, value in (
    ("block_count", 2), ("embedding_length", 32), ("feed_forward_length", 64), ("attention.head_count", 4), ("attention.head_count_kv", 2), ("attention.key_length", 8),
    ("attention.value_length", 8), ("context_length", 128), ("attention.sliding_window", 16))), ("gemma3.attention.layer_norm_rms_epsilon", "f32", 1e-6)]
TOWER = [("general.architecture", "text", "clip"), ("clip.has_vision_encoder", "bool", True), ("clip.projector_type", "text", "gemma3"), *((f"clip.vision.{key}", "u32", value) for key, value in (
    ("block_count", 3), ("embedding_length", 64), ("feed_forward_length", 256), ("attention.head_count", 4), ("image_size", 56), ("patch_size", 14), ("projection_dim", 32)))]
# how the converter of llama.cpp calls what a Gemma 3 checkpoint stores
NAMES = {"input_layernorm": "attn_norm", "post_attention_layernorm": "post_attention_norm", "pre_feedforward_layernorm": "ffn_norm", "post_feedforward_layernorm": "post_ffw_norm",
         **{f"self_attn.{hf}": f"attn_{gguf}" for hf, gguf in (("q_proj", "q"), ("k_proj", "k"), ("v_proj", "v"), ("o_proj", "output"), ("q_norm", "q_norm"), ("k_norm", "k_norm"))},
         **{f"mlp.{n}_proj": f"ffn_{n}" for n in ("gate", "up", "down")}}
VISION = {"layer_norm1": "ln1", "layer_norm2": "ln2", "mlp.fc1": "ffn_up", "mlp.fc2": "ffn_down",
          **{f"self_attn.{hf}_proj": f"attn_{gguf}" for hf, gguf in (("q", "q"), ("k", "k"), ("v", "v"), ("out", "out"))}}
ENDS = {"embed_tokens.weight": "token_embd.weight", "model.norm.weight": "output_norm.weight", "patch_embedding.": "v.patch_embd.", "position_embedding.": "v.position_embd.",
        "post_layernorm.": "v.post_ln.", "mm_input_projection_weight": "mm.input_projection.weight", "mm_soft_emb_norm.weight": "mm.soft_emb_norm.weight"}


def converted(name):
    in_layer = re.search(r"layers\.(\d+)\.(.*)\.(weight|bias)$", name)
    if in_layer and "vision" in name:
        return f"v.blk.{in_layer[1]}.{VISION[in_layer[2]]}.{in_layer[3]}"
    if in_layer:
        return f"blk.{in_layer[1]}.{NAMES[in_layer[2]]}.{in_layer[3]}"
    key = next(k for k in ENDS if k in name)
    return ENDS[key] if ENDS[key].endswith("weight") else ENDS[key] + name.rsplit(".", 1)[1]


class Beside(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.at = pathlib.Path(temporary.name)
        write.document(self.at / "config.json", GEMMA3)
        subprocess.run([BUILD / "bin/modelsig", "make-checkpoint", self.at / "config.json", self.at / "original"], check=True, stdout=subprocess.DEVNULL)
        shapes = write.shapes_of(next((self.at / "original").glob("*.safetensors")))
        self.tensors = [(converted(name), [int(a) for a in shape[::-1]], "f16" if len(shape) > 1 else "f32") for name, shape in shapes.items()]

    def write(self, path, tower, metadata=None):
        path = self.at / path
        path.parent.mkdir(exist_ok=True)
        mine = [t for t in self.tensors if t[0].startswith(("v.", "mm.")) == tower]
        gguf_writer.Writer(gguf_writer.ggml_types(SOURCE)).file(path, metadata or (TOWER if tower else TEXT), mine)

    def report(self, *words, status=0):
        code, out, self.err = modelsig(BUILD, self.at, words)
        self.assertEqual(code, status, self.err)
        return json.loads(out)

    def test_a_tower_beside_the_model_is_a_part_with_roles(self):
        self.write("vl/gemma-Q4_K_M.gguf", tower=False)
        for variant in ("F32", "BF16", "F16"):
            self.write(f"vl/mmproj-{variant}.gguf", tower=True)
        model = self.report("vl")["models"]["vl"]
        self.assertTrue(model["family"]["exact"])
        self.assertEqual(model["components"]["mmproj"]["component"]["by"], "mmproj-BF16.gguf")
        for other in ("mmproj-F16.gguf", "mmproj-F32.gguf"):
            self.assertIn(other, [p["subject"] for p in model["problems"]])
        tower = model["components"]["mmproj"]
        self.assertEqual([n for n, e in tower["static_weight_signature"].items() if not e.get("role")], [])
        facts = {name: fact["value"] for c in tower["architecture"] if c["component"] == "vision" for name, fact in c["facts"].items()}
        self.assertEqual([facts[f] for f in ("hidden", "layers", "heads", "ffn", "patch", "norm_kind", "attention_bias")], [64, 3, 4, 256, 14, "layer_norm", "qkv"])

    def test_with_its_tower_it_is_the_model_it_was_converted_from(self):
        self.write("vl/gemma-F16.gguf", tower=False)
        pair = self.report("original", "vl", "--compare", status=0)["coverage_matrix"]["original|vl"]
        self.assertIn("vision-tower", [g["id"] for g in pair["coverage_gaps"]])  # the tower is not there
        self.write("vl/mmproj-F16.gguf", tower=True)
        pair = self.report("original", "vl", "--compare")["coverage_matrix"]["original|vl"]
        self.assertEqual(pair["isomorphism"], "ISOMORPHIC", pair["verdict_reasons"])
        self.assertEqual([g["id"] for g in pair["coverage_gaps"] if g["severity"] == "always"], [])

    def test_another_tower_is_a_difference(self):
        self.write("a/gemma-F16.gguf", tower=False)
        self.write("b/gemma-F16.gguf", tower=False)
        self.write("a/mmproj-F16.gguf", tower=True)
        self.tensors = [t for t in self.tensors if ".ln2." not in t[0]]
        self.write("b/mmproj-F16.gguf", tower=True)
        pair = self.report("a", "b", "--compare")["coverage_matrix"]["a|b"]
        self.assertNotEqual(pair["isomorphism"], "ISOMORPHIC")
        self.assertIn("vision", [g["component"] for g in pair["coverage_gaps"]])

    def test_a_tower_that_is_named_is_read_alone(self):
        self.write("vl/gemma-F16.gguf", tower=False)
        self.write("vl/mmproj-F16.gguf", tower=True)
        for name in ("vl/mmproj-F16.gguf", "vl#mmproj-F16.gguf"):
            model = next(iter(self.report(name)["models"].values()))
            self.assertNotIn("components", model)
            self.assertIn("v.blk.N.attn_q.weight", model["static_weight_signature"])

    def test_a_suffix_in_capitals_is_a_suffix(self):
        self.write("shouted/MODEL.GGUF", tower=False)
        self.assertEqual(self.report("shouted")["models"]["shouted"]["source"], "gguf")

    def test_an_adapter_beside_the_model_is_a_part(self):
        self.write("tuned/gemma-F16.gguf", tower=False)
        adapter = [(f"blk.{i}.attn_q.weight.lora_{x}", axes, "f32") for i in range(2) for x, axes in (("a", [32, 4]), ("b", [4, 32]))]
        metadata = [("general.architecture", "text", "gemma3"), ("general.type", "text", "adapter"), ("adapter.type", "text", "lora"), ("adapter.lora.alpha", "f32", 8.0)]
        gguf_writer.Writer(gguf_writer.ggml_types(SOURCE)).file(self.at / "tuned/ggml-lora-F16.gguf", metadata, adapter)
        part = self.report("tuned")["models"]["tuned"]["components"]["adapter"]
        self.assertEqual((part["adapter"]["kinds"], part["adapter"]["targets"][0]["module"][:15]), (["LoRA"], "blk.N.attn_q"), part["adapter"])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[3:])
