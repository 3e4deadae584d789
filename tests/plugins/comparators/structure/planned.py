#!/usr/bin/env python3
"""Coverage gaps under a plan: which conditions it decides, for which values, and what follows for verdict, strategy and canary."""
import json
import sys
import unittest

from over_models import OverModels

OWN = """
[[plan_key]]
id   = "rack"
type = "string"
enum = ["wide", "narrow"]
help = "where it runs"

[[gap]]
id        = "narrow-rack"
value     = "'deep' if layers > 40 else 'flat'"
lacks     = "target.layers > 40 and proxy.layers <= 40"
severity  = "conditional"
condition = "a narrow rack splits deep models"
opens     = ["plan.rack == 'narrow'"]
message   = "{a.layers} layers ({a}) against {b.layers} ({b})"
verified  = 2026-11-28

[[plan_check]]
id      = "rack-layers"
holds   = "plan.rack == 'narrow' and layers > 40"
illegal = true
message = "{layers} layers do not fit a {plan.rack} rack"
"""


class Planned(OverModels):
    def gaps(self, a, b, *plan):
        words = [w for p in plan for w in ("--plan", p)]
        pair = self.report(a, b, *words)["coverage_matrix"][f"{a}|{b}"]
        return pair, {g["id"]: g for g in reversed(pair["coverage_gaps"])}

    def test_without_a_plan_conditions_stand_in_words(self):
        pair, gaps = self.gaps("Qwen2.5-7B", "Qwen2.5-72B")
        self.assertEqual(pair["substitution_verdict"], "FULL_SUBSTITUTE")
        self.assertNotIn("plan", gaps["tp-divisibility"])
        self.assertIn("divides the heads of one only", gaps["tp-divisibility"]["condition"])

    def test_a_size_that_divides_the_heads_of_one_only_opens_the_gap(self):
        # 28 heads against 64
        pair, gaps = self.gaps("Qwen2.5-7B", "Qwen2.5-72B", "tp=1,2,4,8")
        self.assertEqual(gaps["tp-divisibility"]["plan"]["a_for_b"], {"condition": "opens", "at": ["tp=8"]})
        self.assertEqual(pair["stand_in"]["a_for_b"]["verdict"], "PARTIAL_SUBSTITUTE")
        self.assertIn("tp-divisibility (tp=8): heads 28 against 64", pair["stand_in"]["a_for_b"]["reasons"])
        self.assertIn("tp-divisibility (tp=8)", pair["recommendation"])
        self.assertIn("tp-divisibility (tp=8)", pair["test_strategy"]["test_scope"])
        pair, gaps = self.gaps("Qwen2.5-7B", "Qwen2.5-72B", "tp=1,2,4")
        self.assertEqual(gaps["tp-divisibility"]["plan"]["a_for_b"]["condition"], "closed")
        self.assertEqual(pair["substitution_verdict"], "FULL_SUBSTITUTE")

    def test_a_window_is_at_work_beyond_its_length_only(self):
        for context, condition in ((4096, "closed"), (16384, "opens")):
            pair, gaps = self.gaps("Llama-3.1-8B", "Mistral-7B-v0.1", f"context={context}")
            self.assertEqual(gaps["sliding-window"]["plan"]["a_for_b"]["condition"], condition)

    def test_the_same_scaling_by_another_factor_is_the_same_path(self):
        # llama3 by 32 and by 8; against Mistral, which scales nothing
        for a, b, condition in (("Llama-3.2-1B", "Llama-3.1-8B", "closed"), ("Mistral-7B-v0.1", "Llama-3.1-8B", "opens")):
            pair, gaps = self.gaps(a, b, "context=131072")
            self.assertEqual(gaps["rope-scaling"]["plan"]["a_for_b"]["condition"], condition)

    def test_what_the_plan_does_not_say_stays_in_words(self):
        pair, gaps = self.gaps("Qwen2.5-7B", "Qwen2.5-72B", "context=4096")
        self.assertEqual(gaps["tp-divisibility"]["plan"]["a_for_b"]["condition"], "not said")
        self.assertIn("tp-divisibility", pair["recommendation"])

    def test_two_keys_are_asked_in_every_combination(self):
        # 18944 = 148 groups of 128, 29568 = 231: the second cannot be halved
        pair, gaps = self.gaps("Qwen2.5-7B", "Qwen2.5-72B", "tp=1,2,4", "quant=awq-g128,fp8")
        self.assertEqual(gaps["quant-divisibility"]["plan"]["a_for_b"], {"condition": "opens", "at": ["quant=awq-g128 tp=2", "quant=awq-g128 tp=4"]})

    def test_each_model_says_which_values_are_legal_and_why_the_others_are_not(self):
        report = self.report("Qwen2.5-7B", "Qwen2.5-72B", "--plan", "tp=1,2,4,8,16", "--plan", "quant=awq-g128")
        self.assertEqual(report["plan"], {"quant": ["awq-g128"], "tp": [1, 2, 4, 8, 16]})
        small, large = (report["models"][m]["plan"] for m in ("Qwen2.5-7B", "Qwen2.5-72B"))
        self.assertEqual((small["legal"]["tp"], large["legal"]["tp"]), ([1, 2, 4], [1]))
        found = {(f["at"], f["illegal"], f["text"]) for f in small["findings"] + large["findings"]}
        for expected in (("tp=8", True, "28 attention heads are no multiple of 8"), ("tp=16", False, "8 KV heads: each is kept by 2 ranks"),
                         ("quant=awq-g128 tp=2", True, "14784 inputs of a rank's down projection are no multiple of the group of 128")):
            self.assertIn(expected, found)
        self.assertIn("plan.toml:", small["findings"][0]["rule"])
        experts = self.report("Qwen3-30B-A3B", "--plan", "ep=8,24", "--plan", "tp=8")["models"]["Qwen3-30B-A3B"]["plan"]
        self.assertEqual((experts["legal"]["ep"], experts["legal"]["tp"]), ([8], [8]))
        self.assertIn("4 KV heads: each is kept by 2 ranks", [f["text"] for f in experts["findings"]])

    def test_the_canary_leaves_out_what_the_plan_closes(self):
        def focus(*plan):
            words = [w for p in plan for w in ("--plan", p)]
            return self.report("Qwen2.5-7B", "Qwen2.5-72B", "--multi-fidelity", *words)["multi_fidelity_plan"]["level4_canary"][0]["test_focus"]
        self.assertIn("tp-divisibility", focus())
        self.assertNotIn("tp-divisibility", focus("tp=2,4"))

    def test_heads_that_the_usual_sizes_divide_alike_are_no_news_unless_another_is_planned(self):
        # 32 heads against 64
        self.assertNotIn("tp-divisibility", self.gaps("Qwen3-8B", "Qwen3-32B")[1])
        self.assertNotIn("tp-divisibility", self.gaps("Qwen3-8B", "Qwen3-32B", "tp=2,4,8,16")[1])
        self.assertEqual(self.gaps("Qwen3-8B", "Qwen3-32B", "tp=8,64")[1]["tp-divisibility"]["plan"]["a_for_b"], {"condition": "opens", "at": ["tp=64"]})

    def test_within_the_context_of_both_another_rope_theta_is_the_same_path(self):
        # theta 500000 against 10000; made for 131072 and 32768 tokens
        for context, condition in ((16384, "closed"), (65536, "opens")):
            self.assertEqual(self.gaps("Llama-3.1-8B", "Mistral-7B-v0.1", f"context={context}")[1]["rope-theta"]["plan"]["a_for_b"]["condition"], condition)

    def test_a_pipeline_file_has_a_plan_and_the_command_line_goes_before_it(self):
        (self.folder / "nightly.toml").write_text('extends = "default"\n[plan]\ntp = [1, 2, 4, 8]\nengine = "vllm"\n')
        report = json.loads(self.modelsig("run", "nightly.toml", "Qwen2.5-7B", "Qwen2.5-72B", "--fast"))
        self.assertEqual(report["plan"], {"engine": ["vllm"], "tp": [1, 2, 4, 8]})
        self.assertEqual(report["coverage_matrix"]["Qwen2.5-7B|Qwen2.5-72B"]["substitution_verdict"], "PARTIAL_SUBSTITUTE")
        report = json.loads(self.modelsig("run", "nightly.toml", "Qwen2.5-7B", "Qwen2.5-72B", "--fast", "--plan", "tp=2"))
        self.assertEqual(report["plan"]["tp"], [2])
        self.assertIn("Plan", self.modelsig("pipelines", "show", "nightly.toml"))
        (self.folder / "slip.toml").write_text('extends = "default"\n[plan]\ntps = 2\n')
        self.assertIn("slip.toml:3:1: a plan has no 'tps', did you mean 'tp'?", self.modelsig("pipelines", "check", "slip.toml", status=1))

    def test_words_rules_and_checks_of_ones_own_need_no_compiler(self):
        (self.folder / "own.toml").write_text(OWN)
        report = self.report("Qwen3-8B", "Qwen3-32B", "--rules", "own.toml", "--plan", "rack=narrow")
        gap = [g for g in report["coverage_matrix"]["Qwen3-8B|Qwen3-32B"]["coverage_gaps"] if g["id"] == "narrow-rack"]
        self.assertEqual([(g["message"], g["direction"], g["plan"]) for g in gap],
                         [("36 layers (flat) against 64 (deep)", "a_for_b", {"a_for_b": {"condition": "opens"}})])
        self.assertEqual(report["models"]["Qwen3-32B"]["plan"]["findings"][0]["text"], "64 layers do not fit a narrow rack")
        self.assertEqual(report["models"]["Qwen3-32B"]["plan"]["legal"], {"rack": []})
        self.assertEqual(report["models"]["Qwen3-8B"]["plan"]["findings"], [])

    def test_the_pages_say_what_is_missed_as_planned_and_what_is_not(self):
        page = self.modelsig("Qwen2.5-7B", "Qwen2.5-72B", "--fast", "--output", "table", "--plan", "tp=2,4,8", "--plan", "context=4096")
        for text in ("as planned           context 4096", "tp 2, 4", "28 attention heads are no multiple of 8", "missed as planned    tp-divisibility", "at tp=8: "):
            self.assertIn(text, page)
        page = self.modelsig("Llama-3.1-8B", "Mistral-7B-v0.1", "--fast", "--output", "table", "--plan", "context=4096")
        self.assertRegex(page, r"not as planned +.*sliding-window")
        notes = self.modelsig("Qwen2.5-7B", "Qwen2.5-72B", "--fast", "--output", "markdown", "--plan", "tp=2,4,8")
        self.assertIn("| `tp-divisibility` | as planned | heads 28 against 64 | 28 | 64 | tp=8: ", notes)
        self.assertIn("- `Qwen2.5-7B` at `tp=8` **not possible**: 28 attention heads are no multiple of 8", notes)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
