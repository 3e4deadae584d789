#!/usr/bin/env python3
"""Models of several parts: each is fingerprinted and named, nothing is silently dropped; an adapter is no model."""
import json
import pathlib
import shutil
import sys
import tempfile
import unittest

SOURCE, BUILD = (pathlib.Path(p).resolve() for p in sys.argv[1:3])
sys.path.insert(0, str(SOURCE / "tests/docs"))
import repositories as write  # noqa: E402
from samples import modelsig  # noqa: E402


class Components(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.at = pathlib.Path(temporary.name)

    def report(self, *words, status=0):
        code, out, self.err = modelsig(BUILD, self.at, words)
        self.assertEqual(code, status, self.err)
        return json.loads(out)

    def model(self, name, *words, status=0):
        return self.report(name, *words, status=status)["models"][pathlib.PurePath(name.split("#")[0]).name]

    def pair(self, a, b, *words, status=0):
        return self.report(a, b, "--compare", *words, status=status)["coverage_matrix"][f"{a}|{b}"]

    def test_a_diffusion_pipeline_is_the_parts_that_its_index_lists(self):
        write.diffusion(self.at / "sd")
        sd = self.model("sd")
        self.assertEqual((sd["source"], sd["complete"]), ("components", True))
        parts = sd["components"]
        self.assertEqual(set(parts), {"scheduler", "text_encoder", "tokenizer", "unet", "vae"})  # not safety_checker: [null, null]
        self.assertEqual(parts["unet"]["component"]["class"], "UNet2DConditionModel")
        self.assertEqual(parts["unet"]["static_weight_signature"]["down_blocks.N.attentions.N.transformer_blocks.N.attn2.to_k.weight"]["count"], 3)
        self.assertEqual(parts["text_encoder"]["arch_fingerprint"]["hidden_size"], 48)
        self.assertEqual(parts["scheduler"]["settings"]["scheduler_config"]["beta_end"], 0.012)
        self.assertNotIn("structure", parts["unet"])  # only comparators need it
        total = sd["estimates"]["parameters"]
        self.assertEqual(total["total"], sum(parts[p]["estimates"]["parameters"]["total"] for p in ("unet", "vae", "text_encoder")))
        self.assertEqual(total["by_component"]["unet"]["total"], parts["unet"]["estimates"]["stored"]["elements"])

    def test_of_a_file_and_its_fp16_variant_one_is_read(self):
        write.diffusion(self.at / "sd")
        self.assertEqual(set(self.model("sd")["components"]["unet"]["estimates"]["stored"]["by_dtype"]), {"F32"})
        self.assertEqual(set(self.model("sd#fp16", status=2)["components"]["unet"]["estimates"]["stored"]["by_dtype"]), {"F16"})
        self.assertIn("sd/text_encoder: ", self.err)  # it has no such variant, and says so

    def test_a_folder_behind_the_hash_is_the_model(self):
        write.diffusion(self.at / "sd")
        encoder = self.model("sd#text_encoder")
        self.assertEqual((encoder["source"], encoder["arch_fingerprint"]["model_type"]), ("safetensors", "clip_text_model"))
        self.assertNotIn("components", encoder)

    def test_weights_beside_the_index_are_another_packing_and_named(self):
        write.diffusion(self.at / "sd")
        write.tensors(self.at / "sd/sd-pruned.safetensors", {"model.diffusion_model.input_blocks.0.0.weight": [64, 4, 3, 3]})
        sd = self.model("sd")
        self.assertEqual(sd["static_weight_signature"], {})
        self.assertIn("another packing of the parts that model_index.json lists", sd["problems"][0]["text"])

    def test_a_listed_part_that_is_not_there_leaves_the_model_incomplete(self):
        write.diffusion(self.at / "sd")
        write.diffusion(self.at / "cut", extra=[("image_encoder", "CLIPVisionModel")])
        cut = self.model("cut", status=2)
        self.assertFalse(cut["complete"])
        self.assertIn("its folder is not there: download it", cut["components"]["image_encoder"]["problems"][0]["text"])
        shutil.rmtree(self.at / "cut/unet")
        (self.at / "cut/unet").mkdir()
        write.document(self.at / "cut/unet/config.json", {"_class_name": "UNet2DConditionModel"})
        self.assertIn("has no tensors here", self.model("cut", status=2)["components"]["unet"]["problems"][0]["text"])
        self.assertEqual(self.pair("sd", "cut", status=2)["substitution_verdict"], "UNDETERMINED")

    def test_pipelines_are_compared_part_by_part(self):
        write.diffusion(self.at / "a")
        write.diffusion(self.at / "b", width=128, steps="EulerDiscreteScheduler")
        pair = self.pair("a", "b")
        self.assertEqual({name: found["isomorphism"] for name, found in pair["components"].items()}, {"text_encoder": "ISOMORPHIC", "unet": "ISOMORPHIC", "vae": "ISOMORPHIC"})
        self.assertEqual((pair["isomorphism"], pair["substitution_verdict"]), ("ISOMORPHIC", "FULL_SUBSTITUTE"))
        self.assertEqual([(g["id"], g["component"]) for g in pair["coverage_gaps"]], [("component-settings", "scheduler")])

    def test_one_part_of_another_design_decides_for_the_whole(self):
        write.diffusion(self.at / "a")
        write.diffusion(self.at / "b")
        write.tensors(self.at / "b/vae/diffusion_pytorch_model.safetensors", {"decoder.rearrange.weight": [8, 8, 1, 1]})
        pair = self.pair("a", "b")
        self.assertEqual(pair["components"]["unet"]["substitution_verdict"], "FULL_SUBSTITUTE")
        self.assertNotEqual(pair["components"]["vae"]["substitution_verdict"], "FULL_SUBSTITUTE")
        self.assertEqual(pair["substitution_verdict"], pair["components"]["vae"]["substitution_verdict"])
        self.assertTrue(any(reason.startswith("vae: ") for reason in pair["verdict_reasons"]), pair["verdict_reasons"])

    def test_a_part_that_only_one_has_is_a_gap(self):
        write.diffusion(self.at / "a")
        write.diffusion(self.at / "b", extra=[("controlnet", "ControlNetModel")])
        write.tensors(self.at / "b/controlnet/diffusion_pytorch_model.safetensors", {"conv_in.weight": [64, 4, 3, 3]})
        pair = self.pair("a", "b")
        gap = next(g for g in pair["coverage_gaps"] if g["id"] == "component-missing")
        self.assertEqual((gap["component"], gap["direction"], gap["severity"]), ("controlnet", "a_for_b", "always"))
        self.assertEqual(pair["stand_in"]["a_for_b"]["verdict"], "PARTIAL_SUBSTITUTE")

    def test_a_sentence_transformer_is_its_encoder_with_pooling_and_dense(self):
        write.sentence_transformer(self.at / "st")
        st = self.model("st")
        self.assertEqual(st["family"]["family"], "bert")
        self.assertTrue(st["complete"])
        self.assertEqual(st["components"]["1_Pooling"]["settings"]["config"]["pooling_mode_mean_tokens"], True)
        self.assertEqual(st["components"]["2_Dense"]["static_weight_signature"]["linear.weight"]["param_count"], 16 * 32)
        self.assertEqual(st["estimates"]["parameters"]["by_component"]["2_Dense"]["total"], 16 * 32 + 16)

    def test_another_pooling_is_said(self):
        write.sentence_transformer(self.at / "mean")
        write.sentence_transformer(self.at / "cls", pooling="cls")
        pair = self.pair("mean", "cls")
        self.assertEqual(pair["isomorphism"], "ISOMORPHIC")
        self.assertIn("pooling_mode_cls_token", next(g for g in pair["coverage_gaps"] if g["id"] == "component-settings")["message"])

    def test_an_adapter_is_no_model(self):
        write.lora(self.at / "lora", layers=3, rank=4)
        write.llama(self.at / "llama")
        lora = self.model("lora")
        self.assertEqual((lora["architecture"], lora["adapter"]["kinds"], lora["adapter"]["base"]), ([], ["LoRA"], "org/base-model"))
        self.assertEqual(lora["adapter"]["targets"][0], {"module": "model.layers.N.self_attn.q_proj", "role": "attn.q", "count": 3, "ranks": [4], "shape": [64, 64]})
        pair = self.pair("lora", "llama")
        self.assertEqual(pair["substitution_verdict"], "NO_SUBSTITUTE")
        self.assertIn("A is an adapter, not a model: it adapts org/base-model", pair["verdict_reasons"])
        self.assertIsNone(self.model("llama")["adapter"])

    def test_two_adapters_are_compared_by_what_they_adapt(self):
        write.lora(self.at / "one", layers=2, rank=8)
        write.lora(self.at / "other", layers=4, rank=8, base="org/base-model-large")
        write.lora(self.at / "wide", layers=2, rank=32)
        pair = self.pair("one", "other")
        self.assertEqual((pair["stand_in"]["a_for_b"]["verdict"], pair["isomorphism"], pair["adapters"]["shared"]), ("FULL_SUBSTITUTE", None, ["attn.q", "attn.v"]))
        self.assertIn("both are adapters, not models", pair["verdict_reasons"][0])
        self.assertEqual([g["id"] for g in pair["coverage_gaps"]], ["adapter-base"])
        self.assertEqual([(g["id"], g["severity"]) for g in self.pair("one", "wide")["coverage_gaps"]], [("adapter-rank", "conditional")])

    def test_an_adapter_of_fewer_modules_does_not_stand_in_for_one_of_more(self):
        write.lora(self.at / "more")
        write.lora(self.at / "fewer")
        shapes = {n: s for n, s in write.shapes_of(self.at / "more/adapter_model.safetensors").items() if "q_proj" in n}
        write.tensors(self.at / "fewer/adapter_model.safetensors", shapes, "F32")
        pair = self.pair("fewer", "more")
        self.assertEqual({d: pair["stand_in"][d]["verdict"] for d in ("a_for_b", "b_for_a")}, {"a_for_b": "PARTIAL_SUBSTITUTE", "b_for_a": "FULL_SUBSTITUTE"})
        self.assertEqual((pair["adapters"]["only_a"], pair["adapters"]["only_b"]), ([], ["attn.v"]))

    def test_an_adapter_of_mlx_has_its_matrices_turned(self):
        write.document(self.at / "mlx/adapter_config.json", {"model": "org/llama", "lora_parameters": {"rank": 8, "alpha": 16}})
        write.tensors(self.at / "mlx/adapters.safetensors", {"model.layers.30.self_attn.q_proj.lora_a": [96, 8], "model.layers.30.self_attn.q_proj.lora_b": [8, 64]})
        adapter = self.model("mlx")["adapter"]
        self.assertEqual((adapter["base"], adapter["rank"], adapter["targets"][0]["shape"]), ("org/llama", 8, [64, 96]))

    def test_adapters_beside_a_model_are_parts_of_it(self):
        write.llama(self.at / "phi")
        write.lora(self.at / "phi")
        write.lora(self.at / "phi/speech-lora", rank=16)
        phi = self.model("phi")
        self.assertEqual(phi["family"]["exact"], True)
        self.assertEqual({name: part["adapter"]["rank"] for name, part in phi["components"].items()}, {"adapter": 8, "speech-lora": 16})

    def test_a_tower_in_a_folder_of_its_own_is_a_part(self):
        write.llama(self.at / "vlm")
        write.document(self.at / "vlm/vision_tower/config.json", {"model_type": "clip_vision_model", "hidden_size": 32})
        write.tensors(self.at / "vlm/vision_tower/model.safetensors", write.linear("vision_model.encoder.layers.0.self_attn.q_proj", 32, 32))
        self.assertEqual(list(self.model("vlm")["components"]), ["vision_tower"])

    def test_pages_show_every_part(self):
        write.diffusion(self.at / "a")
        write.lora(self.at / "lora")
        for output, wanted in (("table", ["Model a / unet", "an adapter, not a model: LoRA of org/base-model", "beta_end 0.012"]), ("markdown", ["`a / unet`", "an adapter, not a model"])):
            code, out, _ = modelsig(BUILD, self.at, ["a", "lora", "--output", output])
            self.assertEqual(code, 0)
            for text in wanted:
                self.assertIn(text, out)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[3:])
