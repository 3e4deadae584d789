#!/usr/bin/env bash
# Builds every fuzz target with clang and runs each for a while (default 60 s). Findings end it.
#   tools/fuzz.sh [SECONDS] [TARGET...]
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/packages.sh
need $BUILD_PACKAGES $TEST_PACKAGES
seconds="${1:-60}"; shift || true
cmake --preset fuzz >/dev/null
cmake --build --preset fuzz
targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=($(cd build/fuzz/bin && ls -- *_fuzz))
for target in "${targets[@]}"; do
  corpus="build/fuzz/corpus/$target"
  mkdir -p "$corpus"
  echo "== $target, $seconds s"
  "build/fuzz/bin/$target" -max_total_time="$seconds" -rss_limit_mb=2048 -timeout=20 -print_final_stats=1 "$corpus" 2>&1 | tail -n 9
done
