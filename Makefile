# What people and CI run. `make demo` and `make test` are all a fresh machine needs.

SHELL := /bin/bash
FEATURES := --features flowtrail/failpoints
VENV := .venv
TARGET := $(or $(CARGO_TARGET_DIR),target)

# A faster linker where there is one; the engine makes large binaries.
ifneq ($(shell command -v mold),)
export RUSTFLAGS ?= -Clink-arg=-fuse-ld=mold
endif

.PHONY: demo test lint tidy check deny fuzz readers bench man clean

## Builds, makes sample logs, loads them, asks the dashboards' questions.
demo:
	cargo build --profile quick --package flowtrail
	$(TARGET)/quick/flowtrail demo

## Everything, with what it needs.
test: lint $(VENV)/installed
	PATH="$(CURDIR)/$(VENV)/bin:$$PATH" cargo test --workspace $(FEATURES)
	$(MAKE) readers deny

lint: tidy
	cargo fmt --all --check
	cargo clippy --workspace --all-targets $(FEATURES) -- --deny warnings

## What people forget: the direction of dependencies, the length of files.
tidy:
	cargo xtask tidy

## S3, SQS and STS for the tests. Without it the tests that need it say that they skip.
$(VENV)/installed: tests/requirements.txt
	python3 -m venv $(VENV)
	$(VENV)/bin/pip install --quiet --requirement tests/requirements.txt \
		|| echo "could not install moto: the S3 tests will say that they skip"
	touch $@

## Other engines read the tables and must get the same sums.
readers: $(VENV)/installed
	$(VENV)/bin/pip install --quiet --requirement tests/requirements-readers.txt \
		|| echo "could not install the other engines: those missing are skipped by name"
	cargo build --package flowtrail $(FEATURES)
	$(VENV)/bin/python tests/readers/same_sums.py $(TARGET)/debug/flowtrail

deny:
	@if command -v cargo-deny >/dev/null; then cargo deny check; \
	else echo "cargo-deny is not installed: licences and advisories are not checked (cargo install --locked cargo-deny)"; fi

clean:
	cargo clean
	rm -rf $(VENV)
