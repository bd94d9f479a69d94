# Everything one does with this project. `make help` lists it.
export CGO_ENABLED = 0
export GOFLAGS = -trimpath -buildvcs=false
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS = -s -w -X slipway/functions/cli.version=$(VERSION)
FILES = runner/executor/carried/files
TOOL = go tool -modfile=.ci/tools/go.mod

.PHONY: help build executor zip deploy test-aws test-windows demo demo-check demo-stop test race bench bench-peers soak fuzz generate golden tidy lint vuln install clean

help: ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

build: executor ## bin/slipway, with the executors for all platforms inside
	@mkdir -p bin
	go build -ldflags '$(LDFLAGS)' -o bin/slipway ./functions/slipway
	@ls -lh bin/slipway | awk '{print "bin/slipway: " $$5}'

executor: ## the small programs for hosts, compressed, where the server carries them, and their hashes
	@: >$(FILES)/hashes.new
	@for p in linux/amd64 linux/arm64 windows/amd64; do \
		os=$${p%/*}; arch=$${p#*/}; \
		GOOS=$$os GOARCH=$$arch go build -ldflags '-s -w' -o $(FILES)/$$os-$$arch.tmp ./functions/executor && \
		gzip -9nc $(FILES)/$$os-$$arch.tmp > $(FILES)/$$os-$$arch.gz && \
		echo "$$os-$$arch $$(sha256sum <$(FILES)/$$os-$$arch.tmp | cut -d' ' -f1)" >>$(FILES)/hashes.new && \
		rm $(FILES)/$$os-$$arch.tmp || exit 1; \
	done
	@mv $(FILES)/hashes.new $(FILES)/hashes

LAMBDA_ARCH ?= arm64
zip: executor ## bin/lambda.zip, the program for AWS Lambda without the programs for hosts, of which it knows the hashes
	@mkdir -p bin
	GOOS=linux GOARCH=$(LAMBDA_ARCH) go build -tags lambda.norpc -ldflags '$(LDFLAGS)' -o bin/bootstrap ./functions/slipway
	@go run ./infra/zip bin/bootstrap bin/lambda.zip

STACK ?= slipway
PARAMETERS ?=
deploy: build zip ## the stack on AWS, new or updated; PARAMETERS='MailFrom=a@example.com Hosts=all'
	@STACK='$(STACK)' SLIPWAY=bin/slipway infra/deploy.sh bin/lambda.zip $(PARAMETERS)

demo: ## the whole tutorial on this machine: a host, a server, a package on its way
	@test/demo/demo.sh up

demo-stop: ## end the demo and leave nothing behind
	@test/demo/demo.sh down

demo-check: ## the whole tutorial without a person, each stage checked from outside
	@test/demo/demo.sh check

install: ## what the tests need on this machine; says what it installs
	@test/install.sh
	@infra/install.sh || echo "the check of the AWS template will be skipped"

test: install ## generated files, format, vet, staticcheck, layers and all tests; ends in a count
	@$(MAKE) --no-print-directory -j2 -Otarget executor tidy
	@test/run.sh $(TOOL)

ON_AWS = ./test/aws/... ./runner/dynamotable/... ./runner/s3blobs/... ./runner/streamwake/... ./runner/schedulertimers/... ./runner/hosts/ssmhosts/... \
	./runner/sesmail/... ./runner/kmssecrets/... ./runner/rootsecrets/... ./runner/secretsources/... ./infra/...
test-aws: install zip ## everything that is about AWS, on emulators; ends in a table by adapter
	@mkdir -p bin
	@SLIPWAY_MEASURE=1 go test -count=1 -p 1 -v -json -timeout 30m $(ON_AWS) >bin/test-aws.json; go run ./test/count <bin/test-aws.json; code=$$?; awk -f infra/table.awk bin/test-aws.json; exit $$code

test-windows: ## what behaves otherwise on Windows, built for windows/amd64 and run under Wine; ends in a count
	@mkdir -p bin
	@test/windows/run.sh >bin/test-windows.json; code=$$?; \
		if [ $$code = 3 ]; then exit 0; fi; \
		go run ./test/count <bin/test-windows.json && exit $$code

race: install ## the tests under the race detector (needs a C compiler)
	@command -v gcc >/dev/null || { echo "installing gcc"; sudo -n apt-get install -y gcc libc6-dev || apt-get install -y gcc libc6-dev; }
	CGO_ENABLED=1 go test -race -json -timeout 30m ./... | go run ./test/count

bench: ## benchmarks, each beside its baseline
	go test -run '^$$' -bench . -benchmem ./pipelines/... ./runner/... ./web/... ./test/bench

bench-peers: ## the runner beside another engine for durable steps, in the same run
	test/bench/compare.sh

soak: build ## the long runs: 100 kills of a server, minutes of random schedules, 100,000 seeds or 10 minutes of simulation, 10,080 states of IIS
	SLIPWAY_SOAK=1 go test -timeout 60m -count=1 -v -run 'Kill|Schedules|Seeds|FromAnyState' ./test/simulation/... ./runner/graph ./runner/simulation ./test/iismodel

fuzz: ## every fuzz target for a minute
	@for p in $$(grep -rl 'func Fuzz' --include='*_test.go' . | xargs -n1 dirname | sort -u); do \
		for f in $$(grep -ho 'func Fuzz[A-Za-z0-9]*' $$p/*_test.go | sed 's/func //'); do \
			go test -run '^$$' -fuzz "^$$f$$" -fuzztime 60s $$p || exit 1; done; done

generate: ## templ's Go files, and one style sheet of its parts
	@web/pages/css/join.sh
	@for d in web/pages runner/letters; do $(TOOL) templ generate -log-level error -path $$d || exit 1; done

golden: ## write golden files anew; read the diff
	go test ./pipelines/... ./runner/... ./web/... -update

tidy: generate ## generated files up to date, gofmt
	@test -z "$$(git status --porcelain -- '*_templ.go')" || { echo 'generated files are not up to date: run `make generate` and commit'; git status --short -- '*_templ.go'; exit 1; }
	@test -z "$$(gofmt -l functions web runner pipelines infra test)" || { echo 'not formatted:'; gofmt -l functions web runner pipelines infra test; exit 1; }

lint: tidy ## and vet, staticcheck
	go vet ./...
	$(TOOL) staticcheck ./...

vuln: ## known faults in what we use, where the network allows
	go run golang.org/x/vuln/cmd/govulncheck@latest ./...

clean: ## remove what was built
	rm -rf bin $(FILES)/*.gz $(FILES)/hashes
