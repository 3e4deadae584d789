#!/usr/bin/env bash
# MODELSIG_STATIC_PLUGINS: one program without a single plugin file offers the same roles and writes the same report.
. "$(dirname "$0")/common.sh"
sanitized && { echo "skipped: sanitizers"; exit 77; }
[ -n "${MODELSIG_SLOW_TESTS:-}" ] || { echo "skipped: builds for minutes; MODELSIG_SLOW_TESTS=1 runs it"; exit 77; }
mkdir "$work/tree"
cp -r "$source"/{CMakeLists.txt,CMakePresets.json,cmake,core,sdk,configs,plugins,tools} "$work/tree"
cd "$work/tree"
cmake --preset release -DMODELSIG_STATIC_PLUGINS=ON -DMODELSIG_BUILD_TESTS=OFF >"$work/log" 2>&1 || { cat "$work/log"; fail "configure"; }
cmake --build --preset release --target modelsig modelsig-make-sample >"$work/log" 2>&1 || { tail -n 40 "$work/log"; fail "build"; }
mkdir -p "$work/alone/bin" "$work/alone/share"
cp build/release/bin/modelsig{,-make-sample} "$work/alone/bin/" && cp -r "$prefix/share/modelsig" "$work/alone/share/"
alone=$work/alone/bin/modelsig
mkdir -p "$work/alone/tests/core/run" && ln -s "$build/tests/core/run/plugins" "$work/alone/tests/core/run/"  # third parties' plugins are files all the same
# the command's own tests, on this program
python3 "$source/tests/tools/modelsig/command.py" "$source" "$work/alone" > "$work/log" 2>&1 || { tail -n 60 "$work/log"; fail "the command's tests"; }
for script in "acme.sh $alone $source/configs/examples/acme" "learn.sh $alone"; do
  bash "$source"/tests/sdk/$script > "$work/log" 2>&1 || { tail -n 40 "$work/log"; fail "tests/sdk/$script"; }
done
list() { "$1" plugins list | grep -E '^[a-z]+\.[a-z]' | cut -c1-28; }
[ "$(list "$alone")" = "$(list "$modelsig")" ] || { diff <(list "$alone") <(list "$modelsig"); fail "other roles"; }
sample "$work/model"
for output in json table markdown; do
  for program in "$alone" "$modelsig"; do
    "$program" "$work/model" "$work/model" --output "$output" | sed -E "s#$work/(alone|moved)/#INSTALLED/#g" | grep -vE '"timestamp"|[0-9]{4}-[0-9]{2}-[0-9]{2}T|seconds|"duration' > "$work/$(basename "$(dirname "$(dirname "$program")")").$output" || fail "$program --output $output"
  done
  diff "$work/alone.$output" "$work/moved.$output" || fail "the $output report differs"
done
