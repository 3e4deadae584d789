#!/usr/bin/env python3
"""Checkpoints with a fault each, and what is found in them: the sound one that make-checkpoint writes, with one thing changed.

    findings.py MODELSIG
"""
import json
import pathlib
import struct
import subprocess
import sys
import tempfile
import unittest

MODELSIG = pathlib.Path(sys.argv[1]).resolve()
SOURCE = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(SOURCE / "tests/support"))
import listed_checkpoint  # noqa: E402

DENSE = {"model_type": "llama", "architectures": ["LlamaForCausalLM"], "hidden_size": 48, "intermediate_size": 96, "num_hidden_layers": 2,
         "vocab_size": 100, "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 16, "tie_word_embeddings": False, "torch_dtype": "bfloat16"}
MOE = {**DENSE, "model_type": "qwen3_moe", "architectures": ["Qwen3MoeForCausalLM"], "num_experts": 4, "num_experts_per_tok": 2, "moe_intermediate_size": 32}
UNSEEN = {"model_type": "unseen"}


class Findings(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory()
        cls.sound = {}
        for name, config in (("dense", DENSE), ("moe", MOE)):
            folder = pathlib.Path(cls.scratch.name) / name
            folder.mkdir()
            (folder / "config.json").write_text(json.dumps(config))
            subprocess.run([MODELSIG, "make-checkpoint", folder / "config.json", folder / "out"], check=True, capture_output=True)
            with open(folder / "out/model.safetensors", "rb") as file:
                header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
            cls.sound[name] = {n: (t["dtype"], t["shape"]) for n, t in header.items() if n != "__metadata__"}

    @classmethod
    def tearDownClass(cls):
        cls.scratch.cleanup()

    def found(self, config, kind="dense", without="", **other):
        """id -> text; tensors whose name holds `without` are left out, those of `other` are there or are otherwise"""
        tensors = {n: t for n, t in self.sound[kind].items() if not without or without not in n}
        tensors.update({n.replace("__", "."): t for n, t in other.items()})
        folder = pathlib.Path(tempfile.mkdtemp(dir=self.scratch.name))
        (folder / "config.json").write_text(json.dumps(config))
        listed_checkpoint.write_tensors(((n, *t) for n, t in sorted(tensors.items())), folder / "model.safetensors")
        done = subprocess.run([MODELSIG, "-q", folder, "--no-layer-sig", "--output", "json"], capture_output=True, text=True, check=True)
        report = next(iter(json.loads(done.stdout)["models"].values()))
        for f in report["findings"]:
            self.assertTrue(f["from"], f)
        return {f["id"]: f["text"] for f in report["findings"]}

    def test_a_sound_checkpoint_has_none(self):
        self.assertEqual(self.found(DENSE), {})
        self.assertEqual(self.found(MOE, "moe"), {})
        self.assertEqual(self.found({**DENSE, **UNSEEN}), {})
        self.assertEqual(self.found({**MOE, **UNSEEN}, "moe"), {})

    def test_a_promised_tensor_is_absent(self):
        self.assertEqual(self.found(DENSE, without="layers.1.mlp.up_proj"),
                         {"absent-tensors": "1 tensor that the configuration promises, absent: model.layers.1.mlp.up_proj.weight"})

    def test_an_expert_of_one_layer_is_absent(self):
        self.assertIn("3 tensors", self.found(MOE, "moe", without="layers.1.mlp.experts.2.")["absent-tensors"])
        self.assertEqual(self.found({**MOE, **UNSEEN}, "moe", without="layers.1.mlp.experts.2."),
                         {"experts-differ": "the configuration says 4 experts, a layer of the tensors has 3"})

    def test_a_tensor_is_there_that_nothing_promises(self):
        self.assertEqual(self.found(DENSE, model__extra__weight=("BF16", [8, 8])),
                         {"unexpected-tensors": "1 tensor that the configuration does not promise: model.extra.weight"})

    def test_a_tensor_has_another_shape(self):
        self.assertEqual(self.found(DENSE, model__norm__weight=("BF16", [64])),
                         {"wrong_shape-tensors": "1 tensor of another shape than the configuration says: model.norm.weight, stored as [64] where [48] is promised"})

    def test_a_tied_head_is_stored(self):
        self.assertEqual(list(self.found({**DENSE, "tie_word_embeddings": True})), ["tied-head-stored"])
        self.assertEqual(list(self.found({**DENSE, **UNSEEN, "tie_word_embeddings": True})), ["tied-head-stored"])

    def test_a_head_that_is_not_tied_is_not_there(self):
        self.assertEqual(list(self.found(DENSE, without="lm_head")), ["head-absent"])
        self.assertEqual(list(self.found({**DENSE, **UNSEEN}, without="lm_head")), ["head-absent"])
        self.assertEqual(self.found({**DENSE, "tie_word_embeddings": True}, without="lm_head"), {})
        self.assertEqual(self.found({**DENSE, "architectures": ["LlamaModel"]}, without="lm_head"), {})

    def test_heads_do_not_divide(self):
        no_dim = {k: v for k, v in DENSE.items() if k != "head_dim"}
        self.assertEqual(self.found({**no_dim, "num_attention_heads": 5, "num_key_value_heads": 5})["heads-do-not-divide"],
                         "the configuration gives no head_dim and 48 is not a multiple of 5 heads")
        self.assertEqual(self.found({**DENSE, "num_key_value_heads": 3})["kv-heads-do-not-divide"], "4 query heads cannot share 3 KV heads evenly")

    def test_more_experts_are_chosen_than_there_are(self):
        self.assertEqual(list(self.found({**MOE, "num_experts_per_tok": 6}, "moe")), ["more-experts-chosen-than-there"])

    def test_the_configuration_of_an_unseen_model_says_other_sizes_than_its_tensors(self):
        for key, value, finding in (("num_hidden_layers", 3, "layers-differ"), ("num_hidden_layers", 1, "layers-not-in-the-configuration"),
                                    ("hidden_size", 64, "hidden-differs"), ("intermediate_size", 128, "ffn-differs"),
                                    ("vocab_size", 120, "vocabulary-differs"), ("num_key_value_heads", 4, "head-dim-differs")):
            with self.subTest(key, value=value):
                self.assertEqual(list(self.found({**DENSE, **UNSEEN, key: value})), [finding])

    def test_one_layer_of_an_unseen_model_lacks_what_all_others_have(self):
        third = {n.replace("layers.0", "layers.2").replace(".", "__"): t for n, t in self.sound["dense"].items() if "layers.0" in n}
        self.assertEqual(self.found({**DENSE, **UNSEEN, "num_hidden_layers": 3}, **third), {})
        self.assertEqual(self.found({**DENSE, **UNSEEN, "num_hidden_layers": 3}, without="layers.1.mlp.up_proj", **third),
                         {"one-layer-lacks": "one layer of 3 has no ffn.up"})

    def test_weights_are_stored_otherwise_than_said(self):
        eight = {n.replace(".", "__"): ("F8_E4M3", t[1]) for n, t in self.sound["dense"].items() if "_proj" in n}
        self.assertEqual(list(self.found(DENSE, **eight)), ["quantisation-not-said"])
        wide = {n.replace(".", "__"): ("F32", t[1]) for n, t in self.sound["dense"].items()}
        self.assertEqual(self.found(DENSE, **wide), {"dtype-differs": "the configuration says bfloat16, most weights are stored as F32"})

    def test_quantised_weights_are_said_and_not_there(self):
        found = self.found({**DENSE, "quantization_config": {"quant_method": "fp8", "weight_block_size": [128, 128]}})
        self.assertIn("14 tensors that the configuration promises, absent", found["absent-tensors"])

    def test_a_scheme_for_linear_layers_does_not_say_how_experts_in_one_tensor_are_packed(self):
        folder = pathlib.Path(tempfile.mkdtemp(dir=self.scratch.name))
        fused = {**MOE, "model_type": "qwen3_5_moe_text", "architectures": ["Qwen3_5MoeForCausalLM"], "hidden_size": 64, "head_dim": 16, "moe_intermediate_size": 64, "shared_expert_intermediate_size": 64,
                 "layer_types": ["full_attention", "full_attention"], "num_experts": 64}
        for scheme, wanted in (({}, []), ({"quantization_config": {"quant_method": "modelopt", "quant_algo": "NVFP4"}}, ["experts-not-packed"])):
            (folder / "config.json").write_text(json.dumps({**fused, **scheme}))
            done = subprocess.run([MODELSIG, "-q", "--fast", folder, "--no-layer-sig", "--output", "json"], capture_output=True, text=True, check=True)
            self.assertEqual([f["id"] for f in next(iter(json.loads(done.stdout)["models"].values()))["findings"]], wanted)


unittest.main(argv=[sys.argv[0]])
