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
again=$HOME_DIR/test-report-again.json
rm -f "$report" "$again"
jest() { "$NODE" node_modules/jest/bin/jest.js --json --outputFile="$@"; }

status=0
if [ $# -gt 0 ]; then
  jest "$report" "$@" || status=$?
else
  jest "$report" --coverage || status=$?
  # Real engines on a busy machine: a few files that failed get a second try, alone, and are named in the end.
  if failed=$("$NODE" scripts/test-summary.mjs failed-files "$report"); then
    echo 'A second try, one by one:'
    # shellcheck disable=SC2086 # the paths of our tests have no spaces
    jest "$again" --runInBand --runTestsByPath $failed || true
  fi
fi
"$NODE" scripts/test-summary.mjs summary "$report" "$status" "$again"
