#!/bin/sh
# All tests with coverage, against real engines on free ports. The last line is "N passed, N failed".
#   test.sh [jest arguments]   with arguments: only those tests, without coverage
set -eu
cd "$(dirname "$0")/.."
. scripts/lib.sh

[ "$(id -u)" -eq 0 ] || fail 'the tests need root: they run PostgreSQL as its own user, and containers' 'sudo make test'
export FOR_TESTS=1
scripts/build.sh
export THECLOUD_TEST_DOCKER=1

report=$HOME_DIR/test-report.json
rm -f "$report"
[ $# -gt 0 ] || set -- --coverage
status=0
"$NODE" node_modules/jest/bin/jest.js --json --outputFile="$report" "$@" || status=$?
"$NODE" scripts/test-summary.mjs "$report" "$status"
