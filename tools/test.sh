#!/usr/bin/env bash
# Installs what the tests need, builds, runs every test. Extra arguments go to ctest (-R safetensors, ...).
#   PRESET=asan tools/test.sh      another preset: release (default), debug, asan, clang
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/packages.sh
need $BUILD_PACKAGES $TEST_PACKAGES
preset="${PRESET:-release}"
cmake --preset "$preset" -DMODELSIG_BUILD_TESTS=ON >/dev/null  # the quick start turns them off
cmake --build --preset "$preset"
ctest --preset "$preset" -j "$(nproc)" "$@"
