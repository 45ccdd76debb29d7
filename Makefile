# core: run "make help".
GO      ?= go
BIN     := bin/core
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo devel)
LDFLAGS := -s -w -X github.com/dappcore/core-dev/cmd.version=$(VERSION)
COUNT   ?= 6

.PHONY: help
help: ## what can be made here
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: build
build: ## the program, as bin/core
	@CGO_ENABLED=0 $(GO) build -trimpath -ldflags '$(LDFLAGS)' -o $(BIN) ./cmd/core

.PHONY: demo
demo: build ## the screen on the embedded GitHub, agents at work: no token, no network
	@./$(BIN) dev demo --speed 60

.PHONY: pictures
pictures: build ## docs/pictures, drawn from the real program on the demo
	@cd .ci/pictures && $(GO) run . ../../$(BIN) ../../docs/pictures

.PHONY: install
install: ## the program into GOBIN
	CGO_ENABLED=0 $(GO) install -trimpath -ldflags '$(LDFLAGS)' ./cmd/core

.PHONY: test
test: ## all tests that need only Go and git (RACE=1 adds the race detector)
	@GO=$(GO) sh .ci/test $(if $(RACE),-race)

.PHONY: lint
lint: ## formatting, vet, tidy modules, generated files, static analysis
	@sh .ci/lint

.PHONY: conformance
conformance: build ## the judges: real gh, cmark-gfm, GitHub's OpenAPI and GraphQL descriptions
	@sh .ci/conformance

.PHONY: bench
bench: ## benchmarks, to be compared with benchstat
	$(GO) test -run '^$$' -bench . -benchmem -count $(COUNT) ./...

.PHONY: soak
soak: ## long random runs: fuzzing and property tests with many cases
	@sh .ci/soak
