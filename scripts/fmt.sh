#!/bin/sh
# Formats everything that prettier knows.
set -eu
cd "$(dirname "$0")/.."
scripts/setup.sh
node_modules/.bin/prettier --log-level warn --write .
