#!/bin/sh
# Regenerates packages/api from proto/ (messages and stubs, the descriptor image, the method table), the SDK's types
# and methods from that, and docs/errors.md from the error catalogues.
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
