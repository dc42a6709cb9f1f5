# What people and CI run. `make demo` and `make test` are all a fresh machine needs, besides Rust and a C compiler
# (Debian: gcc, which Rust wants anyway). `make test` also uses python3 with venv, Node.js and Chromium, and says so
# where one is missing.

SHELL := /bin/bash
FEATURES := --features flowtrail/failpoints
VENV := .venv
TARGET := $(or $(CARGO_TARGET_DIR),target)
FUZZ_TARGETS := decode_text decode_json decode_parquet
FUZZ_SECONDS ?= 20
FUZZ_SEED ?= 1

# A faster linker where there is one; the engine makes large binaries.
ifneq ($(shell command -v mold),)
export RUSTFLAGS ?= -Clink-arg=-fuse-ld=mold
endif

.PHONY: demo test lint tidy unit soak readers console fuzz deny venv bench man clean

## Builds, makes sample logs, loads them, asks the dashboards' questions, and opens the console over them.
demo:
	cargo build --profile quick --package flowtrail
	@if [ -d ../shared/data ]; then \
	  set -x; \
	  $(TARGET)/quick/flowtrail --lake $(TARGET)/real-logs load ../shared/data; \
	  $(TARGET)/quick/flowtrail --lake $(TARGET)/real-logs sql -f bench/real_logs.sql; \
	fi
	$(TARGET)/quick/flowtrail demo --serve

## Everything, with what it needs. One after another, each on all cores; what is quick to fail comes first, the tests
## themselves come last.
test:
	$(MAKE) lint
	$(MAKE) deny
	$(MAKE) readers
	$(MAKE) console
	$(MAKE) fuzz
	$(MAKE) unit

lint: tidy
	cargo fmt --all --check
	cargo clippy --workspace --all-targets $(FEATURES) -- --deny warnings

## What people forget: the direction of dependencies, the length of files, words left in.
tidy:
	cargo xtask tidy

## Unit tests, doctests, and the tests of the built binary.
unit: venv
	PATH="$(CURDIR)/$(VENV)/bin:$$PATH" cargo test --workspace $(FEATURES)

## Logs come for half an hour while the loader is killed again and again, files are merged, and questions are asked.
soak: venv
	PATH="$(CURDIR)/$(VENV)/bin:$$PATH" FLOWTRAIL_SOAK_S=$(or $(FLOWTRAIL_SOAK_S),1800) \
	  cargo test --package flowtrail $(FEATURES) --test pipes -- kills --nocapture

## S3, SQS, SNS and STS for the tests (moto), and what looks at files for AWS, in a virtual environment. Without it the
## tests that need it say that they skip.
venv:
	@cmp --silent tests/requirements.txt $(VENV)/installed || { \
	  python3 -m venv $(VENV) \
	  && $(VENV)/bin/pip install --quiet --requirement tests/requirements.txt \
	  && cp tests/requirements.txt $(VENV)/installed; \
	} || echo "NOT INSTALLED: moto and others (they need python3 with venv, and PyPI); the tests that need them say that they skip"

## Other engines read the tables and must get the same sums. Each is installed by itself: one that is missing is
## skipped by name. Built as the tests were, so that nothing is built twice.
readers: venv
	cargo test --workspace $(FEATURES) --no-run --quiet
	@grep -v '^#' tests/requirements-readers.txt | while read -r engine; do \
	  [ -z "$$engine" ] || $(VENV)/bin/pip install --quiet "$$engine" \
	  || echo "NOT INSTALLED: $$engine; what needs it is skipped"; \
	done
	@if [ -x $(VENV)/bin/python ]; then \
	  set -x; $(VENV)/bin/python tests/readers/same_sums.py $(TARGET)/debug/flowtrail; \
	else echo "SKIPPED: other engines reading the tables (no $(VENV))"; fi

