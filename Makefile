# SPDX-License-Identifier: Apache-2.0
# Each target is one script or one command; `make help` lists them.

.DEFAULT_GOAL := help
.PHONY: deps demo build test test-full cluster killtest simulate fuzz mutate sanitize coverage \
	check bench bench-json release deb reproduce docs clean help

deps: ## install the Debian packages that are missing, check the Swift toolchain
	@Scripts/deps

demo: deps ## build in release and show the whole way, from a capture file to an insight
	@Scripts/release
	@Scripts/demo

build: deps ## debug build of everything, tests included
	@swift build --build-tests

test: deps ## build and run all tests, one closing line of counts
	@Scripts/test

test-full: deps deb ## the full counts of the long tests, then as cluster, then as sanitize
	@Scripts/deps full
	@Scripts/axe || echo "test: axe-core can't be had: its tests are skipped" >&2
	@ARPGUARD_TEST_FULL=1 Scripts/test
	@Scripts/cluster
	@Scripts/sanitize thread
	@Scripts/sanitize address

cluster: deps ## tests on a ClickHouse cluster that it starts and takes down
	@Scripts/cluster

killtest: deps ## kill N processes that record (make killtest N=100), count what is left
	@Scripts/killtest $(or $(N),100)

simulate: deps ## run SEEDS simulations (make simulate SEEDS=1000 FIRST=1), stop at nothing
	@Scripts/simulate $(or $(SEEDS),1000) $(or $(FIRST),1)

fuzz: deps ## feed every parser for SECONDS each (make fuzz SECONDS=60)
	@Scripts/fuzz $(or $(SECONDS),60)

mutate: deps ## break each promise once, and show that a test notices
	@Scripts/mutate

sanitize: deps ## run the tests under the thread and the address sanitizer
	@Scripts/sanitize thread
	@Scripts/sanitize address

coverage: deps ## print which share of the code the tests reach
	@Scripts/coverage

check: deps ## format and script checks
	@Scripts/check

bench: release ## measure, as a table
	@Scripts/bench table

bench-json: release ## measure, one JSON object a line (use make -s)
	@Scripts/bench json

release: deps ## stripped release programs in dist/, with their SHA-256 sums
	@Scripts/release

deb: release ## Debian packages of the release programs, in dist/
	@Scripts/deps packages
	@Scripts/deb

reproduce: deps ## build the release twice from nothing and compare every byte
	@Scripts/reproduce

docs: deps ## the reference of the libraries, in .build/docs; a warning is an error
	@Scripts/docs

clean: ## remove everything that was built
	@rm -rf .build dist

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' Makefile
