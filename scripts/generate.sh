#!/bin/sh
# Regenerates packages/api from proto/ (messages and stubs, the descriptor image, the method table), the SDK's types
# and methods from that, docs/errors.md from the error catalogues, and the Python and Go clients if the public API has
# changed and their tools are here.
set -eu
cd "$(dirname "$0")/.."
bin=node_modules/.bin
$bin/buf generate
$bin/buf build -o packages/api/image.binpb
$bin/node packages/api/scripts/method-table.mts
$bin/prettier --log-level warn --write packages/api/src/gen/methods.ts
$bin/node --disable-warning=MODULE_TYPELESS_PACKAGE_JSON packages/sdk/scripts/generate.mts
$bin/prettier --log-level warn --write packages/sdk/src/gen
$bin/tsc -b
$bin/node scripts/error-docs.mjs
scripts/generate-sdks.sh --if-possible
