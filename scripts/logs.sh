#!/bin/sh
# Follows the logs of every process; ONLY=gateway only that one's.
set -eu
cd "$(dirname "$0")/.."
. scripts/lib.sh

logs=$HOME_DIR/log
[ -d "$logs" ] || fail 'there are no logs yet' 'make up'
if [ -n "${ONLY:-}" ] && ! [ -f "$logs/$ONLY.log" ]; then
  fail "there is no log of $ONLY" "choose one of: $(cd "$logs" && echo *.log | sed 's/\.log//g')"
fi
exec tail -n "${LINES_BEFORE:-20}" -F "$logs"/${ONLY:-*}.log
