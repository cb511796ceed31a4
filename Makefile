# Osmanthus: everything that a developer types. Needs Go, bash and the package
# registries; on Debian what else is needed is installed when it is needed.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:

# Static programs; -trimpath everywhere, so that tests reuse what a build compiled.
export CGO_ENABLED := 0
GO_TEST := go test -trimpath
# Everything but the end-to-end tests, which measure time and run alone.
UNITS = $$(go list ./... | grep -v '^osmanthus/e2e')
MODULES := . deploy/influxd tools
# What runs in the home is built for these, too.
HOME_PACKAGES := ./care/... ./wire/... ./drivers/... ./agent/...

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: demo
demo: build ## a home of eight residents with its nurse station, until Ctrl-C (DEMO_FLAGS="...")
	@exec bin/osmanthus-demo $(DEMO_FLAGS)

.PHONY: build
build: bin/osmanthus-influxd ## build every program into bin/
	@tools/build bin/ . ./agent/cmd/... ./cloud/cmd/... ./drivers/cmd/... ./deploy/demo/cmd/...

bin/osmanthus-influxd: deploy/influxd/go.mod deploy/influxd/go.sum $(filter-out %_test.go,$(wildcard deploy/influxd/*.go))
	@echo "Building InfluxDB, once: this takes a minute or two" >&2
	@tools/build $@ deploy/influxd .

.PHONY: test
test: test-units test-influxd test-e2e test-hardware ## run every test, the end-to-end ones and those on a real kernel included

# A broker, a browser and what unpacks recordings.
.PHONY: test-packages
test-packages:
	@tools/debian-packages mosquitto xz-utils chromium fonts-noto-cjk

.PHONY: test-units
test-units: test-packages build
	$(GO_TEST) -timeout 15m $(UNITS)

.PHONY: test-influxd
test-influxd:
	cd deploy/influxd && $(GO_TEST) -timeout 5m ./...

.PHONY: test-e2e
test-e2e: test-packages build ## run the end-to-end tests: real broker, database and browser
	if [ -d e2e ]; then $(GO_TEST) -timeout 20m -p 1 -count=1 $$(go list ./e2e/... | grep -v ^osmanthus/e2e/hardware); fi

.PHONY: test-hardware
test-hardware: ## run drivers and agent on GPIO, I2C, serial and Bluetooth of a real kernel, emulated
	@tools/emulator/test

.PHONY: check
check: format vet staticcheck modules web-current race ## format, vet, staticcheck, race detector, modules, web build

.PHONY: format
format:
	@files=$$(find . -name '*.go' -not -path '*/node_modules/*' -not -path './bin/*' | xargs gofmt -l); \
	if [ -n "$$files" ]; then echo "not formatted, run gofmt -w:"; echo "$$files"; exit 1; fi

.PHONY: vet
vet:
	go vet ./...
	GOARCH=arm64 go vet $(HOME_PACKAGES)
	GOARCH=arm GOARM=7 go vet $(HOME_PACKAGES)
	cd deploy/influxd && go vet ./...

.PHONY: staticcheck
staticcheck:
	go tool -modfile=tools/go.mod staticcheck ./...

.PHONY: modules
modules:
	for m in $(MODULES); do (cd $$m && go mod tidy -diff && go mod verify); done

.PHONY: race
race: test-packages build
	@tools/debian-packages gcc libc6-dev
	CGO_ENABLED=1 $(GO_TEST) -race -timeout 20m $(UNITS)

.PHONY: web-current
web-current: test-packages
	@tools/check-web

.PHONY: web
web: ## build the pages into cloud/web/dist (needs Node 20)
	cd cloud/web/ui && npm ci --no-audit --no-fund && npm run types && npm run build

.PHONY: footprint
footprint: build ## print sizes, memory and CPU of the agent, bytes on the wire (3 minutes)
	@tools/debian-packages mosquitto
	go run -trimpath ./e2e/cmd/footprint

# Reproducible to the byte. EVAL="falls light" prints those sections only.
.PHONY: eval
eval: ## print how the detectors fare on the recordings beside the project (half an hour)
	@command -v xz >/dev/null || tools/debian-packages xz-utils
	@go run -trimpath ./agent/cmd/osmanthus-eval $(EVAL)

# Of each topic and device; what does not pass is named with its reason.
.PHONY: vectors
vectors: ## print how many of the vectors beside the project pass
	@$(GO_TEST) -count=1 -v -run Vectors ./care/... ./wire/... ./drivers/... ./agent/signal/... | \
		sed -nE 's/^ +[a-z0-9_]+_test\.go:[0-9]+: (.*)/  \1/; /^(--- FAIL|FAIL)/p; s/^ok +(\S+).*/\1/p; /[0-9]+\/[0-9]+|not passed|SKIP/p'

.PHONY: capacity
capacity: ## print what watching costs here: time and memory per source, residents per core
	@go run -trimpath ./agent/cmd/osmanthus-eval capacity

.PHONY: clean
clean: ## remove what was built, and the demo's data
	rm -rf bin demo-data
