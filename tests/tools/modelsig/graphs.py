#!/usr/bin/env python3
"""An export in several graphs: each is a part, named and fingerprinted; together they are the model that was exported."""
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

SOURCE, BUILD = (pathlib.Path(p).resolve() for p in sys.argv[1:3])
sys.path.insert(0, str(SOURCE / "tests/docs"))
import repositories as write  # noqa: E402
from samples import modelsig, proto  # noqa: E402

WHISPER = {"model_type": "whisper", "architectures": ["WhisperForConditionalGeneration"], "d_model": 32, "encoder_layers": 2, "decoder_layers": 2, "encoder_attention_heads": 4,
           "decoder_attention_heads": 4, "encoder_ffn_dim": 64, "decoder_ffn_dim": 64, "vocab_size": 100, "num_mel_bins": 8, "max_source_positions": 16,
           "max_target_positions": 12, "torch_dtype": "float32"}
QWEN2_VL = {"model_type": "qwen2_vl", "architectures": ["Qwen2VLForConditionalGeneration"], "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4,
            "num_key_value_heads": 2, "intermediate_size": 64, "vocab_size": 100, "tie_word_embeddings": False, "torch_dtype": "float32",
            "vision_config": {"depth": 2, "embed_dim": 16, "num_heads": 2, "hidden_size": 32, "mlp_ratio": 4, "patch_size": 4, "temporal_patch_size": 2,
                              "spatial_merge_size": 2, "in_channels": 3}}


def graph(path, tensors):
    """What an exporter makes of the modules with these tensors: matrices turned and without a name of their own, nodes named by the module."""
    path.parent.mkdir(parents=True, exist_ok=True)
    nodes, weights, last = [], [], "input"
    for number, (name, shape) in enumerate(tensors.items()):
        module, suffix = name.rpartition(".")[::2]
        scope = "/" + module.replace(".", "/").replace("/layers/", "/layers.").replace("/blocks/", "/blocks.")
        if suffix == "bias" and module + ".weight" not in tensors:
            continue
        embedding = "embed" in module.rpartition(".")[2] and len(shape) == 2
        op = "Add" if suffix == "bias" else "Conv" if len(shape) > 2 else "Gather" if embedding else "MatMul" if len(shape) == 2 else "Mul"
        stored, axes = (f"onnx::MatMul_{number}", shape[::-1]) if op == "MatMul" else (name, shape)
        size = 4
        for axis in axes:
            size *= axis
        weights.append(proto(*[(1, a) for a in axes], (2, 1), (8, stored), (9, bytes(size))))
        out = f"{scope}/{op}_output_0"
        inputs = [stored, "ids"] if op == "Gather" else [last, stored]
        nodes.append(proto(*[(1, i) for i in inputs], (2, out), (3, f"{scope}/{op}"), (4, op)))
        last = out
    port = lambda name, kind: proto((1, name), (2, proto((1, proto((1, kind), (2, proto((1, proto((2, "n"))))))))))
    body = proto(*[(1, n) for n in nodes], *[(5, w) for w in weights], (11, port("input", 1)), (11, port("ids", 7)), (12, port(last, 1)))
    path.write_bytes(proto((1, 8), (8, proto((1, ""), (2, 17))), (7, body)))


def under(shapes, prefix, strip=None):
    strip = prefix if strip is None else strip
    return {name.removeprefix(strip): shape for name, shape in shapes.items() if name.startswith(prefix)}


