#!/usr/bin/env python3
"""The report of the two samples, every pipeline and policy file, against configs/schema; and that the schemas refuse."""
import copy
import json
import pathlib
import sys
import tempfile

from samples import modelsig, write_samples

try:
    import jsonschema
except ImportError:
    print("skipped: python3-jsonschema is not installed")
    sys.exit(77)
try:
    import tomllib
except ImportError:
    try:
        import toml as tomllib
    except ImportError:
        print("skipped: no TOML reader for this Python")
        sys.exit(77)

source, build = (pathlib.Path(p).resolve() for p in sys.argv[1:3])
schemas = {f.name.split(".")[0]: json.loads(f.read_text()) for f in (source / "configs/schema").glob("*.schema.json")}
for schema in schemas.values():
    jsonschema.Draft7Validator.check_schema(schema) if not hasattr(jsonschema, "Draft202012Validator") else jsonschema.Draft202012Validator.check_schema(schema)


def refused(value, schema):
    try:
        jsonschema.validate(value, schema)
    except jsonschema.ValidationError:
        return True
    return False


with tempfile.TemporaryDirectory() as folder:
    folder = pathlib.Path(folder)
    write_samples(source, build, folder)
    (folder / "broken").mkdir()
    (folder / "broken/config.json").write_text("{\"model_type\": \"qwen3\",")
    for words, expected in [(["Qwen3-0.6B", "Qwen3-32B", "--multi-fidelity", "--quant-path"], 0), (["Qwen3-0.6B", "Qwen3-32B", "--fast"], 0),
                            (["Qwen3-0.6B", "broken"], 2)]:
        status, out, err = modelsig(build, folder, words)
        assert status == expected, (words, status, err)
        report = json.loads(out)
        jsonschema.validate(report, schemas["report"])
        if expected == 0:  # a gap without a severity, a fact without its evidence
            for spoil in (lambda r: r["coverage_matrix"]["Qwen3-0.6B|Qwen3-32B"]["coverage_gaps"][0].pop("severity"),
                          lambda r: r["models"]["Qwen3-32B"]["architecture"][0]["facts"]["head_dim"].pop("from")):
                bad = copy.deepcopy(report)
                spoil(bad)
                assert refused(bad, schemas["report"])
    assert report["coverage_matrix"]["Qwen3-0.6B|broken"]["substitution_verdict"] == "UNDETERMINED"
    bad = copy.deepcopy(report)
    bad["coverage_matrix"]["Qwen3-0.6B|broken"]["substitution_verdict"] = "MAYBE"
    assert refused(bad, schemas["report"])

count = 0
for kind in ("pipelines", "policies"):
    for file in sorted((source / "configs" / kind).glob("*.toml")):
        jsonschema.validate(tomllib.loads(file.read_text()), schemas[{"pipelines": "pipeline", "policies": "policy"}[kind]])
        count += 1
assert refused({"layer": [{"use": "layers.weights"}]}, schemas["pipeline"])
assert refused({"sumary": "x"}, schemas["pipeline"])
print(f"3 reports and {count} files are valid")
