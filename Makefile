# What a person who cloned this types. Needs make, a Python 3.11 or newer, and a package registry.
#
#   make demo            ARGS="--rooms 3 --rate 20"  are handed on to `relay demo`
#   make run             ARGS="--config my.toml"     are handed on to `relay serve`
#   make PYTHON=python3.12 …                         sets .venv up with that Python

.POSIX:
.SUFFIXES:
.DEFAULT_GOAL := help
.PHONY: help setup demo run test lint proto proto-check bench lock clean chaos fuzz autobahn soak
.PHONY: install uninstall

PYTHON ?=
PYTHON2 ?= python2
SERVICE ?= system
PREFIX ?=
DESTDIR ?=
UV ?= uv
ARGS ?=
BIN = .venv/bin
STAMP = .venv/.installed

help: ## Say what can be made
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1	\2/p' Makefile | expand -t 20

setup: $(STAMP) ## Only set .venv up; what others do by themselves

demo: $(STAMP) ## Set up, then run the relay against a Douyin that it simulates
	@exec $(BIN)/relay demo $(ARGS)

run: $(STAMP) ## Set up, then run the relay against Douyin, with config.toml
	@exec $(BIN)/relay serve $(ARGS)

test: lint ## Everything CI checks: lint, generated code, tests
	@$(BIN)/pytest -q -W error -n auto --dist worksteal -m "not chaos" $(ARGS)
	@$(BIN)/pytest -q -W error -m chaos

lint: proto-check ## Style, types, the arrows between layers, generated code
	@$(BIN)/ruff check -q .
	@$(BIN)/ruff format -q --check .
	@$(BIN)/mypy --no-error-summary
	@out=$$($(BIN)/lint-imports --no-cache) || { echo "$$out"; exit 1; }
	@echo "ruff, mypy and import-linter found nothing"

PROTOC = $(BIN)/python -m grpc_tools.protoc -I protos protos/webcast.proto

proto: $(STAMP) ## Generate relay/webcast/pb from protos/webcast.proto
	@$(PROTOC) --python_out=relay/webcast/pb --pyi_out=relay/webcast/pb

proto-check: $(STAMP)
	@fresh=$$(mktemp -d) && trap 'rm -rf "$$fresh"' EXIT && \
	$(PROTOC) --python_out="$$fresh" --pyi_out="$$fresh" && \
	for file in webcast_pb2.py webcast_pb2.pyi; do \
	  diff -q "$$fresh/$$file" "relay/webcast/pb/$$file" >/dev/null || { \
	    echo "relay/webcast/pb/$$file is not what protos/webcast.proto gives; run: make proto" >&2; \
	    exit 1; }; \
	done

bench: $(STAMP) ## Measure it beside its peers, four minutes; forty with ARGS=--full
	@exec $(BIN)/python bench/everything.py $(ARGS)

chaos: $(STAMP) ## Do everything bad to it that is known, at full size; about ten minutes
	@RELAY_CHAOS=full RELAY_TESTS_KILLS=20 RELAY_TESTS_ROOMS=4 exec $(BIN)/pytest -q -s -m chaos \
	  -W error tests/chaos tests/integration/test_killed.py $(ARGS)

fuzz: $(STAMP) ## Fuzz everything that reads bytes, five minutes; ARGS="--minutes 60"
	@$(BIN)/python -m pip install -qq --disable-pip-version-check 'atheris==3.0.0'
	@exec $(BIN)/python tests/fuzz/run.py $(ARGS)

autobahn: $(STAMP) ## Autobahn's WebSocket cases; PYTHON2: a Python 2.7 with autobahntestsuite
	@exec $(BIN)/python tests/autobahn/run.py --python2 "$(PYTHON2)" $(ARGS)

soak: $(STAMP) ## Run it for two hours under load and look for growth; ARGS="--minutes 10"
	@exec $(BIN)/python bench/soak.py $(ARGS)

install: ## As a service of the machine's; SERVICE=user: of yours. Takes PREFIX and DESTDIR
	@SERVICE="$(SERVICE)" PREFIX="$(PREFIX)" DESTDIR="$(DESTDIR)" PYTHON="$(PYTHON)" \
	  sh systemd/install.sh install

uninstall: ## Remove it again; configuration and store stay
	@SERVICE="$(SERVICE)" PREFIX="$(PREFIX)" DESTDIR="$(DESTDIR)" sh systemd/install.sh uninstall

lock: ## Write constraints.txt anew (needs uv: https://docs.astral.sh/uv/)
	@command -v $(UV) >/dev/null || { echo "make lock needs uv; name it with UV=…" >&2; exit 1; }
	@$(UV) pip compile -q --universal --python-version 3.11 --no-header --no-emit-index-url \
	  --no-annotate --generate-hashes --group dev --upgrade pyproject.toml -o constraints.txt

clean: ## Remove .venv and everything generated that git does not keep
	@rm -rf .venv build dist ./*.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis \
	  .import_linter_cache bench/.peers
	@find relay tests bench -name __pycache__ -type d -prune -exec rm -rf {} +
	@rm -f relay/hub/_sending.*.so

# The stamp is newer than what it was made from only after every step went well.
$(STAMP): constraints.txt pyproject.toml relay/hub/_sending.c
	@found=; \
	for python in "$(PYTHON)" python3 python3.14 python3.13 python3.12 python3.11 python; do \
	  [ -n "$$python" ] || continue; \
	  if "$$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' \
	    >/dev/null 2>&1; then found=$$python; break; fi; \
	  [ "$$python" = "$(PYTHON)" ] && { \
	    echo "PYTHON=$$python: not a Python 3.11 or newer with venv and ensurepip" >&2; exit 1; }; \
	done; \
	[ -n "$$found" ] || { \
	  echo "No Python 3.11 or newer with venv and ensurepip was found." >&2; \
	  echo "Install one (Debian, Ubuntu: apt install python3 python3-venv), or name it:" >&2; \
	  echo "make PYTHON=/path/to/python3" >&2; exit 1; }; \
	echo "Setting up .venv with $$("$$found" --version) (once, about a minute)"; \
	if $(BIN)/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && \
	  $(BIN)/python -m pip --version >/dev/null 2>&1; then :; \
	else "$$found" -m venv --clear .venv; fi
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r constraints.txt
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(STAMP)
