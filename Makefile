# One plain command each; CONTRIBUTING.md says when to use which.
.DEFAULT_GOAL := help
CACHE   := $(or $(TARASTAT_CACHE),$(or $(XDG_CACHE_HOME),$(HOME)/.cache)/tarastat)
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)
LINTER  := v2.15.0
LINT    := $(CACHE)/bin/golangci-lint-$(LINTER)
COUNTER := v1.13.0
COUNT   := $(CACHE)/bin/gotestsum-$(COUNTER)
TESTS    = $(COUNT) --format pkgname-and-test-fails --format-hide-empty-pkg --hide-summary output --raw-command -- ./scripts/gotest.sh -timeout $(TESTTIME)

FUZZTIME ?= 30s
TESTTIME ?= 30m
BENCH    ?= .

# This module and those below it, which are vetted, linted and tested likewise.
MODULES := . $(patsubst %/go.mod,%,$(shell git ls-files '*/go.mod'))

# The tests in a browser wait for the browser: what they race through is raced by
# the tests of the packages.
BROWSER  := ^TestPages

.PHONY: help
help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 10

.PHONY: setup
setup: ## install what the tests need beside Go (as root, on Debian)
	@./scripts/setup.sh

.PHONY: test
test: setup $(COUNT) ## run every test
	$(TESTS)

.PHONY: race
race: setup $(COUNT) ## run all but the browser tests with the race detector (needs a C compiler)
	$(TESTS) -race -skip '$(BROWSER)'

.PHONY: check
check: lint race ## all that has to pass before a change is handed in

.PHONY: lint
lint: $(LINT) ## go vet, formatting and golangci-lint
	for m in $(MODULES); do (cd $$m && go vet ./... && $(LINT) run ./...) || exit 1; done
	$(LINT) fmt --diff

$(LINT):
	GOBIN=$(CACHE)/bin go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(LINTER)
	mv $(CACHE)/bin/golangci-lint $@

$(COUNT):
	GOBIN=$(CACHE)/bin go install gotest.tools/gotestsum@$(COUNTER)
	mv $(CACHE)/bin/gotestsum $@

.PHONY: fuzz
fuzz: ## run every fuzz target for FUZZTIME (30s)
	./scripts/fuzz.sh $(FUZZTIME)

.PHONY: bench
bench: setup ## run the benchmarks that match BENCH
	go test -run '^$$' -bench '$(BENCH)' -benchmem ./...

.PHONY: build
build: ## build bin/tarastat, static
	CGO_ENABLED=0 go build -trimpath -ldflags '-s -w -X main.version=$(VERSION)' -o bin/ ./cmd/tarastat
