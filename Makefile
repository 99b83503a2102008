# Everything happens in .venv (Python packages) and .tools (real Helm, a real API server); each target sets up what it
# needs.
PYTHON ?= python3
VENV := .venv
PYTEST_ARGS ?=
FUZZ_ARGS ?=
ECOSYSTEM ?= flux ct oras registry
IMAGE_ARGS ?=
PLUGINS_ARGS ?=
RELEASE_ARGS ?=
BENCH_ARGS ?=

BIN := $(VENV)/bin
STAMP := $(VENV)/.stamp
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check

# $(call fetch,NAMES): real Helm into .tools. The tests and the demo say for themselves what they miss, so it may fail.
fetch = $(BIN)/python -m tools.helm --quiet $(1) || true

# What `make demo|test|check|bench` installs, to the version; the wheel itself has ranges. $(call resolve,GROUP) says them.
LOCKS := requirements/dev.txt requirements/sdk.txt
BENCH_LOCK := requirements/bench.txt
RELEASE_LOCK := requirements/release.txt
SITE_LOCK := requirements/site.txt
HAUPT_LOCK := requirements/haupt.txt
resolve = $(BIN)/uv pip compile --quiet --universal --python-version 3.10 --generate-hashes \
	--custom-compile-command 'make lock' --group $(1) pyproject.toml

.PHONY: help demo test test-cluster test-node test-polyaxon test-ecosystem test-site site check coverage lint fuzz bench zipapp image \
	plugins release-dry-run pictures lock locked helm helm-newest envtest schema clean

help:           ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 18

demo: $(STAMP)  ## show what helm-cleaner does, on a small chart and with a real Helm
	@$(call fetch,helm3 helm4)
	@$(BIN)/python -m tools.demo

# Tests that need more than Python and the fetched Helm have targets of their own, which .ci/run calls too.
ELSEWHERE := browser or cluster or ecosystem or kubelet or polyaxon

test: $(STAMP)  ## run all tests that need no cluster and no programs of other projects but Helm
	@$(call fetch,helm3 helm4 kubectl)
	$(BIN)/python -m pytest -m "not ($(ELSEWHERE))" --numprocesses auto --maxprocesses 8 --dist loadgroup $(PYTEST_ARGS)

# PYTEST_ARGS may hold the options of pytest-helm-charts: --kubeconfig, --chart-path, …
test-cluster: $(STAMP)  # run the tests on a cluster alone: that of KUBECONFIG, or a control plane that is built and started
	@$(call fetch,helm3 helm4 kubectl)
	@$(if $(KUBECONFIG)$(findstring --kubeconfig,$(PYTEST_ARGS)),,$(BIN)/python -m tools.envtest)
	$(BIN)/python -m pytest -m cluster $(PYTEST_ARGS)

test-node: $(STAMP)  # run the tests on a real node: a kubelet with containerd and runc; needs root on Linux, and Go
	@$(BIN)/python -m tests.support.node
	@$(call fetch,helm4 kubectl)
	@$(BIN)/python -m tools.envtest etcd kube-apiserver kube-controller-manager kube-scheduler kwok kubelet
	FAIL_WHAT_IS_MISSING=1 $(BIN)/python -m pytest -m kubelet $(PYTEST_ARGS)

test-polyaxon: $(STAMP) .tools/haupt/.stamp  # run the tests with Polyaxon's own API and file systems, and an S3 server
	@$(call fetch,kubectl)
	@if command -v go >/dev/null; then $(BIN)/python -m tools.envtest; fi
	FAIL_WHAT_IS_MISSING=1 $(BIN)/python -m pytest -m polyaxon $(PYTEST_ARGS)

# An environment of its own: its libraries are not those of the tests, and 700 MB.
.tools/haupt/.stamp: $(HAUPT_LOCK) | $(STAMP)
	@echo "setting up .tools/haupt"
	@mkdir -p .tools && $(BIN)/uv venv --quiet --clear --relocatable --python $(BIN)/python .tools/haupt
	@$(BIN)/uv pip install --quiet --python .tools/haupt/bin/python --require-hashes --requirement $(HAUPT_LOCK)
	@touch $@

