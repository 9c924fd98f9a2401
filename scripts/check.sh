#!/bin/sh
# Everything that can be checked without running the cloud; all of it is run, then the failures are named.
set -u
cd "$(dirname "$0")/.."
. scripts/lib.sh
BIN=node_modules/.bin
PATH=$PWD/$BIN:$PATH
scripts/setup.sh || exit 1

failed=
check() {
  step "$@" || failed="$failed
  $1"
}

# Generating must change nothing: what is in the tree is what the protos say.
generated_is_fresh() {
  before=$(fingerprint packages/api packages/sdk/src/gen sdk/generated.sha256 docs/errors.md)
  scripts/generate.sh || return 1
  [ "$before" = "$(fingerprint packages/api packages/sdk/src/gen sdk/generated.sha256 docs/errors.md)" ] && return 0
  echo 'packages/api, packages/sdk/src/gen, sdk or docs/errors.md was not what the sources say; it has been generated anew: commit it'
  return 1
}

fingerprint() {
  find "$@" -type f -not -path '*/node_modules/*' -not -path '*/dist/*' -not -name '*.tsbuildinfo' -print0 |
    sort -z | xargs -0 sha256sum
}

# Against main; on main itself against the commit before.
breaks_no_caller() {
  base=main
  if [ "$(git rev-parse HEAD)" = "$(git rev-parse main 2>/dev/null)" ]; then base=HEAD~1; fi
  if ! git rev-parse --verify --quiet "$base:proto" >/dev/null; then
    echo "no earlier proto/ in $base: nothing to compare with"
    return 0
  fi
  buf breaking --against ".git#ref=$(git rev-parse "$base")"
}

# drizzle-kit writes a migration when the tables in the code are not those of the migrations.
migrations_are_fresh() {
  for config in services/*/drizzle.config.ts packages/testkit/drizzle.config.ts; do
    service=${config%/*}
    before=$(fingerprint "$service/migrations")
    (cd "$service" && drizzle-kit generate --name=check) || return 1
    [ "$before" = "$(fingerprint "$service/migrations")" ] && continue
    echo "$service/migrations lacked a migration; it has been generated: give it a name and commit it"
    return 1
  done
}

check 'Types' tsc -b
check 'Types of tests' tsc -p tsconfig.test.json
check 'eslint' eslint --max-warnings 0 .
check 'prettier' prettier --log-level warn --check .
check 'imports' depcruise --output-type err-long packages services agent gateway cli deploy/all-in-one bench
check 'buf lint' buf lint
check 'buf breaking' breaks_no_caller
check 'generated code is fresh' generated_is_fresh
check 'Python and Go clients are fresh' scripts/generate-sdks.sh --check
check 'migrations are fresh' migrations_are_fresh

if [ -n "$failed" ]; then
  printf '\nNot right:%s\n' "$failed" >&2
  exit 1
fi
