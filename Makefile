GRADC = .build/release/gradc

PEERS_OPTIONS =
GRADBENCH_OPTIONS =

.PHONY: all run test bench bench-peers bench-gradbench build dependencies samples check-samples format check-format clean

all: build

run: build
	$(GRADC) train digits

build: dependencies
	swift build -c release --product gradc

# The second and third time as on processors with less.
test: dependencies
	swift test
	GRADC_ISA=avx2 swift test --skip-build --filter 'JITTests|EndToEndTests|TierTests|BLASTests'
	GRADC_ISA=baseline swift test --skip-build --filter 'JITTests|EndToEndTests|TierTests|BLASTests'

dependencies:
	@sh scripts/install-dependencies.sh

# Every workload for a moment, results compared with those of before.
bench: build
	$(GRADC) bench workloads --variants --seconds 0.1 --expect Benchmarks/fingerprints.json

# Side by side with other systems, which are installed below out/benchmarks: minutes to hours, see Benchmarks/README.md.
bench-peers: build
	python3 Benchmarks/bench_peers.py $(PEERS_OPTIONS)

# Side by side with other tools of GradBench, of whose repository it takes a copy: --gradbench PATH.
bench-gradbench: build
	python3 Benchmarks/bench_gradbench.py $(GRADBENCH_OPTIONS)

samples: build
	sh scripts/write-samples.sh $(GRADC) codegen-samples

check-samples: build
	sh scripts/check-samples.sh $(GRADC)

format:
	swift format -i -r Sources Tests Benchmarks data Package.swift

check-format:
	swift format lint --strict -r Sources Tests Benchmarks data Package.swift

clean:
	rm -rf .build out
