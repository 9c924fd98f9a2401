#!/bin/sh
# Installs what building and running need: Debian packages, Node, node modules. Does nothing when all is there.
set -eu
cd "$(dirname "$0")/.."
. scripts/lib.sh

STAMP=node_modules/.installed

missing=$(scripts/install-packages.sh --missing | tr -d '\n')
if [ -n "$(echo "$missing" | tr -d ' ')" ]; then
  [ "$(id -u)" -eq 0 ] || fail "these Debian packages are missing: $missing" 'run this as root (sudo make up), or install them'
  echo "  installing from Debian: $missing"
  step 'Debian packages' scripts/install-packages.sh ||
    fail 'Debian packages could not be installed' 'check the network and /etc/apt/sources.list, then run it again'
fi

# The lock file says everything that node_modules depends on.
wanted=$(cat pnpm-lock.yaml pnpm-workspace.yaml | sha256sum)
if ! [ -x "$NODE" ] || [ "$(cat "$STAMP" 2>/dev/null)" != "$wanted" ]; then
  step 'Node modules' scripts/pnpm install --frozen-lockfile ||
    fail 'the node modules could not be installed' 'check the network and npm config get registry, then run it again'
  echo "$wanted" >"$STAMP"
fi
