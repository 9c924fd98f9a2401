#!/bin/sh
# Stops the processes of each engine (SIGSTOP) for 30 s, and etcd for longer than the fence, under a cloud with two hosts.
# What `make test` does in proportion, with the fence that installations have.
set -eu
cd "$(dirname "$0")/.."

THECLOUD_TEST_FENCE_SECONDS=60 exec scripts/test.sh test/system/hang
