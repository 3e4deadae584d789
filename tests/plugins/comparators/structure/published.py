#!/usr/bin/env python3
"""Pairs of published models by their sizes (CASES.tsv, models.json), compared with --fast; and the rules that decide as data."""
import json
import re
import sys
import unittest

from over_models import HERE, OverModels

OWN_RULE = """
[[gap]]
id       = "wide-ffn"
fact     = "ffn"
severity = "always"
message  = "the feed-forward is {a} wide against {b}"
verified = 2026-11-22
"""


class Published(OverModels):
    def test_every_pair_of_the_table(self):
        rows = self.rows("CASES.tsv")
        self.assertGreater(len(rows), 12)
        for a, b, isomorphism, a_for_b, b_for_a, gaps in rows:
            with self.subTest(a=a, b=b):
                self.check(self.pair(a, b), isomorphism, a_for_b, b_for_a, gaps)

    def test_an_incomplete_model_is_not_called_isomorphic(self):
        self.modelsig("make-checkpoint", "Llama-3.2-1B", "torn", "--shard-size", "1GB")
        sorted((self.folder / "torn").glob("*.safetensors"))[-1].unlink()
        pair = json.loads(self.modelsig("torn", "Llama-3.1-8B", "--output", "json", status=2))["coverage_matrix"]["torn|Llama-3.1-8B"]
        self.assertEqual(pair["substitution_verdict"], "UNDETERMINED")
        for key in ("isomorphism", "phase2_substructure_match", "phase3_algebraic_consistent"):
            self.assertIsNone(pair[key], key)
        self.assertIn("model A is incomplete", pair["verdict_reasons"][0])

    def test_every_gap_has_both_values_and_its_evidence(self):
        for gap in self.pair("Llama-3.1-8B", "Mistral-7B-v0.1")["coverage_gaps"]:
            self.assertNotEqual(gap["a"], gap["b"], gap["id"])
            self.assertIn("rules/gaps/", gap["evidence"]["rule"])
        window = [g for g in self.pair("Llama-3.1-8B", "Mistral-7B-v0.1")["coverage_gaps"] if g["id"] == "sliding-window"]
        self.assertEqual((window[0]["a"], window[0]["b"]), ("none", "4096"))

    def test_the_paths_of_version_2_are_still_there(self):
        found = self.pair("Qwen3-8B", "Qwen3-32B")
        for path in ("isomorphism", "substitution_verdict", "a_covers_b", "b_covers_a", "coverage_rate", "only_in_a", "only_in_b", "operator_coverage_rate",
                     "missing_highlevel_ops", "layer_type_coverage", "shape_compatibility", "can_substitute", "structural_coverage",
                     "phase1_normalized_match", "phase2_substructure_match", "phase3_algebraic_consistent", "scaling_analysis",
                     "shape_ratios_all_uniform", "non_uniform_shape_keys", "test_strategy", "recommendation", "quant_transfer"):
            self.assertIn(path, found)
        self.assertEqual(set(found["test_strategy"]), {"level", "description", "test_scope"})
        self.assertEqual(found["scaling_analysis"]["hidden_size"]["ratio"], 1.25)

    def test_the_plan_takes_the_smallest_that_has_every_layer_class(self):
        plan = self.report("Qwen3-30B-A3B", "Qwen3-235B-A22B", "--multi-fidelity")["multi_fidelity_plan"]
        self.assertEqual([plan[level][0]["model"] for level in ("level1_structure", "level2_numerical", "level4_canary")],
                         ["Qwen3-30B-A3B", "Qwen3-30B-A3B", "Qwen3-235B-A22B"])
        self.assertEqual(plan["level4_canary"][0]["test_focus"][:2], ["MoE routing correctness", "peak memory"])
        plan = self.report("DeepSeek-V3-3-layers", "DeepSeek-V3-4-layers", "DeepSeek-V3", "--multi-fidelity")["multi_fidelity_plan"]
        self.assertEqual(plan["level1_structure"][0]["model"], "DeepSeek-V3-4-layers")  # 3 layers have no experts
        plan = self.report("DeepSeek-V3-3-layers", "DeepSeek-V3", "--multi-fidelity")["multi_fidelity_plan"]
        self.assertEqual(plan["level1_structure"][0]["model"], "DeepSeek-V3")

    def test_the_canary_lists_exactly_what_the_models_below_it_miss(self):
        report = self.report("Llama-3.2-1B", "Llama-3.1-70B", "--multi-fidelity")
        missed = {g["id"] for g in report["coverage_matrix"]["Llama-3.2-1B|Llama-3.1-70B"]["coverage_gaps"] if g["direction"] in ("both", "a_for_b")}
        canary = report["multi_fidelity_plan"]["level4_canary"][0]
        self.assertEqual({g["id"] for g in canary["coverage_gaps"]}, missed)
        self.assertIn("head-dim", canary["test_focus"])

    def test_a_gap_rule_of_ones_own_is_in_the_report_without_a_compiler(self):
        (self.folder / "own.toml").write_text(OWN_RULE)
        before, after = self.pair("Qwen3-8B", "Qwen3-32B"), self.pair("Qwen3-8B", "Qwen3-32B", "--rules", "own.toml")
        self.assertNotIn("wide-ffn", [g["id"] for g in before["coverage_gaps"]])
        own = [g for g in after["coverage_gaps"] if g["id"] == "wide-ffn"]
        self.assertEqual([(g["a"], g["b"], g["message"]) for g in own], [("12288", "25600", "the feed-forward is 12288 wide against 25600")])
        self.assertIn("own.toml:", own[0]["evidence"]["rule"])
        self.assertEqual(after["substitution_verdict"], "PARTIAL_SUBSTITUTE")
        self.assertIn("wide-ffn", self.modelsig("Qwen3-8B", "Qwen3-32B", "--fast", "--rules", "own.toml", "--output", "table"))

    def test_the_examples_of_the_rules_readme_do_what_it_says(self):
        text = (HERE.parents[3] / "configs/rules/README.md").read_text()
        (self.folder / "my.toml").write_text("\n".join(re.findall(r"```toml\n(.*?)```", text, re.S)))
        report = self.report("Qwen2.5-7B", "Qwen2.5-72B", "--rules", "my.toml")
        fact = report["models"]["Qwen2.5-7B"]["architecture"][0]["facts"]["kv_width"]
        self.assertEqual((fact["value"], fact["group"]), (512, "attention"))
        gap = [g for g in report["coverage_matrix"]["Qwen2.5-7B|Qwen2.5-72B"]["coverage_gaps"] if g["id"] == "kv-width"]
        self.assertEqual([g["message"] for g in gap], ["keys of a token are 512 wide against 1024"])
        page = self.modelsig("Qwen2.5-7B", "Qwen2.5-72B", "--fast", "--rules", "my.toml", "--output", "table")
        planned = self.modelsig("Qwen2.5-7B", "Qwen2.5-72B", "--fast", "--rules", "my.toml", "--plan", "tp=4,8", "--output", "table")
        shown = re.findall(r"reports\n\n(.*?)\n\n", text, re.S)
        self.assertEqual(len(shown), 2)
        for block, text in zip(shown, (page, planned)):
            for line in block.splitlines():
                self.assertIn(line.strip().split("  ")[-1], " ".join(text.split()))  # a page breaks its lines
        self.assertIn("64 keys of a token on each rank", planned)

    def test_severities_are_policy(self):
        self.assertEqual(self.pair("Qwen3-8B", "Qwen3-32B")["substitution_verdict"], "FULL_SUBSTITUTE")
        strict = self.pair("Qwen3-8B", "Qwen3-32B", "--set", "structure.severity=[\"gqa-group=always\"]")
        self.assertEqual(strict["substitution_verdict"], "PARTIAL_SUBSTITUTE")
        everywhere = json.loads(self.modelsig("run", "strict", "Qwen3-8B", "Qwen3-32B", "--fast", "--output", "json"))
        self.assertEqual(everywhere["coverage_matrix"]["Qwen3-8B|Qwen3-32B"]["substitution_verdict"], "PARTIAL_SUBSTITUTE")

    def test_the_page_says_nothing_twice(self):
        page = self.modelsig("Llama-3.2-1B", "Llama-3.1-8B", "--fast", "--output", "table")
        pair = " ".join(page[page.index("  answer "):].split())
        for text in ("head_dim 64 against 128", "tied embeddings: yes against no", "hidden 2048 against 4096", "no tensor was read"):
            self.assertEqual(pair.count(text), 1, text)
        found = self.pair("Llama-3.2-1B", "Llama-3.1-8B")
        self.assertNotIn("no tensor was read", "".join(found["verdict_reasons"]))
        self.assertEqual(found["rests_on"], ["A and B: the configuration and what its family file makes of it; no tensor was read"])
        for line in page.splitlines():
            self.assertLessEqual(len(line), 100, line)

    def test_of_another_design_the_page_says_what_decides_and_the_rest_in_a_line(self):
        page = self.modelsig("Qwen3-8B", "Qwen3-30B-A3B", "--fast", "--output", "table")
        pair = page[page.index("  answer "):]
        self.assertRegex(pair, r"always missed +moe-vs-dense")
        self.assertRegex(pair, r"differs besides +queries per KV head 4 against 8")
        for text in ("under a condition", "only in A", "good to know"):
            self.assertNotIn(text, pair)

    def test_of_a_model_that_only_the_usual_keys_describe_nothing_is_called_absent(self):
        self.add("unheard-of", self.models["Qwen3-8B"] | {"model_type": "unheard_of", "architectures": ["UnheardOfForCausalLM"]})
        pair = self.pair("unheard-of", "Qwen3-8B")
        self.assertEqual(pair["substitution_verdict"], "UNDETERMINED")
        self.assertNotIn("optional-part", [g["id"] for g in pair["coverage_gaps"]])
        self.assertIn("A: the usual keys of a configuration; no family file serves it, no tensor was read", pair["rests_on"])

    def test_the_page_says_it_in_a_sentence_and_in_groups(self):
        page = self.modelsig("Llama-3.2-1B", "Llama-3.1-8B", "--fast", "--output", "table")
        for text in ("A can stand in for B only in part", "always missed", "head_dim 64 against 128", "under a condition", "good to know", "16 x dense-softmax"):
            self.assertIn(text, page)
        notes = self.modelsig("Llama-3.2-1B", "Llama-3.1-8B", "--fast", "--output", "markdown")
        self.assertIn("| `head-dim` | always | head\\_dim 64 against 128 | 64 | 128 |", notes)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
