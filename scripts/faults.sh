#!/bin/sh
# Stops the processes of each engine (SIGSTOP) for 30 s, and etcd for longer than the fence, under a cloud with two hosts.
# What `make test` does in proportion, with the fence that installations have. Then kill -9 at each step of each operation
# of an instance's life, where `make test` crashes at each step of create and delete once; and of a service that owns
# instances.
set -eu
cd "$(dirname "$0")/.."

THECLOUD_TEST_FENCE_SECONDS=60 THECLOUD_CRASH_EVERY_STEP=1 exec scripts/test.sh test/system/hang test/system/crash \
  test/system/children-crash
