#!/usr/bin/env bash
# A plugin built with the frozen header loads, keeps the contract, and its section is in a report.
# Usage: frozen.sh MODELSIG PLUGIN.so
set -euo pipefail
modelsig=$1 plugin=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$modelsig" plugins check "$plugin"
mkdir "$work/model"
echo '{"model_type": "llama", "hidden_size": 4, "num_hidden_layers": 1, "num_attention_heads": 2}' > "$work/model/config.json"
printf 'extends = "fast"\n[[layer]]\nuse = "layer.faulty"\nsection = "frozen"\n' > "$work/mine.toml"
"$modelsig" --plugin-dir "$(dirname "$plugin")" run "$work/mine.toml" "$work/model" > "$work/report.json" || [ $? -eq 2 ]
grep -q '"frozen": 1' "$work/report.json"
