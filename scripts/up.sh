#!/bin/sh
# Everything from a bare Debian 12 to a running cloud.
set -eu
cd "$(dirname "$0")/.."
. scripts/lib.sh

[ "$(id -u)" -eq 0 ] || fail 'make up needs root: it installs packages and runs PostgreSQL and containers' 'sudo make up'
lock exclusive
. /etc/os-release
[ "${ID:-}" = debian ] || echo "  This is ${PRETTY_NAME:-no Debian}; only Debian 12 is known to work."
scripts/build.sh 9>&-
"$NODE" deploy/all-in-one/dist/up.js 9>&-
