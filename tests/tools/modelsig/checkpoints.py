#!/usr/bin/env python3
"""Checkpoints against their configuration: what only the tensors show reaches the report."""
import json
import pathlib
import sys
import tempfile
import unittest

SOURCE, BUILD = (pathlib.Path(p).resolve() for p in sys.argv[1:3])
sys.path.insert(0, str(SOURCE / "tests/docs"))
import repositories as write  # noqa: E402
from samples import modelsig, write_export  # noqa: E402

GLM = {"model_type": "glm_moe_dsa", "architectures": ["GlmMoeDsaForCausalLM"], "hidden_size": 64, "num_hidden_layers": 7, "num_attention_heads": 4, "num_key_value_heads": 4,
       "intermediate_size": 128, "q_lora_rank": 32, "kv_lora_rank": 16, "qk_nope_head_dim": 8, "qk_rope_head_dim": 8, "v_head_dim": 8, "n_routed_experts": 4,
       "n_shared_experts": 1, "num_experts_per_tok": 2, "moe_intermediate_size": 32, "first_k_dense_replace": 1, "index_n_heads": 2, "index_head_dim": 8, "index_topk": 16,
       "num_nextn_predict_layers": 0, "vocab_size": 100, "torch_dtype": "bfloat16"}


class Checkpoints(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.at = pathlib.Path(temporary.name)

    def report(self, *words):
        code, out, err = modelsig(BUILD, self.at, words)
        self.assertEqual(code, 0, err)
        return json.loads(out)

    def classes(self, name, *words):
        stack = self.report(name, *words)["models"][name]["architecture"][0]["stacks"][0]
        return stack["pattern"], [c["name"] for c in stack["classes"]]

    def qwen3(self, name, without=()):
        write.llama(self.at / name, layers=4)
        config = json.loads((self.at / name / "config.json").read_text())
        write.document(self.at / name / "config.json", config | {"model_type": "qwen3", "architectures": ["Qwen3ForCausalLM"], "head_dim": 16})
        shapes = write.shapes_of(self.at / name / "model.safetensors")
        for layer in range(4):
            for norm in ("q_norm", "k_norm"):
                if layer not in without:
                    shapes[f"model.layers.{layer}.self_attn.{norm}.weight"] = [16]
        write.tensors(self.at / name / "model.safetensors", shapes, "BF16")

    def test_layers_that_lack_a_module_which_others_store_are_another_class(self):
        self.qwen3("all")
        self.qwen3("some", without={1, 3})
        self.assertEqual(self.classes("all")[0], "A4")
        self.assertEqual(self.classes("some")[0], "ABAB")

    def test_a_module_that_no_layer_stores_is_said_under_family_and_makes_no_class(self):
        self.qwen3("none", without={0, 1, 2, 3})
        self.assertEqual(self.classes("none")[0], "A4")
        family = self.report("none")["models"]["none"]["family"]
        self.assertEqual((family["absent_count"], family["exact"]), (8, False))

    def test_layers_that_share_the_indexer_below_them_are_another_kind(self):
        for name, more in (("own", {}), ("listed", {"indexer_types": ["full", "shared", "shared", "full", "shared", "shared", "full"]}),
                           ("counted", {"index_topk_freq": 3, "index_skip_topk_offset": 1})):
            write.document(self.at / name / "config.json", GLM | more)
        self.assertEqual(self.classes("own", "--fast"), ("AB6", ["dense-mla-sparse", "moe-mla-sparse"]))
        self.assertEqual(self.classes("listed", "--fast"), ("AB2CB2C", ["dense-mla-sparse", "moe-mla-sparse-shared", "moe-mla-sparse"]))
        self.assertEqual(self.classes("counted", "--fast")[0], "AB2CB2C")
        pair = self.report("own", "listed", "--fast", "--compare")["coverage_matrix"]["own|listed"]
        self.assertEqual((pair["isomorphism"], pair["stand_in"]["a_for_b"]["verdict"]), ("SCALE_ONLY", "PARTIAL_SUBSTITUTE"))
        self.assertIn("layer-class-lost", [g["id"] for g in pair["coverage_gaps"]])

    def test_q_k_and_v_that_an_export_stores_as_one_are_listed_as_split(self):
        write.llama(self.at / "original")
        write_export(self.at / "export")
        pair = self.report("original", "export", "--compare")["coverage_matrix"]["original|export"]
        self.assertEqual(pair["isomorphism"], "ISOMORPHIC")
        self.assertEqual(sorted(pair["role_matches"]["after"]["split_or_merge"]), ["attn.k", "attn.q", "attn.v"])
        self.assertIn("attn.o", pair["role_matches"]["after"]["transpose"])

    def test_without_a_config_the_graph_and_genai_config_tell_the_sizes(self):
        write_export(self.at / "export")
        (self.at / "export/config.json").unlink()
        facts = self.report("export")["models"]["export"]["architecture"][0]["facts"]
        self.assertEqual({name: (facts[name]["value"], facts[name]["from"]) for name in ("hidden", "layers", "vocab", "ffn")},
                         {"hidden": (64, "graph, columns of the token table"), "layers": (2, "graph, number of attentions"), "vocab": (256, "graph, rows of the token table"),
                          "ffn": (128, "tensors of ffn.down, shape of ffn.down, graph, columns of the token table")})
        self.assertFalse(facts["tied"]["value"])
        write.document(self.at / "export/onnx/genai_config.json", {"model": {"type": "llama", "vocab_size": 256, "context_length": 512, "decoder": {
            "head_size": 16, "hidden_size": 64, "num_attention_heads": 4, "num_hidden_layers": 2, "num_key_value_heads": 2}}})
        export = self.report("export")["models"]["export"]
        facts = export["architecture"][0]["facts"]
        self.assertEqual((export["family"]["family"], export["family"]["exact"]), ("llama", True))
        self.assertEqual((facts["kv_heads"]["value"], facts["kv_heads"]["from"]), (2, "genai_config.json model.decoder.num_key_value_heads"))
        self.assertEqual((facts["context"]["value"], facts["ffn"]["from"]), (512, "graph, rows of ffn.up"))
        write.document(self.at / "export/onnx/genai_config.json", [])
        self.assertIn("is a list, but a configuration is a JSON object", [p["text"] for p in self.report("export")["models"]["export"]["problems"]])

    def quantised(self, name, config, rename):
        """A Llama whose attention and feed-forward weights are stored as `rename` says: {suffix: shape of [out, in]}."""
        write.llama(self.at / name)
        said = json.loads((self.at / name / "config.json").read_text())
        write.document(self.at / name / "config.json", said | ({"quantization_config": config} if config else {}))
        shapes = {}
        for tensor, shape in write.shapes_of(self.at / name / "model.safetensors").items():
            if "_proj." in tensor:
                shapes |= {tensor.removesuffix("weight") + suffix: packed(*shape) for suffix, packed in rename.items()}
            else:
                shapes[tensor] = shape
        write.tensors(self.at / name / "model.safetensors", shapes, "BF16")
        return self.report(name, "--quant-path")["models"][name]

    def test_a_scheme_known_by_name_only_is_named_and_its_packed_shapes_count_for_nothing(self):
        hqq = self.quantised("hqq", {"quant_method": "hqq", "quant_config": {"weight_quant_params": {"nbits": 4, "group_size": 64}}},
                             {"W_q": lambda o, i: ["U8", o * i // 128, 64], "scale": lambda o, i: ["F16", o * i // 64, 1], "zero": lambda o, i: ["F16", o * i // 64, 1]})
        write.llama(self.at / "plain")
        self.assertEqual(hqq["family"]["opaque"], {"scheme": "hqq", "modules": 14, "tensors": 42})
        self.assertEqual((hqq["family"]["absent_count"], hqq["family"]["unexpected_count"], hqq["family"]["exact"]), (0, 0, False))
        self.assertEqual(hqq["estimates"]["parameters"]["total"], self.report("plain")["models"]["plain"]["estimates"]["parameters"]["total"])
        self.assertEqual(hqq["quant_path_signature"]["quant_algo"], "hqq")
        self.assertEqual(hqq["problems"], [])
        other = self.quantised("other", {"quant_method": "brand-new"}, {"q": lambda o, i: ["U8", o, i // 2]})
        self.assertEqual(other["family"]["opaque"]["scheme"], "unknown")
        page = " ".join(modelsig(BUILD, self.at, ["hqq", "--output", "table"])[1].split())  # lines break anywhere
        self.assertIn("packed as hqq does, which is known here by name only", page)

    def test_aqlm_stores_codes_and_codebooks(self):
        aqlm = self.quantised("aqlm", {"quant_method": "aqlm", "num_codebooks": 2, "nbits_per_codebook": 8, "in_group_size": 8, "out_group_size": 1},
                              {"codes": lambda o, i: ["I8", o, i // 8, 2], "codebooks": lambda o, i: ["F16", 2, 256, 1, 8], "scales": lambda o, i: ["F16", o, 1, 1, 1]})
        self.assertEqual((aqlm["family"]["scheme"], aqlm["family"]["exact"]), ("aqlm", True))

    def test_tensors_and_configuration_that_disagree_on_the_quantisation_are_told(self):
        gptq = {"qweight": lambda o, i: ["I32", i // 8, o], "qzeros": lambda o, i: ["I32", 1, o // 8], "scales": lambda o, i: ["F16", 1, o]}
        silent = self.quantised("silent", None, gptq)
        self.assertTrue(any("is how GPTQ or AWQ is stored, but the configuration names no quantisation" in p["text"] for p in silent["problems"]), silent["problems"])
        plain = self.quantised("claims", {"quant_method": "gptq", "bits": 4, "group_size": -1}, {"weight": lambda o, i: [o, i]})
        self.assertTrue(any("says gptq, but no tensor is stored as it is" in p["text"] for p in plain["problems"]), plain["problems"])

    def test_an_indexer_is_another_attention_than_none(self):
        write.document(self.at / "v3" / "config.json", {**GLM, "model_type": "deepseek_v3", "architectures": ["DeepseekV3ForCausalLM"]})
        write.document(self.at / "v32" / "config.json", {**GLM, "model_type": "deepseek_v32", "architectures": ["DeepseekV32ForCausalLM"]})
        pair = self.report("v3", "v32", "--fast", "--compare")["coverage_matrix"]["v3|v32"]
        self.assertEqual((pair["isomorphism"], pair["substitution_verdict"]), ("DIFFERENT_ARCH", "NO_SUBSTITUTE"))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[3:])
