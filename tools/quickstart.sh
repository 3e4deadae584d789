#!/usr/bin/env bash
# From a bare machine (git, compiler, cmake) to the main job: installs Debian packages, builds, writes two
# sample checkpoints (sparse files with the real names and shapes of a small and a large sibling) and prints
# what the small one covers of the large one, and what it misses.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/packages.sh
need $BUILD_PACKAGES
echo "Building ..."
cmake --preset release -DMODELSIG_BUILD_TESTS=OFF >/dev/null
cmake --build --preset release >/dev/null
bin=build/release/bin
samples=build/samples
for listing in tools/samples/*.listing; do
  "$bin/modelsig-make-sample" "$listing" "$samples/$(basename "$listing" .listing)" >/dev/null
done
echo "modelsig $samples/* --output table"
exec "$bin/modelsig" "$samples"/* --multi-fidelity --output table
