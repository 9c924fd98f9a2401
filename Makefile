# Every chore of the project is a verb here; `make help` lists them.
.DEFAULT_GOAL := help
.PHONY: help up down clean collect backup restore admin-password status logs build cli test conformance faults bench check lint fmt generate
export MODE FORCE ONLY TO FROM EMAIL B

help: ## Lists every verb
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

up: ## Starts the cloud, installing what is missing (as root); MODE=processes: each service its own process
	@scripts/up.sh

down: ## Stops it; instances run on
	@scripts/verb.sh down

clean: ## Removes it with all instances and data (asks first; FORCE=1 does not)
	@scripts/verb.sh clean

collect: ## Frees the registry's disk of deleted images now; it happens once a day by itself
	@scripts/verb.sh collect

backup: ## Writes the control plane's data into one file, while it runs; TO=FILE
	@scripts/verb.sh backup

restore: ## Makes an installation from a backup, to be started by make up; FROM=FILE
	@scripts/verb.sh restore

admin-password: ## Gives an administrator who cannot sign in a one-time password; EMAIL=ADDRESS
	@scripts/verb.sh admin-password

status: ## Says which processes run and whether they are ready
	@scripts/verb.sh status

logs: ## Follows all logs; ONLY=gateway: one service
	@scripts/logs.sh

build: ## Compiles what changed and makes bin/cloud
	@scripts/build.sh

cli: ## Makes bin/cloud-linux-x64: the cloud command as one file that needs nothing else
	@scripts/build.sh
	@node_modules/.bin/node scripts/build-cli-executable.mjs

test: ## Runs all tests against real engines, on ports of their own
	@scripts/test.sh

conformance: ## Upgrades an installation of the last release to this code (as root, 6 min)
	@scripts/conformance.sh

faults: ## Stops each engine for 30 s, and kills at every step of every operation (as root, 20 min)
	@scripts/faults.sh

bench: ## Measures ours beside bare peers, in a cloud of its own (as root); B=api: only that area
	@scripts/bench.sh

check: ## Everything that is checked without running: types, lint, format, imports, protos, generated code
	@scripts/check.sh

lint: ## eslint, and who may import whom
	@scripts/lint.sh

fmt: ## Formats the code
	@scripts/fmt.sh

generate: ## Makes packages/api from proto/
	@scripts/setup.sh
	@scripts/generate.sh
