#!/usr/bin/env python3
"""Rule files that ship fit configs/schema/rules.schema.json, and the schema refuses what the kernel refuses.

Exit code 77 (ctest: skipped) where Python lacks tomllib (3.11) or jsonschema.
"""
import json
import pathlib
import sys

try:
    import tomllib
    import jsonschema
except ImportError as missing:
    print(f"skipped: {missing}")
    sys.exit(77)

REFUSED = {
    "a section that is no table of rules": "[layer]\nid = 'a'",
    "a rule without id": "[[t]]\nexact = 'x'",
    "two matchers": "[[t]]\nid = 'a'\nexact = 'x'\nprefix = 'y'",
    "an empty list": "[[t]]\nid = 'a'\ncontains = []",
    "an empty suffix": "[[t]]\nid = 'a'\nsuffix = ''",
    "an empty label": "[[t]]\nid = 'a'\nlabel = ''",
    "an unknown setting": "[table.t]\nsubjekt = 'tensor'",
    "an unknown subject": "[table.t]\nsubject = 'op'",
    "an unknown index mode": "[names]\nindex = 'dots'",
    "a placeholder of digits": "[names]\nplaceholder = '7'",
    "remove = false": "[[t]]\nid = 'a'\nremove = false",
    "remove with a label": "[[t]]\nid = 'a'\nremove = true\nlabel = 'x'",
    "before and first": "[[t]]\nid = 'a'\nbefore = 'b'\nfirst = true",
}


def main(root: pathlib.Path) -> int:
    schema = json.loads((root / "configs/schema/rules.schema.json").read_text())
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)
    rules = root / "configs/rules"
    files = sorted(rules.glob("*.toml")) + sorted((rules / "reference").glob("*.toml"))
    wrong = 0
    for path in files:
        for error in validator.iter_errors(tomllib.loads(path.read_text())):
            print(f"{path.relative_to(root)}: {'/'.join(map(str, error.absolute_path))}: {error.message}")
            wrong += 1
    for what, text in REFUSED.items():
        if validator.is_valid(tomllib.loads(text)):
            print(f"the schema takes {what}")
            wrong += 1
    print(f"{len(files)} files, {len(REFUSED)} wrong ones, {wrong} errors")
    return 1 if wrong or not files else 0


sys.exit(main(pathlib.Path(sys.argv[1])))
