#!/usr/bin/env bash
# Delete plugins/ and the kernel still builds.
. "$(dirname "$0")/common.sh"
sanitized && { echo "skipped: sanitizers"; exit 77; }
mkdir "$work/tree"
cp -r "$source"/{CMakeLists.txt,CMakePresets.json,cmake,core,sdk,configs} "$work/tree"
mkdir "$work/tree/tools" "$work/tree/tests" && : > "$work/tree/tools/CMakeLists.txt"
cd "$work/tree"
cmake --preset debug -DCMAKE_CXX_FLAGS_DEBUG=-O0 -DCMAKE_UNITY_BUILD=ON -DMODELSIG_BUILD_PLUGINS=OFF -DMODELSIG_BUILD_TESTS=OFF >"$work/log" 2>&1 || { cat "$work/log"; fail "configure"; }
cmake --build --preset debug --target modelsig_core >"$work/log" 2>&1 || { tail -n 40 "$work/log"; fail "build"; }
