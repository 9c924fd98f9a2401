#!/bin/sh
# eslint, and dependency-cruiser's rules about who may import whom.
set -eu
cd "$(dirname "$0")/.."
scripts/setup.sh
node_modules/.bin/eslint --max-warnings 0 .
node_modules/.bin/depcruise --output-type err-long packages services agent gateway cli deploy/all-in-one bench