# ECOSYSTEM="flux ct oras registry helmfile" builds helmfile too, which takes a quarter of an hour or more.
test-ecosystem: $(STAMP)  # run the tests with programs of other projects: Flux's post-renderer, ct, an OCI registry; needs Go
	@$(call fetch,helm3 helm4 kubectl kustomize)
	@$(BIN)/python -m tools.ecosystem $(ECOSYSTEM)
	$(BIN)/python -m pytest -m ecosystem $(PYTEST_ARGS)

check: lint     ## lint, check the types, run the fast tests
	@$(call fetch,helm3 helm4)
	$(BIN)/python -m pytest -m "not (slow or $(ELSEWHERE))" $(PYTEST_ARGS)

# Left out: what runs within bounds of time and memory, or looks at what is imported. Measuring takes some of all three.
UNMEASURED := --ignore-glob='tests/cli/test_hostile*' --ignore=tests/live --deselect=tests/test_api.py::test_what_is_not_needed_is_not_imported

coverage: $(STAMP)  # run the tests and say which lines and branches none of them reaches
	@$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest --numprocesses auto --maxprocesses 8 $(UNMEASURED) $(PYTEST_ARGS)
	@$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

lint: $(STAMP)  # lint and check the types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	@if [ -x $(BIN)/hadolint ]; then echo $(BIN)/hadolint Dockerfile && $(BIN)/hadolint Dockerfile; fi
	$(BIN)/zizmor --offline --quiet --no-progress .github
	@if actionlint=$$($(BIN)/python -m tools.helm --where actionlint) && [ -n "$$actionlint" ]; then \
	  echo "$$actionlint" && "$$actionlint"; fi

fuzz: $(STAMP)  # look for what breaks a property: many examples, then a fuzzer (FUZZ_ARGS="--minutes 60 edit")
	$(BIN)/python -m pytest -m "hypothesis and not helm" --hypothesis-profile=fuzz --numprocesses auto $(PYTEST_ARGS)
	@$(INSTALL) atheris || true  # no wheels everywhere
	@$(BIN)/python -m tools.fuzz $(FUZZ_ARGS)

# With BENCH_ARGS=--quick in a minute or two: fewer turns, nothing very large.
bench: $(STAMP) ## time helm-cleaner beside its peers, some minutes long
	@$(call fetch,helm3 kubectl)
	@$(INSTALL) --require-hashes --requirement $(BENCH_LOCK) || true  # yamllint and check-jsonschema are left out then
	@$(BIN)/python -m compileall -q helm_cleaner  # where PYTHONDONTWRITEBYTECODE is set, nothing else does it
	@$(BIN)/python -m tools.bench $(BENCH_ARGS)

pictures: $(STAMP)  # draw the pictures anew: the README's from real runs, that of the benchmarks from docs/growth.json
	@$(call fetch,helm3)
	@$(BIN)/python -m tools.growth_picture
	@$(BIN)/python -m tools.pictures

site: $(STAMP)   # build the site with the guides and the playground into dist/site; needs npm
	@$(INSTALL) --require-hashes --requirement $(SITE_LOCK)
	@NO_MKDOCS_2_WARNING=1 $(BIN)/python -m tools.site

test-site: site  # build the site, and test the playground in Chromium
	$(BIN)/python -m pytest tests/site $(PYTEST_ARGS)

zipapp: $(STAMP) ## write dist/helm-cleaner.pyz, which needs Python and nothing else
	@$(BIN)/python -m tools.zipapp

image: zipapp    ## build the container image helm-cleaner with docker, podman or buildah (IMAGE_ARGS="--build-arg …")
	@for tool in docker podman buildah; do \
	  if $$tool info >/dev/null 2>&1; then exec $$tool build $(IMAGE_ARGS) --tag helm-cleaner .; fi; \
	done; \
	echo "docker, podman or buildah builds the image, and none of them runs here" >&2; exit 1

# Signed with PLUGINS_ARGS="--key NAME --keyring FILE"; see python -m tools.plugin_packages --help
plugins: $(STAMP)  ## write the packages of the Helm plugins into dist/
	@$(call fetch,helm4)
	@$(BIN)/python -m tools.plugin_packages $(PLUGINS_ARGS)

# With RELEASE_ARGS="--tag vX.Y.Z --key NAME --keyring FILE" it is no rehearsal; .github/workflows/release.yaml does that.
release-dry-run: $(STAMP)  ## empty dist/, build all that a release publishes into it, and check it; publish nothing
	@$(call fetch,helm4)
	@$(BIN)/python -m tools.release $(RELEASE_ARGS)

