#!/usr/bin/env python3
"""compressed-tensors with several groups of modules: each is stored as its own group says, and the report lists them."""
import json
import pathlib
import sys
import tempfile
import unittest

SOURCE, BUILD = (pathlib.Path(p).resolve() for p in sys.argv[1:3])
sys.path.insert(0, str(SOURCE / "tests/docs"))
import repositories as write  # noqa: E402
from samples import modelsig  # noqa: E402

LLAMA = {"model_type": "llama", "architectures": ["LlamaForCausalLM"], "hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2,
         "intermediate_size": 128, "vocab_size": 256, "torch_dtype": "bfloat16", "tie_word_embeddings": False}
INT4 = {"num_bits": 4, "type": "int", "strategy": "group", "group_size": 32, "symmetric": True}
INT8 = {"num_bits": 8, "type": "int", "strategy": "group", "group_size": 64, "symmetric": True}
FP8 = {"num_bits": 8, "type": "float", "strategy": "channel", "group_size": None, "symmetric": True}


def group(targets, weights, **more):
    return {"targets": targets, "weights": weights, "input_activations": None, **more}


def config(groups, form="pack-quantized", ignore=("lm_head",)):
    return LLAMA | {"quantization_config": {"quant_method": "compressed-tensors", "format": form, "ignore": list(ignore), "config_groups": groups}}


def packed(name, rows, columns, bits, size):
    return {f"{name}.weight_packed": ["I32", rows, columns * bits // 32], f"{name}.weight_scale": ["BF16", rows, columns // size], f"{name}.weight_shape": ["I64", 2]}


def fp8(name, rows, columns):
    return {f"{name}.weight": ["F8_E4M3", rows, columns], f"{name}.weight_scale": ["BF16", rows, 1]}


def plain(name, rows, columns):
    return {f"{name}.weight": ["BF16", rows, columns]}


def checkpoint(attention, feed_forward, down=None, layer_1=None):
    """A Llama of two layers; how each module's matrix is stored is said by the arguments."""
    out = {"model.embed_tokens.weight": [256, 64], "model.norm.weight": [64], "lm_head.weight": [256, 64]}
    for i in range(2):
        at = f"model.layers.{i}"
        out |= {f"{at}.input_layernorm.weight": [64], f"{at}.post_attention_layernorm.weight": [64]}
        for module, rows, columns in (("self_attn.q_proj", 64, 64), ("self_attn.k_proj", 32, 64), ("self_attn.v_proj", 32, 64), ("self_attn.o_proj", 64, 64)):
            out |= attention(f"{at}.{module}", rows, columns)
        gate = layer_1 if i == 1 and layer_1 else feed_forward
        for module, rows, columns, how in (("gate_proj", 128, 64, gate), ("up_proj", 128, 64, gate), ("down_proj", 64, 128, down or gate)):
            out |= how(f"{at}.mlp.{module}", rows, columns)
    return out


def int4(name, rows, columns):
    return packed(name, rows, columns, 4, 32)


def int8(name, rows, columns):
    return packed(name, rows, columns, 8, 64)


class Groups(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.at = pathlib.Path(temporary.name)

    def model(self, name, settings, tensors):
        write.document(self.at / name / "config.json", settings)
        write.tensors(self.at / name / "model.safetensors", tensors, "BF16")
        code, out, err = modelsig(BUILD, self.at, [name, "--quant-path"])
        self.assertEqual(code, 0, err)
        return json.loads(out)["models"][name]

    def assert_exact(self, model, scheme):
        family = model["family"]
        self.assertTrue(family["exact"], {k: family[k] for k in family if k in ("absent", "unexpected", "wrong_shape", "absent_count", "unexpected_count", "wrong_shape_count")})
        self.assertEqual(family["scheme"], scheme)

    def test_patterns_choose_two_widths_of_one_format(self):
        groups = {"group_0": group(["re:.*self_attn.*"], INT8), "group_1": group(["re:.*mlp.*"], INT4)}
        model = self.model("mixed", config(groups), checkpoint(int8, int4))
        self.assert_exact(model, "compressed_int4")
        self.assertEqual([(g["name"], g["targets"], g["weight_dtype"], g["group_size"]) for g in model["quant_path_signature"]["groups"]],
                         [("group_0", ["re:.*self_attn.*"], "int8", 64), ("group_1", ["re:.*mlp.*"], "int4", 32)])
        whole = model["architecture"][0]["facts"]
        self.assertTrue(whole["quant_mixed"]["value"])
        self.assertNotIn("quant_bits", whole)  # no one value stands for all

    def test_each_group_has_a_format_of_its_own(self):
        groups = {"group_0": group(["re:.*self_attn.*"], FP8, format="float-quantized"), "group_1": group(["re:.*mlp.*"], INT4, format="pack-quantized")}
        self.assert_exact(self.model("mixed", config(groups, "mixed-precision"), checkpoint(fp8, int4)), "compressed_fp8 + compressed_int4")

    def test_a_path_goes_before_a_pattern_and_a_pattern_before_a_class(self):
        groups = {"group_0": group(["Linear"], INT4), "group_1": group(["re:.*down_proj$"], INT8), "group_2": group(["model.layers.1.mlp.down_proj"], FP8, format="float-quantized")}
        tensors = checkpoint(int4, int4, down=int8)
        for name in [n for n in tensors if n.startswith("model.layers.1.mlp.down_proj.")]:
            del tensors[name]
        self.assert_exact(self.model("mixed", config(groups), tensors | fp8("model.layers.1.mlp.down_proj", 64, 128)), "compressed_int4 + compressed_fp8")

    def test_what_no_group_targets_and_what_is_ignored_is_stored_plain(self):
        groups = {"group_0": group(["re:.*self_attn.*"], INT8), "group_1": group(["re:.*mlp.*"], INT4)}
        ignored = self.model("ignored", config(groups, ignore=["lm_head", "re:.*layers.1.mlp.*"]), checkpoint(int8, int4, layer_1=plain))
        self.assert_exact(ignored, "compressed_int4")
        self.assert_exact(self.model("untargeted", config({"g": group(["re:.*self_attn.*"], INT8)}), checkpoint(int8, plain)), "compressed_int4")

    def test_a_group_stored_as_another_says_is_a_difference(self):
        groups = {"group_0": group(["re:.*self_attn.*"], INT8), "group_1": group(["re:.*mlp.*"], INT4)}
        family = self.model("wrong", config(groups), checkpoint(int4, int4))["family"]
        self.assertFalse(family["exact"])
        self.assertEqual(family["wrong_shape_count"], 16)  # q, k, v, o of two layers: packed weight and scale

    def test_the_only_group_may_have_any_name(self):
        self.assert_exact(self.model("one", config({"weights_only": group(["Linear"], INT4)}), checkpoint(int4, int4)), "compressed_int4")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[3:])
