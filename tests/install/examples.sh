#!/usr/bin/env bash
# sdk/examples, outside the tree against the installed SDK: built, tested, checked, and one in a run.
. "$(dirname "$0")/common.sh"
sanitized && { echo "skipped: sanitizers"; exit 77; }
cd "$work"
cp -r "$source"/sdk/examples/npz .
cmake -S npz -B build -DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_CXX_FLAGS="-Wall -Wextra -Werror" >log 2>&1 && cmake --build build >log 2>&1 || { tail -n 40 log; fail "build"; }
ctest --test-dir build --output-on-failure >log 2>&1 || { cat log; fail "tests"; }
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
"$modelsig" --plugin-dir build run npz.toml weights.npz > report.json || true
python3 - <<'PY'
import json
model = next(iter(json.load(open("report.json"))["models"].values()))
assert model["static_weight_signature"]["model.embed_tokens.weight"]["representative_shape"] == [8, 4], model
PY
