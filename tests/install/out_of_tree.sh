#!/usr/bin/env bash
# A third party's plugin, in a folder outside the repository, built against the installed SDK, named in a
# pipeline file, in the report.
. "$(dirname "$0")/common.sh"
sanitized && { echo "skipped: sanitizers"; exit 77; }
cp -r "$source/tests/install/example" "$work/example"
cmake -S "$work/example" -B "$work/build" -DCMAKE_PREFIX_PATH="$prefix" >"$work/log" 2>&1 || { cat "$work/log"; fail "configure"; }
cmake --build "$work/build" >"$work/log" 2>&1 || { cat "$work/log"; fail "build"; }
sample "$work/model"
cat > "$work/mine.toml" <<'TOML'
extends = "default"
[[layer]]
use     = "layer.axes"
section = "axes"
with    = { smallest = 4 }
TOML
"$modelsig" --plugin-dir "$work/build" run "$work/mine.toml" "$work/model" > "$work/report.json" || fail "run"
python3 - "$work/report.json" <<'PY'
import json, sys
report = json.load(open(sys.argv[1]))
assert report["models"]["model"]["axes"] == {"smallest": 4, "axes": {"4": 2, "8": 1}}, report["models"]["model"].get("axes")
assert report["provenance"]["plugins"]["org.example.axes"] == "1.0.0"
PY
"$modelsig" run "$work/mine.toml" "$work/model" 2> "$work/error" && fail "ran without the plugin"
grep -q "mine.toml:3:11: no plugin offers 'layer.axes'" "$work/error" || { cat "$work/error"; fail "the error does not point"; }
