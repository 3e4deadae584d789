# Sourced: installs Debian packages that are missing, with sudo only if not root.
#   need cmake:cmake libre2-dev ...

BUILD_PACKAGES="build-essential cmake ninja-build pkg-config libboost-dev libtomlplusplus-dev libcurl4-openssl-dev
  rapidjson-dev libspdlog-dev libfmt-dev libre2-dev libcli11-dev zlib1g-dev libprotobuf-dev"
TEST_PACKAGES="ccache libgtest-dev libgmock-dev libbenchmark-dev clang libc++-dev libc++abi-dev libclang-rt-dev lld
  python3 python3-jsonschema xz-utils nginx-light openssl python3-onnx"

export CCACHE_BASEDIR="${CCACHE_BASEDIR:-/}"  # paths relative to the build: a copy of the tree hits the same cache

need() {
  local missing=()
  for package in "$@"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  if ! command -v apt-get >/dev/null; then
    echo "These packages are needed and this is no Debian system: ${missing[*]}" >&2
    return 1
  fi
  local sudo=""
  [ "$(id -u)" -eq 0 ] || sudo="sudo"
  echo "Installing: ${missing[*]}"
  $sudo env DEBIAN_FRONTEND=noninteractive apt-get update -qq
  $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}
