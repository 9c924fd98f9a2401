#!/bin/sh
# Regenerates the Python and the Go client (sdk/) from the public API, if it or the generators have changed since.
# Needs Go and Python 3 and their package registries; what they bring is kept in a cache folder of the user's.
#   generate-sdks.sh                generate, or say what is missing
#   generate-sdks.sh --check        only say whether it is needed (exit code 1); needs neither Go nor Python
#   generate-sdks.sh --if-possible  generate if the tools are there
set -eu
cd "$(dirname "$0")/.."
. scripts/lib.sh

GRPCIO_TOOLS=1.76.0 # protobuf 6: runs on protobuf 6 and 7
PROTOC_GEN_GO=v1.36.10
PROTOC_GEN_GO_GRPC=v1.5.1

SCRIPTS=packages/api/scripts/clients
RECORD=sdk/generated.sha256
WHAT='the Python and Go clients'
run() { "$NODE" --disable-warning=MODULE_TYPELESS_PACKAGE_JSON "$@"; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
run $SCRIPTS/public-image.mts "$work/public.binpb"

generated() {
  find sdk/python/src sdk/go -type f \( -name '*_pb2.py' -o -name '*_pb2.pyi' -o -name '*.pb.go' -o -name '*.gen.go' \)
  for file in resources types; do echo sdk/python/src/thecloud/$file.py; done
}

# What they are made from, and what was made: the record of it says whether they are fresh, without any tool of theirs.
fingerprint() {
  printf '%s  public API\n' "$(sha256sum <"$work/public.binpb" | cut -d' ' -f1)"
  printf '%s  what may be tried again\n' "$(run $SCRIPTS/repeats.mts | sha256sum | cut -d' ' -f1)"
  { find $SCRIPTS packages/api/scripts/naming.mts scripts/generate-sdks.sh sdk/buf.gen.yaml -type f; generated; } | LC_ALL=C sort | xargs sha256sum 2>/dev/null || :
}

fresh() { fingerprint | cmp -s - $RECORD; }

# tools: into a cache folder that all source trees of this user share, one a set of versions.
tools() {
  [ -x "$TOOLS/bin/protoc-gen-go-grpc" ] && [ -f "$TOOLS/python/installed" ] && return 0
  mkdir -p "$TOOLS"
  python3 -m venv "$TOOLS/python" &&
    "$TOOLS/python/bin/python" -m pip install --quiet "grpcio-tools==$GRPCIO_TOOLS" &&
    touch "$TOOLS/python/installed" &&
    GOBIN=$TOOLS/bin go install -p=1 "google.golang.org/protobuf/cmd/protoc-gen-go@$PROTOC_GEN_GO" &&
    GOBIN=$TOOLS/bin go install -p=1 "google.golang.org/grpc/cmd/protoc-gen-go-grpc@$PROTOC_GEN_GO_GRPC"
}

generate() {
  generated | xargs rm -f
  sed "s|sdk-tools/|$TOOLS/|" sdk/buf.gen.yaml >"$work/buf.gen.yaml"
  node_modules/.bin/buf generate "$work/public.binpb" --template "$work/buf.gen.yaml"
  run $SCRIPTS/python.mts
  run $SCRIPTS/go.mts
  gofmt -w sdk/go/resources.gen.go
}

if fresh; then exit 0; fi
if [ "${1:-}" = --check ]; then
  echo "$WHAT are not what the API is now, or were changed by hand: run scripts/generate-sdks.sh (needs Go and Python)"
  exit 1
fi
TOOLS=${XDG_CACHE_HOME:-$HOME/.cache}/thecloud/sdk-tools-$GRPCIO_TOOLS-$PROTOC_GEN_GO-$PROTOC_GEN_GO_GRPC
if ! command -v go >/dev/null || ! command -v python3 >/dev/null || ! tools >"$work/log" 2>&1; then
  tail -n 5 "$work/log" 2>/dev/null || :
  echo "$WHAT are stale, and cannot be made anew here: that needs Go, Python 3 with venv, and their package registries"
  [ "${1:-}" = --if-possible ] && exit 0
  exit 1
fi
generate
fingerprint >$RECORD
echo "$WHAT have been generated anew"
