#!/bin/sh
# verb.sh VERB (down, clean, collect, backup, restore, admin-password, status): runs that verb of the all-in-one, building it first if it is not there.
set -eu
cd "$(dirname "$0")/.."
. scripts/lib.sh

[ "$(id -u)" -eq 0 ] || fail "make $1 needs root, as make up did" "sudo make $1"
script=deploy/all-in-one/dist/$1.js
if ! [ -f "$script" ] || ! [ -x "$NODE" ]; then
  if ! [ -d "$HOME_DIR" ] && [ "$1" != restore ]; then
    echo 'There is no installation here. Start one with: make up'
    exit 0
  fi
  scripts/build.sh
fi
case "$1" in
status) ;;
collect | backup | admin-password) lock shared ;;
clean)
  "$NODE" "$script" --ask
  export FORCE=1
  lock exclusive
  ;;
*) lock exclusive ;;
esac
"$NODE" "$script" 9>&-
