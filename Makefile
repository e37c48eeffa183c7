# The commands of a developer and of CI. `make` alone lists them.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# Queries are checked against the committed .sqlx, also while DATABASE_URL is set for tests; see src-tauri/scripts/gen-sqlx.sh.
export SQLX_OFFLINE := true
# Accessibility's bus is not there without a desktop, and GTK waits for it.
export NO_AT_BRIDGE := 1
export CHROMIUM ?= /usr/bin/chromium

scripts := src-tauri/scripts
tauri := npm --prefix ui run tauri --
# The app with ui/dist inside. Every build of the tests uses the same packages and features: each other choice would
# compile Tauri again.
whole := --workspace --features custom-protocol
# PostgreSQL's programs for the app to run: a copy outside of the checkout when that lies in a closed folder, where the
# database's user cannot reach it. Assigned on its own, because a failure inside of an assignment to a command is lost.
with_pg = CALLBOARD_PG=$$($(scripts)/dev-db.sh pg); export CALLBOARD_PG;
# The same, and the database of the tests.
with_database = $(with_pg) DATABASE_URL=$$($(scripts)/dev-db.sh url); export DATABASE_URL;

# The checks share one target folder and one database.
.NOTPARALLEL:

.PHONY: help
help: ## lists the commands
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

## ---- for everybody ----

.PHONY: setup
setup: ## installs what building needs (Debian 12), stages PostgreSQL and the user interface's packages
	@$(scripts)/setup.sh
	@$(scripts)/stage-pg.sh
	@$(MAKE) --no-print-directory ui/node_modules/.package-lock.json

.PHONY: run
run: setup ## builds and opens the app
	$(tauri) build --debug --no-bundle
	$(with_pg) target/debug/callboard

.PHONY: dev
dev: setup ## opens the app and rebuilds it on every change
	$(with_pg) $(tauri) dev

.PHONY: package
package: setup ## builds the installable .deb
	$(tauri) build --bundles deb --config src-tauri/bundle.conf.json
	@ls -l target/release/bundle/deb/*.deb

.PHONY: clean
clean: ## removes everything that was built, and the development database
	-$(scripts)/dev-db.sh reset
	cargo clean
	rm -rf ui/dist ui/node_modules

## ---- checks, in the order of CI ----

.PHONY: test
test: fmt-check clippy gen-check ui-build test-rust test-ui test-browser test-desktop ## everything that CI runs
	@echo "All checks passed."

.PHONY: lint
lint: fmt-check clippy ui-check ## formatting and lints of both languages

.PHONY: fmt-check
fmt-check:
	cargo fmt --all --check

.PHONY: clippy
clippy:
	cargo clippy --workspace --all-targets --locked -- -D warnings

.PHONY: gen-check
gen-check: ## fails when a generated file is stale
	@$(scripts)/gen-check.sh

.PHONY: ui-build
ui-build: ui/node_modules/.package-lock.json
	npm --prefix ui run build

.PHONY: test-rust
test-rust: ui-build ## the Rust tests, against a real PostgreSQL
	$(with_database) cargo test $(whole)

.PHONY: ui-check
ui-check: ui/node_modules/.package-lock.json
	npm --prefix ui run check

.PHONY: test-ui
test-ui: ui-check ## the user interface's lints and unit tests
	npm --prefix ui test

.PHONY: build
build: ui-build
	cargo build $(whole)

.PHONY: test-browser
test-browser: build ## whole journeys in Chromium, against callboard-server
	$(with_database) node --test tests/e2e/browser/

.PHONY: test-desktop
test-desktop: build ## whole journeys in the real window, without a screen
	$(with_database) xvfb-run -a -s "-screen 0 1920x1200x24" node --test --test-concurrency=1 tests/e2e/desktop/

## ---- from time to time ----

.PHONY: gen
gen: ## regenerates ui/src/bindings and .sqlx
	cargo test --quiet -p callboard-contract
	@$(scripts)/gen-sqlx.sh

.PHONY: bench
bench: ## measures the load that one PC carries
	@$(scripts)/bench.sh

fuzz_seconds ?= 120
.PHONY: fuzz
fuzz: ## random files and numbers for the readers, two minutes each; needs cargo-fuzz and a nightly compiler
	cd src-tauri/fuzz && for target in csv_sniff xlsx_read phone_parse; do \
	    mkdir -p corpus/$$target; \
	    cargo +nightly fuzz run $$target --fuzz-dir . corpus/$$target ../../tests/files -- \
	        -max_total_time=$(fuzz_seconds) -max_len=8192; \
	done

.PHONY: audit
audit: ui/node_modules/.package-lock.json ## licences, sources and known vulnerabilities of what we depend on
	@$(scripts)/cargo-audit.sh
	@$(scripts)/npm-audit.sh

ui/node_modules/.package-lock.json: ui/package.json ui/package-lock.json
	npm --prefix ui ci --no-audit --no-fund
	@touch $@