lock: $(STAMP)  ## renew the versions of all that develops and tests
	$(call resolve,dev) --upgrade --output-file requirements/dev.txt
	$(call resolve,sdk) --upgrade --output-file requirements/sdk.txt --constraints requirements/dev.txt
	$(call resolve,bench) --upgrade --output-file $(BENCH_LOCK) $(LOCKS:%=--constraints %)
	$(call resolve,haupt) --upgrade --output-file $(HAUPT_LOCK)
	$(call resolve,release) --upgrade --output-file $(RELEASE_LOCK) --constraints requirements/dev.txt
	$(call resolve,site) --upgrade --output-file $(SITE_LOCK) $(LOCKS:%=--constraints %)

locked: $(STAMP)  # say whether the locked versions are what pyproject.toml asks for
	@folder=$$(mktemp -d) && trap 'rm -rf "$$folder"' EXIT && cp $(LOCKS) $(BENCH_LOCK) $(HAUPT_LOCK) $(RELEASE_LOCK) $(SITE_LOCK) "$$folder" && \
	$(call resolve,dev) --output-file "$$folder/dev.txt" >/dev/null && \
	$(call resolve,sdk) --output-file "$$folder/sdk.txt" --constraints requirements/dev.txt >/dev/null && \
	$(call resolve,bench) --output-file "$$folder/bench.txt" $(LOCKS:%=--constraints %) >/dev/null && \
	$(call resolve,haupt) --output-file "$$folder/haupt.txt" >/dev/null && \
	$(call resolve,release) --output-file "$$folder/release.txt" --constraints requirements/dev.txt >/dev/null && \
	$(call resolve,site) --output-file "$$folder/site.txt" $(LOCKS:%=--constraints %) >/dev/null && \
	for lock in $(LOCKS) $(BENCH_LOCK) $(HAUPT_LOCK) $(RELEASE_LOCK) $(SITE_LOCK); do diff -u $$lock "$$folder/$${lock##*/}" || wrong=1; done && [ -z "$$wrong" ] || \
	{ echo "requirements/ is not what pyproject.toml asks for: run make lock" >&2; exit 1; }

helm: $(STAMP)  # fetch real Helm 3 and 4 and kubectl into .tools, and say what is there
	@$(BIN)/python -m tools.helm helm3 helm4 kubectl

helm-newest: $(STAMP)  # build the newest Helm 3, and kustomize, into .tools; needs Go, and minutes
	@$(BIN)/python -m tools.helm helm3-newest kustomize

envtest: $(STAMP)  # build a control plane into .tools, for the tests; needs Go
	@$(BIN)/python -m tools.envtest

schema: $(STAMP)  # write chart/values.schema.json and the tables of the guides, from the section's schema and the codes
	@$(BIN)/python -m tools.chart_schema
	@$(BIN)/python -m tools.reference

clean:          # remove what make made
	rm -rf $(VENV) .tools dist .fuzz .mypy_cache .pytest_cache .ruff_cache .hypothesis .coverage*
	find helm_cleaner tests tools -name __pycache__ -prune -exec rm -rf {} +

# $(PYTHON), or where it is too old or cannot make a virtual environment, the first other one that is right.
$(STAMP): pyproject.toml $(LOCKS)
	@for python in $(PYTHON) python3.15 python3.14 python3.13 python3.12 python3.11 python3.10; do \
	  if $$python -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null; then \
	    echo "setting up $(VENV) with $$($$python --version)" && \
	    $$python -m venv --clear $(VENV) && \
	    $(INSTALL) --require-hashes --requirement requirements/dev.txt && \
	    { $(INSTALL) --require-hashes --requirement requirements/sdk.txt || \
	      echo "Polyaxon's SDK cannot be installed here: the tests that ask it will be skipped"; } && \
	    $(INSTALL) --no-deps --no-build-isolation --editable . && \
	    $(BIN)/python -m compileall -q helm_cleaner && \
	    touch $@; exit; \
	  fi; \
	done; \
	echo "helm-cleaner needs Python 3.10 or later, with venv and ensurepip (Debian: apt install python3-venv)." >&2; \
	echo "Name one that is not on PATH: make PYTHON=/path/to/python3.12" >&2; \
	exit 1
