#!/usr/bin/env bash
# What 'modelsig new' writes, of every kind in every language, builds outside the tree against the installed SDK, passes
# its own test and the conformance check, as generated.
export RUSTUP_HOME="${RUSTUP_HOME:-$HOME/.rustup}" CARGO_HOME="${CARGO_HOME:-$HOME/.cargo}"  # the sandbox has another HOME
. "$(dirname "$0")/common.sh"
sanitized && { echo "skipped: sanitizers"; exit 77; }
[ -n "${MODELSIG_SLOW_TESTS:-}" ] || { echo "skipped: builds for minutes; MODELSIG_SLOW_TESTS=1 runs it"; exit 77; }
languages="cpp c"
command -v rustc >/dev/null && languages="$languages rust" || echo "rustc not found: Rust is not tried"
cd "$work"
mkdir -p plugins
one() {  # kind language
  local name="my_$2_$1"
  "$modelsig" new "$1" "$name" --lang "$2" >/dev/null || return 1
  if grep -rn '@[A-Z]*@' "$name"; then echo "$name: a name was not filled in"; return 1; fi
  cmake -S "$name" -B "$name/build" -DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_C_FLAGS="-Wall -Wextra -Werror" -DCMAKE_CXX_FLAGS="-Wall -Wextra -Werror" &&
    cmake --build "$name/build" && ctest --test-dir "$name/build" --output-on-failure && cp "$name/build/$name.so" plugins/
}
for language in $languages; do
  for kind in store format layer comparator advisor formatter; do
    one "$kind" "$language" > "log_${language}_$kind" 2>&1 &
    [ $(($(jobs -rp | wc -l))) -lt 2 ] || wait -n || true
  done
done
wait
count=$(ls plugins | wc -l) expected=$(($(echo $languages | wc -w) * 6))
if [ "$count" -ne "$expected" ]; then
  for log in log_*; do tail -n 1 "$log" | grep -q '^Total Test time' || { echo "--- $log"; tail -n 30 "$log"; }; done
  fail "$count of $expected projects build and pass"
fi
grep -L '100% tests passed' log_* | grep . && fail "tests of these failed"

# They work together, in one run: a text file through my store and format, a layer in C, a comparator, an advisor, a formatter.
printf 'model.embed_tokens.weight BF16 8x4\nmodel.norm.weight BF16 4\n' > a.my_c_format
printf 'model.embed_tokens.weight BF16 8x4\nlm_head.weight BF16 8x4\n' > b.my_c_format
cat > mine.toml <<'TOML'
extends = "default"
[[store]]
use = "store.my_cpp_store"
[[format]]
use = "format.my_c_format"
[[layer]]
use = "layer.my_c_layer"
section = "mine"
[[comparator]]
use = "comparator.my_cpp_comparator"
section = "names"
[[advisor]]
use = "advisor.my_c_advisor"
TOML
"$modelsig" --plugin-dir plugins run mine.toml "my_cpp_store://$PWD/a.my_c_format" "my_cpp_store://$PWD/b.my_c_format" > report.json || fail "run"
python3 - <<'PY'
import json
report = json.load(open("report.json"))
models = list(report["models"].values())
assert models[0]["mine"] == {"tensors": 2, "parameters": 36, "largest": "model.embed_tokens.weight"}, models[0].get("mine")
pair = list(report["coverage_matrix"].values())[0]
assert pair["names"] == {"shared": 1, "only_in_a": 1, "only_in_b": 1}, pair.get("names")
assert report["my_c_advisor"]["models"] == 2, report.get("my_c_advisor")
PY
if [ -e plugins/my_rust_formatter.so ]; then
  printf 'extends = "default"\n[[store]]\nuse = "store.my_rust_store"\n[[format]]\nuse = "format.my_rust_format"\n[[formatter]]\nuse = "formatter.my_rust_formatter"\n' > rust.toml
  mv a.my_c_format a.my_rust_format
  "$modelsig" --plugin-dir plugins run rust.toml "my_rust_store://$PWD/a.my_rust_format" --output my_rust_formatter > report.csv || fail "run with Rust"
  [ "$(tail -n 1 report.csv | cut -d, -f2-)" = "true,2" ] || { cat report.csv; fail "the Rust formatter's line"; }
fi
"$modelsig" new layer my_c_layer 2> error && fail "an existing folder was overwritten"
grep -q "my_c_layer: is there already" error || { cat error; fail "the error does not say so"; }
"$modelsig" new layr x 2> error && fail "made a layr"
grep -q "did you mean 'layer'" error || { cat error; fail "no suggestion"; }
