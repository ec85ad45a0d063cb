# Two commands: `make run` tries it, `make test` proves it. Everything goes into .venv.
PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3.13 || command -v python3)
VENV := .venv
PIP := $(VENV)/bin/pip --disable-pip-version-check --no-input
WANTED := dovecot-imapd dovecot-lmtpd postgresql chromium fonts-liberation libreoffice-writer-nogui libreoffice-calc-nogui poppler-utils
APT := apt-get -o DPkg::Lock::Timeout=300

.PHONY: run test bench docs lock screenshots packages clean

run: $(VENV)/.run
	$(VENV)/bin/cme demo

test: packages $(VENV)/.test
	$(VENV)/bin/python -m pytest -n 2 --dist loadgroup tests

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

# Resolve anew; only when a dependency changes. The files hold names, versions and hashes, no addresses.
lock: $(VENV)/bin/python
	$(PIP) install -q pip-tools
	$(VENV)/bin/pip-compile -q --allow-unsafe --generate-hashes --strip-extras --no-annotate --no-header --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --extra ocr --extra postgres -o requirements.lock pyproject.toml
	$(VENV)/bin/pip-compile -q --allow-unsafe --generate-hashes --strip-extras --no-annotate --no-header --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --extra ocr --extra postgres --extra test -o requirements-test.lock pyproject.toml

clean:
	rm -rf $(VENV) var build *.egg-info
