# Two targets matter: build and test. make test is what CI runs: it installs
# the Debian packages that the tests need and lets no test skip. It searches
# nothing at random: the fuzz targets run over their seeds there, and make fuzz
# looks for new ones.

export CGO_ENABLED ?= 0
PACKAGES = chromium dovecot-imapd gcc libc6-dev git postfix postgresql
FUZZTIME ?= 10s

.PHONY: build test deps lint unit fuzz bench

build:
	go build -trimpath -ldflags "-s -w" -o newsdesk ./cmd/newsdesk

test: deps lint unit

# One apt-get for all that is missing; nothing when all is there. A machine on
# which a removed package left a group behind in dpkg's list of overrides gets that
# group back: apt-get does nothing without. Where packages can't be had, the tests
# that need them skip and say so.
missing = $(shell for p in $(PACKAGES); do dpkg -s $$p 2>/dev/null | grep -q '^Status: install ok installed' || echo $$p; done)

deps:
	@missing="$(missing)"; if [ -n "$$missing" ]; then \
		echo "installing $$missing"; \
		sudo=""; [ "$$(id -u)" = 0 ] || sudo=sudo; \
		awk '{print $$2}' /var/lib/dpkg/statoverride 2>/dev/null | sort -u | while read -r group; do \
			getent group "$$group" >/dev/null || $$sudo groupadd --system "$$group"; done; \
		{ $$sudo apt-get update -qq && \
		$$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing >/dev/null; } \
		|| echo "make: could not install $$missing: tests that need them skip"; \
	fi

lint:
	@unformatted=$$(git ls-files '*.go' | xargs gofmt -l); [ -z "$$unformatted" ] || { echo "gofmt: $$unformatted"; exit 1; }
	go vet ./...
	go tool staticcheck ./...

# The race detector needs cgo; newsdesk itself does not. The scripts and what kills
# the program run without it: they see the program from outside, and take four times
# as long with it.
unit: export NEWSDESK_TEST_ALL = $(if $(missing),,1)
unit:
	CGO_ENABLED=1 go test -race -skip '^(TestScript|TestKill|TestStop)$$' ./...
	CGO_ENABLED=1 go test -run '^(TestScript|TestKill|TestStop)$$' ./cmd/newsdesk ./internal/audience ./internal/delivery ./internal/signup

# Every fuzz target of every package, FUZZTIME each. go test sometimes takes the
# end of that time for a failure ("context deadline exceeded", golang/go#75804, mended
# in Go 1.27) when the machine is busy; a real one names the input that it wrote.
fuzz:
	@log=$$(mktemp); trap 'rm -f $$log' EXIT; \
	for pkg in $$(go list ./...); do \
		for target in $$(go test -list '^Fuzz' $$pkg | grep '^Fuzz' || true); do \
			echo "fuzz $$pkg $$target"; \
			go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 10x $$pkg >$$log 2>&1 && continue; \
			if grep -q 'context deadline exceeded' $$log && ! grep -q 'Failing input' $$log; then continue; fi; \
			cat $$log; exit 1; \
		done; \
	done

# Every budget, one command each; docs/benchmarks.md has what they gave. On an idle
# machine it takes about a quarter of an hour.
budget = go test -run '^$$' -benchtime
bench: deps
	$(budget) 3x -bench 'Build$$|Rebuild|Watched' ./cmd/newsdesk -articles 100000
	$(budget) 5x -bench Encode ./feed
	GOMAXPROCS=1 $(budget) 20x -bench 'Render|Compile' ./digest
	$(budget) 2000x -bench 'Encode|Append' ./internal/mail
	$(budget) 3x -bench Import ./internal/audience
	$(budget) 5000x -bench Newsletter ./internal/web
	$(budget) 10x -bench 'Paint|Repaint' ./internal/web
	$(budget) 1x -bench Million ./internal/numbers
	$(budget) 1x -bench 'Sink|Far|Signed|Ledger|Workers/^61KB' -timeout 20m ./internal/delivery
	$(budget) 1x -bench Million -timeout 20m ./internal/delivery
