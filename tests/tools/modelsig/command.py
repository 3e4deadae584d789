#!/usr/bin/env python3
"""modelsig run as a process: what it prints where, what it returns, what it leaves on the disk."""
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

SOURCE, BUILD = (pathlib.Path(p).resolve() for p in sys.argv[1:3])
sys.path.insert(0, str(SOURCE / "tests/docs"))
from samples import modelsig, write_samples  # noqa: E402


class Command(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.folder = pathlib.Path(cls.temporary.name)
        write_samples(SOURCE, BUILD, cls.folder)

    def run_it(self, *words):
        return modelsig(BUILD, self.folder, words)

    def report(self, *words):
        status, out, err = self.run_it(*words)
        self.assertEqual(status, 0, err)
        return json.loads(out)

    def test_nothing_said_prints_the_help_and_returns_1(self):
        status, out, err = self.run_it()
        self.assertEqual((status, out), (1, ""))
        self.assertIn("Examples:", err)

    def test_provenance_tells_rule_files_of_one_name_apart(self):
        files = self.report("Qwen3-0.6B", "--fast")["provenance"]["rules"]["files"]
        self.assertEqual(len(files), len(set(files)))
        self.assertIn("reference/operators.toml", files)
        self.assertIn("operators.toml", files)

    def test_lint_reads_the_files_that_families_share_too(self):
        names = self.folder / "home/c/modelsig/rules/families/names/gguf.toml"
        names.parent.mkdir(parents=True)
        self.addCleanup(shutil.rmtree, self.folder / "home/c/modelsig")
        names.write_text('[roles]\n"attn.nonsense" = "blk.{layer}.x"\n')
        family = names.parent.parent / "broken.toml"
        family.write_text('family = ["broken"]\n[nonsense]\n')
        status, out, _ = self.run_it("rules", "lint")
        self.assertEqual(status, 1)
        self.assertIn(f"error: {names}:2:1: no role 'attn.nonsense'", out)
        self.assertIn(f"error: {family}:2:2: a family file has no section 'nonsense'", out)

    def test_help_has_examples_and_exit_codes(self):
        status, out, _ = self.run_it("--help")
        self.assertEqual(status, 0)
        self.assertIn("Examples:", out)
        self.assertIn("Exit status: 0 all well", out)

    def test_each_command_has_examples_of_its_own(self):
        for words in (["run"], ["new"], ["config"], ["make-checkpoint"], ["pipelines", "show"], ["plugins", "check"], ["rules", "learn"], ["families", "diff"]):
            status, out, _ = self.run_it(*words, "--help")
            self.assertEqual(status, 0)
            self.assertIn("Examples:\n  modelsig " + " ".join(words), out)

    def test_version(self):
        self.assertRegex(self.run_it("--version")[1], r"^modelsig \d+\.\d+\.\d+\n$")

    def test_misspelled_option_is_met_with_the_right_one(self):
        status, out, err = self.run_it("Qwen3-0.6B", "--ouput", "json")
        self.assertEqual((status, out), (1, ""))
        self.assertIn("error: there is no option '--ouput', did you mean '--output'?", err)
        status, _, err = self.run_it("plugins", "shwo", "layer.arch")
        self.assertEqual(status, 1)
        self.assertIn("error: there is no 'plugins shwo', did you mean 'show'? (list, show, check)", err)
        self.assertIn("error: 'families' needs a word behind it: list, show", self.run_it("families")[2])

    def test_unknown_output_is_said_before_anything_is_read(self):
        status, out, err = self.run_it("no-such-model-here", "--output", "tabel")
        self.assertEqual((status, out), (1, ""))
        self.assertIn("did you mean 'table'? (json, table, markdown)", err)

    def test_every_way_to_name_a_model_is_the_same_model(self):
        path = str(self.folder / "Qwen3-0.6B")
        plain = self.report(path)
        for words in (["local:" + path], ["-m", path], ["--model", "local:" + path], ["--local", path], [path + "/"]):
            self.assertEqual(self.report(*words)["models"]["Qwen3-0.6B"]["static_weight_signature"],
                             plain["models"]["Qwen3-0.6B"]["static_weight_signature"], words)

    def test_positional_models_come_before_flagged_ones(self):
        self.assertEqual(list(self.report("-m", "Qwen3-32B", "Qwen3-0.6B")["coverage_matrix"]), ["Qwen3-0.6B|Qwen3-32B"])

    def test_results_do_not_depend_on_the_thread_count(self):
        models = [str(self.folder / n) for n in ("Qwen3-0.6B", "Qwen3-32B")] + ["local:" + str(self.folder / "Qwen3-0.6B") + "/"]
        outputs = {self.run_it(*models, "--multi-fidelity", "--threads", n)[1] for n in ("1", "2", "7")}
        self.assertEqual(len(outputs), 1)

    def test_equal_basenames_stay_two_models(self):
        for parent in ("a", "b"):
            (self.folder / parent).mkdir(exist_ok=True)
            link = self.folder / parent / "model"
            if not link.exists():
                link.symlink_to(self.folder / "Qwen3-0.6B")
        report = self.report("a/model", "b/model")
        self.assertEqual(list(report["models"]), ["a/model", "b/model"])
        self.assertEqual(list(report["coverage_matrix"]), ["a/model|b/model"])

    def test_one_bad_shard_of_many_is_named_and_the_verdict_undetermined(self):
        broken = self.folder / "broken"
        if not broken.exists():
            broken.mkdir()
            for file in (self.folder / "Qwen3-32B").iterdir():
                (broken / file.name).symlink_to(file)
        shard = broken / "model-00003-of-00017.safetensors"
        shard.unlink()
        shard.write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n")
        status, out, err = self.run_it("Qwen3-0.6B", "broken")
        self.assertEqual(status, 2)
        model = json.loads(out)["models"]["broken"]
        self.assertFalse(model["complete"])
        self.assertIn("model-00003-of-00017.safetensors", json.dumps(model["problems"]))
        self.assertIn("LFS", json.dumps(model["problems"]))
        self.assertGreater(len(model["static_weight_signature"]), 10)
        pair = json.loads(out)["coverage_matrix"]["Qwen3-0.6B|broken"]
        self.assertEqual(pair["substitution_verdict"], "UNDETERMINED")
        self.assertIn("model-00003-of-00017.safetensors", err)

    def test_a_model_that_is_not_there_does_not_spoil_the_rest(self):
        status, out, err = self.run_it("Qwen3-0.6B", "./nowhere")
        self.assertEqual(status, 2)
        report = json.loads(out)
        self.assertTrue(report["models"]["Qwen3-0.6B"]["complete"])
        self.assertFalse(report["models"]["nowhere"]["complete"])
        self.assertIn("nowhere", err)

    def test_save_replaces_whole_and_keeps_the_old_file_on_failure(self):
        target = self.folder / "report.md"
        target.write_text("old")
        self.assertEqual(self.run_it("Qwen3-0.6B", "--output", "markdown", "--save", str(target))[0], 0)
        self.assertTrue(target.read_text().startswith("#"))
        status, _, err = self.run_it("Qwen3-0.6B", "--save", str(self.folder / "no/such/folder/r.json"))
        self.assertEqual(status, 1)
        self.assertIn("no/such/folder/r.json: cannot be created", err)
        target.write_text("old")
        self.assertEqual(self.run_it("Qwen3-0.6B", "--save", str(target), "--output", "nothing")[0], 1)
        self.assertEqual(target.read_text(), "old")
        self.assertEqual([f.name for f in self.folder.glob("report.md*")], ["report.md"])

    def test_accepted_for_compatibility(self):
        status, out, err = self.run_it("Qwen3-0.6B", "--no-fx-trace", "--no-hook-capture", "--no-layer-sig", "--trust-remote-code", "--timeout", "5")
        self.assertEqual(status, 0)
        self.assertEqual(err.count("nothing remote is ever executed"), 1)

    def test_fast_is_exact_where_a_family_serves(self):
        stored = self.report("Qwen3-0.6B")["models"]["Qwen3-0.6B"]["static_weight_signature"]
        promised = self.report("Qwen3-0.6B", "--fast")["models"]["Qwen3-0.6B"]["static_weight_signature"]
        self.assertEqual({k: (v["representative_shape"], v["count"], v["dtype"]) for k, v in stored.items()},
                         {k: (v["representative_shape"], v["count"], v["dtype"]) for k, v in promised.items()})

    def test_without_a_family_file_the_guess_is_marked(self):
        folder = self.folder / "unheard-of"
        folder.mkdir(exist_ok=True)
        (folder / "config.json").write_text('{"model_type": "unheard_of", "hidden_size": 64, "num_attention_heads": 4, "vocab_size": 100}')
        signature = self.report("unheard-of", "--fast")["models"]["unheard-of"]["static_weight_signature"]
        self.assertTrue(signature and all(v["assumed"] for v in signature.values()))

    def test_make_checkpoint_and_diff(self):
        out = self.folder / "made"
        status, text, err = self.run_it("make-checkpoint", "Qwen3-32B/config.json", str(out), "--shard-size", "4GB")
        self.assertEqual(status, 0, err)
        self.assertIn("707 tensors of family 'qwen3'", text)
        self.assertEqual(self.run_it("families", "diff", str(out))[:2], (0, "qwen3: 707 tensors as promised\n"))
        self.assertLess(sum(f.stat().st_blocks * 512 for f in out.iterdir()), 1 << 20)
        original = self.report("Qwen3-32B")["models"]["Qwen3-32B"]["static_weight_signature"]
        made = self.report(str(out))["models"]["made"]["static_weight_signature"]
        self.assertEqual({k: v["param_count"] for k, v in original.items()}, {k: v["param_count"] for k, v in made.items()})

    def test_a_mistake_in_a_family_file_points_into_the_line(self):
        file = self.folder / "fam.toml"
        file.write_text('family = ["mine"]\nextends = "llama"\n[module."model.layers.{layer}.self_attn"]\n'
                        'q_proj = "attn.q: linear(hidden -> heads*headdim)"\n')
        status, _, err = self.run_it("families", "check", str(file))
        self.assertEqual(status, 1)
        self.assertRegex(err, r"fam\.toml:4:\d+: nothing is called 'headdim', did you mean 'head_dim'\?")
        file.write_text(file.read_text().replace("headdim", "head_dim"))
        self.assertEqual(self.run_it("families", "check", str(file))[0], 0)

    def test_a_config_of_the_wrong_type_is_one_sentence(self):
        config = self.folder / "bad.json"
        config.write_text('{"model_type": "llama", "hidden_size": "big", "num_hidden_layers": 2}')
        status, _, err = self.run_it("make-checkpoint", str(config), str(self.folder / "never"))
        self.assertEqual(status, 1)
        self.assertIn("hidden is 'big', not a size", err)
        self.assertFalse((self.folder / "never").exists())

    def test_every_family_file_can_be_shown(self):
        status, out, err = self.run_it("families", "list")
        self.assertEqual(status, 0, err)
        names = [line.split()[0] for line in out.splitlines()]
        self.assertGreater(len(names), 70)
        self.assertIn("deepseek_v3", names)
        self.assertEqual(self.run_it("families", "show", "mixtral")[0], 0)
        self.assertIn("did you mean 'mixtral'?", self.run_it("families", "show", "mixtrel")[2])

    def test_rules_explain_points_at_file_and_line(self):
        status, out, err = self.run_it("rules", "explain", "Qwen3-0.6B", "model.layers.3.self_attn.q_proj.weight")
        self.assertEqual(status, 0, err)
        self.assertRegex(out, r"layer_type +AttentionLayer +won .*layer_types\.toml:\d+")

    def test_pipeline_mistake_points_and_suggests(self):
        file = self.folder / "mine.toml"
        file.write_text('extends = "default"\n[[layer]]\nid = "weights"\nwith = { mark_asumed = true }\n')
        status, out, err = self.run_it("run", str(file), "Qwen3-0.6B")
        self.assertEqual((status, out), (1, ""))
        self.assertRegex(err, r"mine\.toml:4:\d+: layer\.weights has no option 'mark_asumed', did you mean 'mark_assumed'\?")

    def interrupted(self, layer):
        file = self.folder / "wait.toml"
        file.write_text(f'extends = "default"\n[[layer]]\nuse = "{layer}"\nsection = "w"\n')
        target = self.folder / "interrupted.json"
        process = subprocess.Popen([BUILD / "bin/modelsig", "--plugin-dir", BUILD / "tests/core/run/plugins", "run", file, "Qwen3-0.6B", "--save", target],
                                   cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        time.sleep(1.5)
        start = time.time()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
        self.assertEqual((process.returncode, out), (130, ""), err)
        self.assertFalse(target.exists())
        return time.time() - start, err

    def test_ctrl_c_cancels_cleanly(self):
        _, err = self.interrupted("layer.waits")
        self.assertIn("cancelled, nothing was written", err)

    def test_ctrl_c_does_not_wait_for_a_plugin_that_ignores_it(self):
        seconds, err = self.interrupted("layer.ignores_cancellation")
        self.assertIn("a plugin ignores that the run was cancelled", err)
        self.assertLess(seconds, 20)


unittest.main(argv=sys.argv[:1], verbosity=1)
