#!/usr/bin/env bash
# The built-in plugins have no private door: they build from their own folder against the installed SDK alone,
# and want no symbol of the kernel.
. "$(dirname "$0")/common.sh"
sanitized && { echo "skipped: sanitizers"; exit 77; }
cp -r "$source/plugins" "$work/plugins"
cmake -S "$work/plugins" -B "$work/build" -G Ninja -DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_BUILD_TYPE=Debug -DCMAKE_CXX_FLAGS_DEBUG=-O0 -DCMAKE_UNITY_BUILD=ON >"$work/log" 2>&1 || { cat "$work/log"; fail "configure"; }
cmake --build "$work/build" >"$work/log" 2>&1 || { tail -n 40 "$work/log"; fail "build"; }
alone=$(find "$work/build" -name '*.so' | wc -l) installed=$(ls "$prefix"/lib/modelsig/plugins/*.so | wc -l)
[ "$alone" -eq "$installed" ] || fail "$alone plugins built alone, $installed installed"
for so in "$prefix"/lib/modelsig/plugins/*.so; do
  if nm -D --undefined-only -C "$so" | grep -i modelsig; then fail "$so wants a symbol of the kernel"; fi
  exported=$(nm -D --defined-only "$so" | awk '{print $3}' | sort | tr '\n' ' ')
  [ "$exported" = "modelsig_manifest modelsig_plugin_v1 " ] || fail "$so exports: $exported"
done
