#!/bin/sh
# Compiles what changed, and bundles the SDK (as an ES module) and the CLI (as bin/cloud).
set -eu
cd "$(dirname "$0")/.."
. scripts/lib.sh

scripts/setup.sh
step 'Build' node_modules/.bin/tsc -b || fail 'the code does not compile' 'correct the errors above'

# stale BUNDLE SOURCE...: true if the bundle is missing, or older than a source.
stale() {
  bundle=$1
  shift
  ! [ -f "$bundle" ] || [ -n "$(find "$@" pnpm-lock.yaml -newer "$bundle" -type f -print -quit)" ]
}

if stale packages/sdk/dist/sdk.mjs packages/sdk/src scripts/build-sdk.mjs; then
  step 'SDK' "$NODE" scripts/build-sdk.mjs || fail 'the SDK could not be bundled' 'correct the errors above'
fi
if ! [ -x bin/cloud ] || stale cli/dist/cloud.cjs cli/src packages/sdk/src cli/package.json scripts/build-cli.mjs; then
  step 'CLI' "$NODE" scripts/build-cli.mjs || fail 'the CLI could not be bundled' 'correct the errors above'
fi
