#!/usr/bin/env bash
# sdk/examples, outside the tree against the installed SDK: built, tested, checked; and in a run: a format in C++, then a
# store in Rust, a layer in C and a formatter in C++ together.
export RUSTUP_HOME="${RUSTUP_HOME:-$HOME/.rustup}" CARGO_HOME="${CARGO_HOME:-$HOME/.cargo}"  # the sandbox has another HOME
. "$(dirname "$0")/common.sh"
sanitized && { echo "skipped: sanitizers"; exit 77; }
cd "$work"
mkdir plugins
examples="npz alignment dot"
command -v rustc >/dev/null && examples="$examples tar" || echo "rustc not found: the store in Rust is not tried"
for name in $examples; do
  cp -r "$source/sdk/examples/$name" .
  cmake -S "$name" -B "build/$name" -DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_C_FLAGS="-Wall -Wextra -Werror" -DCMAKE_CXX_FLAGS="-Wall -Wextra -Werror" >log 2>&1 &&
    cmake --build "build/$name" >log 2>&1 || { tail -n 40 log; fail "build of $name"; }
  ctest --test-dir "build/$name" --output-on-failure >log 2>&1 || { cat log; fail "tests of $name"; }
  cp "build/$name/$name.so" plugins/
done
python3 - <<'PY'
import struct, zipfile
def npy(descr, shape, data):
    header = repr({"descr": descr, "fortran_order": False, "shape": shape}).encode()
    header += b" " * (-(len(header) + 11) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + bytes(data)
with zipfile.ZipFile("weights.npz", "w") as archive:  # as numpy.savez writes it
    archive.writestr("model.embed_tokens.weight.npy", npy("<f4", (8, 4), 128))
    archive.writestr("model.norm.weight.npy", npy("<f4", (4,), 16))
PY
printf 'extends = "default"\n[[format]]\nuse = "format.npz"\n' > npz.toml
"$modelsig" --plugin-dir plugins run npz.toml weights.npz > report.json || true
python3 - <<'PY'
import json
model = next(iter(json.load(open("report.json"))["models"].values()))
assert model["static_weight_signature"]["model.embed_tokens.weight"]["representative_shape"] == [8, 4], model
PY

cat > three.toml <<'TOML'
extends = "default"
[[layer]]
use     = "layer.alignment"
section = "alignment"
with    = { boundary = 32 }
[[formatter]]
use = "formatter.dot"
TOML
sample a && cp -r a b
if [ -e plugins/tar.so ]; then
  printf '[[store]]\nuse = "store.tar"\n' >> three.toml
  for model in a b; do tar -C $model -cf $model.tar config.json model.safetensors; done
  models="tar://$PWD/a.tar tar://$PWD/b.tar"
else models="a b"; fi
"$modelsig" --plugin-dir plugins run three.toml $models > report.json || fail "run"
python3 - "$models" <<'PY'
import json, struct, sys
report = json.load(open("report.json"))
data = open("a/model.safetensors", "rb").read()
first = 8 + struct.unpack("<Q", data[:8])[0]  # where the first tensor stands
odd = [name for name, at in (("model.embed_tokens.weight", first), ("model.norm.weight", first + 128)) if at % 32]
for model in report["models"].values():
    assert model["alignment"]["stored"] == 2 and model["alignment"]["first_odd"] == odd, (model["alignment"], odd)
    assert model["complete"], model["problems"]
    assert model["provenance"]["uri"] in sys.argv[1].split() or "tar:" not in sys.argv[1], model["provenance"]
PY
"$modelsig" --plugin-dir plugins run three.toml $models --output dot > graph.dot || fail "the graph"
grep -qE '^  "[^"]+" -> "[^"]+" \[label = "FULL_SUBSTITUTE"\];$' graph.dot || { cat graph.dot; fail "no arrow"; }
