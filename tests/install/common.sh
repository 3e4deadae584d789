# Sourced: $source, $build, $work (removed at the end), $prefix (an installed tree that was moved).
set -euo pipefail
source=$1 build=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cmake --install "$build" --prefix "$work/installed" >/dev/null
mv "$work/installed" "$work/moved"
prefix=$work/moved
modelsig=$prefix/bin/modelsig
export HOME=$work/home XDG_CONFIG_HOME=$work/home/.config XDG_DATA_HOME=$work/home/.local/share
unset MODELSIG_PLUGIN_PATH
fail() { echo "FAILED: $*" >&2; exit 1; }
sanitized() { grep -q '^MODELSIG_SANITIZE:STRING=.' "$build/CMakeCache.txt"; }
# a model of two tensors, written here byte by byte
sample() {
  mkdir -p "$1"
  echo '{"model_type": "llama", "hidden_size": 4, "num_hidden_layers": 1, "num_attention_heads": 2}' > "$1/config.json"
  python3 - "$1/model.safetensors" <<'PY'
import json, struct, sys
header = json.dumps({"model.embed_tokens.weight": {"dtype": "F32", "shape": [8, 4], "data_offsets": [0, 128]},
                     "model.norm.weight": {"dtype": "F32", "shape": [4], "data_offsets": [128, 144]}}).encode()
open(sys.argv[1], "wb").write(struct.pack("<Q", len(header)) + header + bytes(144))
PY
}
