#!/usr/bin/env bash
# The installed tree runs from wherever it was moved to, and finds its plugins, rules and pipelines there.
. "$(dirname "$0")/common.sh"
for path in bin/modelsig lib/modelsig/plugins/$(basename "$(ls "$build"/lib/modelsig/plugins/*local*.so)") share/modelsig/pipelines/default.toml share/modelsig/rules \
            share/modelsig/policies share/modelsig/schema include/modelsig/abi.h lib/cmake/modelsig/modelsigConfig.cmake; do
  [ -e "$prefix/$path" ] || fail "$path is not installed"
done
sample "$work/model"
cd /
"$modelsig" --version | grep -q '^modelsig ' || fail "--version"
"$modelsig" "$work/model" > "$work/report.json" || fail "analysis of the sample"
python3 - "$work/report.json" <<'PY'
import json, sys
model = json.load(open(sys.argv[1]))["models"]["model"]
assert model["complete"] is True, model["problems"]
assert model["static_weight_signature"]["model.embed_tokens.weight"]["param_count"] == 32
PY
"$modelsig" plugins list | grep -q "^looked into:.*$prefix/lib/modelsig/plugins" || fail "plugins come from elsewhere"
if grep -rIl "$build\|$work/installed" "$prefix" >/dev/null; then fail "a file holds a path of the build"; fi
