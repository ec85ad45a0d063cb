# Two commands: `make run` tries it, `make test` proves it. Everything goes into .venv.
PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3.13 || command -v python3)
VENV := .venv
PIP := $(VENV)/bin/pip --disable-pip-version-check --no-input
WANTED := dovecot-imapd dovecot-lmtpd postgresql chromium fonts-liberation libreoffice-writer-nogui libreoffice-calc-nogui poppler-utils
APT := apt-get -o DPkg::Lock::Timeout=300

.PHONY: run test check bench docs lock screenshots packages clean

run: $(VENV)/.run
	$(VENV)/bin/cme demo

test: packages $(VENV)/.test
	$(VENV)/bin/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder tests

# What needs no server: format, lint, types, import rules, drawings.
check: $(VENV)/.test
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports
	$(VENV)/bin/python -m docs.draw --check

bench: $(VENV)/.test
	$(VENV)/bin/python -m benchmarks

docs: $(VENV)/.test
	$(VENV)/bin/python -m docs.draw

screenshots: $(VENV)/.test
	$(VENV)/bin/python -m review.screenshots

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed and was not found."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; $(PYTHON) is older."; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  if [ "$$(id -u)" = 0 ]; then $(APT) update -qq && $(APT) install -y -qq --no-install-recommends python3-venv >/dev/null; \
	  else echo "Python's venv is missing: as root, apt-get install python3-venv"; exit 1; fi; }
	$(PYTHON) -m venv $(VENV)

# A stamp, so that an unchanged lock is not installed again.
$(VENV)/.run: requirements.lock pyproject.toml | $(VENV)/bin/python
	$(PIP) install -q --require-hashes -r requirements.lock
	$(PIP) install -q --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.test: requirements-test.lock $(VENV)/.run
	$(PIP) install -q --require-hashes -r requirements-test.lock
	@touch $@

packages:
	@missing=""; for name in $(WANTED); do dpkg -s $$name >/dev/null 2>&1 || missing="$$missing $$name"; done; \
	if [ -n "$$missing" ]; then \
	  if [ "$$(id -u)" = 0 ]; then echo "Installing Debian packages:$$missing"; \
	    $(APT) update -qq && DEBIAN_FRONTEND=noninteractive $(APT) install -y -qq --no-install-recommends $$missing >/dev/null; \
	  else echo "The tests need Debian packages that are missing:$$missing"; echo "As root: apt-get install$$missing"; exit 1; fi; fi

# Resolve anew, keeping every pin that still fits; only when a dependency changes. The files hold names,
# versions and hashes, no addresses.
COMPILE := $(VENV)/locking/bin/pip-compile -q --generate-hashes --strip-extras --no-annotate --no-header \
  --allow-unsafe --no-emit-index-url --no-emit-trusted-host --no-emit-find-links
TEST_EXTRA := import sys, tomllib; print(*tomllib.load(sys.stdin.buffer)["project"]["optional-dependencies"]["test"], sep="\n")

lock: $(VENV)/bin/python
	@test -x $(VENV)/locking/bin/pip-compile || { $(PYTHON) -m venv $(VENV)/locking && $(VENV)/locking/bin/pip install -q pip-tools==7.6.2; }
	$(COMPILE) --build-deps-for editable --extra ocr --extra postgres --extra sso -o requirements.lock pyproject.toml
	$(VENV)/bin/python -c '$(TEST_EXTRA)' < pyproject.toml > $(VENV)/test.in
	$(COMPILE) -c requirements.lock -o requirements-test.lock $(VENV)/test.in
	@for file in requirements.lock requirements-test.lock; do sed -i '/^#/d;/^$$/d' $$file; done

clean:
	rm -rf $(VENV) var build *.egg-info
