#!/bin/sh
# Measures ours beside bare peers; B=api,events: only those areas. Needs root, as make up does.
set -eu
cd "$(dirname "$0")/.."
. scripts/lib.sh

[ "$(id -u)" -eq 0 ] || fail 'make bench needs root: it starts a whole cloud of its own' 'sudo make bench'
scripts/build.sh
exec "$NODE" bench/dist/main.js