class Graphs(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.at = pathlib.Path(temporary.name)

    def original(self, config, name="original"):
        write.document(self.at / "config.json", config)
        subprocess.run([BUILD / "bin/modelsig", "make-checkpoint", self.at / "config.json", self.at / name], check=True, stdout=subprocess.DEVNULL)
        return write.shapes_of(next((self.at / name).glob("*.safetensors")))

    def report(self, *words, status=0):
        code, out, self.err = modelsig(BUILD, self.at, words)
        self.assertEqual(code, status, self.err)
        return json.loads(out)

    def whisper(self, name="export", forms=("",)):
        shapes = self.original(WHISPER)
        for form in forms:
            graph(self.at / name / f"onnx/encoder_model{form}.onnx", under(shapes, "model.encoder."))
            graph(self.at / name / f"onnx/decoder_model_merged{form}.onnx", under(shapes, "model.decoder.", ""))
        graph(self.at / name / "onnx/decoder_with_past_model.onnx", under(shapes, "model.decoder.", ""))
        shutil.copy(self.at / "config.json", self.at / name)
        return shapes

    def test_encoder_and_decoder_are_one_model_and_a_part_each(self):
        shapes = self.whisper(forms=("", "_q4"))
        export = self.report("export")["models"]["export"]
        self.assertEqual((export["source"], export["complete"], export["family"]["exact"]), ("onnx", True, True), export["problems"])
        parts = export["components"]
        self.assertEqual({n: p["component"]["by"] for n, p in parts.items()}, {"decoder": "onnx/decoder_model_merged.onnx", "encoder": "onnx/encoder_model.onnx"})
        count = lambda start: sum(1 for name in shapes if name.startswith(start))
        for name in parts:
            self.assertEqual(sum(e["count"] for e in parts[name]["static_weight_signature"].values()), count(f"model.{name}."))
        self.assertEqual({c["component"] for c in export["architecture"]} - {"model"}, {"encoder", "decoder"})
        self.assertEqual(export["estimates"]["stored"]["elements"], sum(p["estimates"]["stored"]["elements"] for p in parts.values()))
        told = export["problems"][0]["text"]
        for other in ("decoder_with_past_model.onnx", "encoder_model_q4.onnx", "decoder_model_merged_q4.onnx"):
            self.assertIn(other, told)

    def test_compared_with_what_was_exported_every_role_is_there(self):
        self.whisper()
        pair = self.report("original", "export", "--compare")["coverage_matrix"]["original|export"]
        self.assertEqual((pair["isomorphism"], pair["only_in_a"], pair["only_in_b"]), ("ISOMORPHIC", [], []))
        turned = pair["role_matches"]["after"]["transpose"]
        self.assertTrue({"encoder/attn.q", "decoder/attn.q", "decoder/cross.k"} <= set(turned), turned)

    def test_a_vision_tower_and_a_token_table_of_their_own(self):
        shapes = self.original(QWEN2_VL)
        vision = {n: s for n, s in shapes.items() if "visual." in n}
        graph(self.at / "export/onnx/vision_encoder.onnx", {n.split("visual.")[1]: s for n, s in vision.items()})
        table = {n: s for n, s in shapes.items() if "embed_tokens" in n}
        graph(self.at / "export/onnx/embed_tokens.onnx", {"embed_tokens.weight": s for s in table.values()})
        graph(self.at / "export/onnx/decoder_model_merged.onnx", {n: s for n, s in shapes.items() if n not in vision and n not in table})
        shutil.copy(self.at / "config.json", self.at / "export")
        export = self.report("export")["models"]["export"]
        self.assertEqual((export["complete"], export["family"]["exact"]), (True, True), export["family"])
        self.assertEqual(set(export["components"]), {"decoder", "vision", "embeddings"})
        pair = self.report("original", "export", "--compare")["coverage_matrix"]["original|export"]
        self.assertEqual(pair["isomorphism"], "ISOMORPHIC", pair["stand_in"])

    def test_genai_names_its_graphs(self):
        self.whisper("made")
        for old, new in (("encoder_model", "a"), ("decoder_model_merged", "b")):
            (self.at / "genai").mkdir(exist_ok=True)
            shutil.copy(self.at / f"made/onnx/{old}.onnx", self.at / f"genai/{new}.onnx")
        write.document(self.at / "genai/genai_config.json", {"model": {"type": "whisper", "encoder": {"filename": "a.onnx"}, "decoder": {"filename": "b.onnx"}}})
        shutil.copy(self.at / "config.json", self.at / "genai")
        genai = self.report("genai")["models"]["genai"]
        self.assertEqual({n: p["component"]["by"] for n, p in genai["components"].items()}, {"decoder": "b.onnx", "encoder": "a.onnx"})
        self.assertTrue(genai["family"]["exact"])
        (self.at / "genai/a.onnx").unlink()
        genai = self.report("genai", status=2)["models"]["genai"]
        self.assertFalse(genai["complete"])
        self.assertIn("a.onnx", json.dumps(genai["components"]["encoder"]["problems"]))

    def test_a_variant_is_asked_of_every_graph(self):
        self.whisper(forms=("", "_q4"))
        (self.at / "export/onnx/encoder_model_q4.onnx").unlink()
        export = self.report("export#q4")["models"]["export"]
        self.assertEqual({n: p["component"]["by"] for n, p in export["components"].items()}, {"decoder": "onnx/decoder_model_merged_q4.onnx", "encoder": "onnx/encoder_model.onnx"})
        self.assertTrue(any(p["level"] == "warning" and p["subject"] == "onnx/encoder_model.onnx" for p in export["problems"]))

    def test_one_graph_behind_the_hash_is_that_graph(self):
        self.whisper()
        for select in ("onnx/encoder_model.onnx", "encoder_model"):
            self.assertNotIn("components", self.report(f"export#{select}")["models"]["export"])

    def test_graphs_without_a_configuration_are_the_parts_of_a_model_all_the_same(self):
        self.whisper()
        (self.at / "export/config.json").unlink()
        export = self.report("export")["models"]["export"]
        self.assertEqual({c["component"] for c in export["architecture"]} - {"model"}, {"encoder", "decoder"})
        self.assertIsNone(export["arch_fingerprint"].get("model_type"))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[3:])
