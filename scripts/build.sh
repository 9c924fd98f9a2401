#!/bin/sh
# Compiles what changed, and bundles the CLI into bin/cloud.
set -eu
cd "$(dirname "$0")/.."
. scripts/lib.sh

scripts/setup.sh
step 'Build' node_modules/.bin/tsc -b || fail 'the code does not compile' 'correct the errors above'

newest=$(find cli/src cli/package.json scripts/build-cli.mjs pnpm-lock.yaml -newer cli/dist/cloud.cjs \
  -type f -print -quit 2>/dev/null || true)
if ! [ -f cli/dist/cloud.cjs ] || ! [ -x bin/cloud ] || [ -n "$newest" ]; then
  step 'CLI' "$NODE" scripts/build-cli.mjs || fail 'the CLI could not be bundled' 'correct the errors above'
fi
