#!/usr/bin/env python3
"""Exports without any configuration: what the graph alone tells is what the original's config.json says, or is not said.
  alone.py SOURCE BUILD     MODELSIG_SHARED: where the exports are; without them: skipped (77)"""
import json
import os
import pathlib
import sys
import tempfile

SOURCE, BUILD = (pathlib.Path(p).resolve() for p in sys.argv[1:3])
sys.path.insert(0, str(SOURCE / "tests/docs"))
from samples import modelsig  # noqa: E402

PAIRS = pathlib.Path(os.environ.get("MODELSIG_SHARED") or SOURCE / "../shared") / "oracle/models/pair"
HEADS = {"heads", "kv_heads", "head_dim"}
# their exporter works the heads out of the hidden size as it runs: no shape has them
WORKED_OUT = {"gpt2-embedded": HEADS, "gpt2-external": HEADS, "gpt2-nofold": HEADS}


def truth(config):
    first = lambda *keys: next((config[k] for k in keys if config.get(k) is not None), None)
    heads, hidden = first("num_attention_heads", "n_head"), first("hidden_size", "n_embd")
    return {"heads": heads, "kv_heads": first("num_key_value_heads") or heads, "head_dim": first("head_dim") or hidden // heads, "hidden": hidden,
            "layers": first("num_hidden_layers", "n_layer"), "ffn": first("intermediate_size") or 4 * hidden, "vocab": config["vocab_size"]}


def main():
    exports = sorted(PAIRS.glob("*/onnx"))
    if not exports:
        print(f"no exports at {PAIRS}: skipped")
        return 77
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        names = [export.parent.name for export in exports]
        for export in exports:
            (folder / export.parent.name).mkdir()
            for file in export.iterdir():
                if file.suffix != ".json":
                    (folder / export.parent.name / file.name).symlink_to(file.resolve())
        _, out, err = modelsig(BUILD, folder, names)
        for name, model in json.loads(out)["models"].items():
            facts = {}
            for part in model["architecture"]:
                facts |= {id: fact["value"] for id, fact in part["facts"].items()}
            unsaid = WORKED_OUT.get(name, set())
            for fact, value in truth(json.loads((PAIRS / name / "config.json").read_text())).items():
                wanted = None if fact in unsaid else value
                if facts.get(fact) != wanted:
                    wrong += 1
                    print(f"{name}: {fact} is {facts.get(fact)}, expected {wanted}")
            if model["arch_fingerprint"].get("model_type") is not None:
                wrong += 1
                print(f"{name}: model_type {model['arch_fingerprint']['model_type']}, which no graph says")
    print(f"{len(exports)} exports, {wrong} wrong")
    return 1 if wrong else 0


sys.exit(main())
