#!/bin/sh
# Follows the logs of every process; ONLY=gateway only that process's, or that service's where several share a process.
set -eu
cd "$(dirname "$0")/.."
. scripts/lib.sh

logs=$HOME_DIR/log
before=${LINES_BEFORE:-20}
[ -d "$logs" ] || fail 'there are no logs yet' 'make up'
# Lines of a service say so; what is not JSON (the last words of a crash) is in the whole log of the process.
if { [ "${ONLY:-}" = gateway ] || [ -d "services/${ONLY:-.}/src" ]; } &&
  grep -qs '"mode": "all-in-one"' "$HOME_DIR/run/plan.json"; then
  shared=$logs/control-plane.log
  grep -h "\"service\":\"$ONLY\"" "$shared" | tail -n "$before" || true
  tail -n 0 -F "$shared" | grep --line-buffered "\"service\":\"$ONLY\""
  exit
fi
if [ -n "${ONLY:-}" ] && ! [ -f "$logs/$ONLY.log" ]; then
  fail "there is no log of $ONLY" "choose one of: $(cd "$logs" && echo *.log | sed 's/\.log//g')"
fi
exec tail -n "$before" -F "$logs"/${ONLY:-*}.log
