#!/usr/bin/env bash
# The walk-through of sdk/README.md, command by command, in a clean folder against the installed SDK.
. "$(dirname "$0")/common.sh"
sanitized && { echo "skipped: sanitizers"; exit 77; }
export PREFIX=$prefix PATH="$prefix/bin:$PATH"
mkdir -p "$work/clean" "$HOME" && cd "$work/clean"
python3 - "$source/sdk/README.md" > "$work/commands.sh" <<'PY'
import re, sys
blocks = re.findall(r"^```sh\n(.*?)^```$", open(sys.argv[1]).read(), flags=re.S | re.M)
assert len(blocks) >= 6, f"only {len(blocks)} blocks of commands"
print("set -e\n" + "\n".join(blocks))
PY
unset XDG_DATA_HOME  # the walk-through names the usual folder
bash "$work/commands.sh" > "$work/log" 2>&1 || { tail -n 40 "$work/log"; fail "a command of the walk-through"; }
grep -q '"largest": "[a-z_.]*weight"' "$work/log" || { cat "$work/log"; fail "the section is not in the report"; }
grep -q 'layer.sizes' "$work/log" || fail "the plugin was not found where it was installed"
python3 - report.json <<'PY'
import json, sys
report = json.load(open(sys.argv[1]))
found = next(iter(report["models"].values()))["my_sizes"]
assert found["tensors"] == 16, found  # two embeddings, seven matrices a layer; norms have 64 elements
PY