## The console's pages: types, lints, format and their own tests; then a real browser on the debug build that `readers`
## made, over sample logs it loads. Those of some words only: `make console E2E='-g "two people"'`.
CHROMIUM ?= $(firstword $(wildcard /usr/bin/chromium /usr/bin/chromium-browser) $(shell command -v chromium google-chrome))
console:
	@if ! command -v npm >/dev/null || \
	  ! node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)'; then \
	  echo "SKIPPED: the console's checks and its browser tests (no node: they need Node.js 20.19 or later with npm)"; exit 0; fi; \
	set -e; cd web; \
	[ node_modules/.package-lock.json -nt package-lock.json ] || (set -x; npm ci --no-audit --no-fund); \
	(set -x; npm run check); \
	if [ ! -x "$(CHROMIUM)" ]; then echo "SKIPPED: the console's browser tests (no chromium; CHROMIUM says where one is)"; exit 0; fi; \
	if [ ! -x "$(abspath $(TARGET))/debug/flowtrail" ]; then echo "error: no $(TARGET)/debug/flowtrail: \`make readers\` builds it"; exit 1; fi; \
	set -x; CHROMIUM="$(CHROMIUM)" FLOWTRAIL="$(abspath $(TARGET))/debug/flowtrail" npm run e2e -- $(E2E)

## Bytes nobody would write, for some seconds a decoder: the same ones each time, so that what is found is found again.
## `FUZZ_SECONDS=600 FUZZ_SEED=0 make fuzz` looks longer, and elsewhere.
## cargo-fuzz asks for a nightly compiler only because of its flags; without sanitizers they work on any.
fuzz:
	@if ! command -v cargo-fuzz >/dev/null; then \
	  echo "SKIPPED: fuzzing (cargo install --locked cargo-fuzz)"; exit 0; fi; \
	for target in $(FUZZ_TARGETS); do \
	  mkdir -p fuzz/corpus/$$target; \
	  (set -x; RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR=$(abspath $(TARGET))/fuzz cargo fuzz run --sanitizer none $$target \
	    fuzz/corpus/$$target fuzz/seeds/$$target -- -max_total_time=$(FUZZ_SECONDS) -rss_limit_mb=4096 -seed=$(FUZZ_SEED) -verbosity=0 \
	    -print_final_stats=1) || exit 1; \
	done

## Licences, sources and versions of what we depend on; and its known defects, where their database can be reached.
deny:
	@if ! command -v cargo-deny >/dev/null; then \
	  echo "SKIPPED: licences and advisories (cargo install --locked cargo-deny)"; exit 0; fi; \
	set -ex; \
	cargo deny --log-level error check bans licenses sources; \
	if cargo deny --log-level error fetch db 2>/dev/null; then cargo deny --log-level error check advisories; \
	else echo "NOT CHECKED: advisories (their database cannot be fetched)"; fi

## The decoders with criterion; then loads and questions, side by side with DuckDB and ClickHouse where they are
## installed, into bench/RESULTS.md; then other forms of logs. It is the release build that is measured.
BENCH_LOGS ?= $(TARGET)/bench/logs
BENCH_PYTHON ?= python3
bench:
	cargo bench --package flowtrail-decode --package flowtrail-aggregate
	cargo build --release --package flowtrail
	$(BENCH_PYTHON) bench/sitting.py $(TARGET)/release/flowtrail $(BENCH_LOGS) $(TARGET)/bench/work bench/RESULTS.md
	bench/load.sh $(TARGET)/release/flowtrail
	$(BENCH_PYTHON) bench/latency.py $(TARGET)/release/flowtrail $(BENCH_LOGS)

## Man pages, into man/.
man:
	cargo build --profile quick --package flowtrail
	$(TARGET)/quick/flowtrail man man
	@echo "read them with: man -l man/flowtrail.1"

clean:
	cargo clean
	rm -rf $(VENV) fuzz/target fuzz/corpus fuzz/artifacts man
