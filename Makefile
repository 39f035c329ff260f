GRADC = .build/release/gradc

.PHONY: all run test build dependencies samples check-samples format check-format clean

all: build

run: build
	$(GRADC) train digits

build: dependencies
	swift build -c release --product gradc

# The second and third time as on processors with less.
test: dependencies
	swift test
	GRADC_ISA=avx2 swift test --skip-build --filter 'JITTests|EndToEndTests'
	GRADC_ISA=baseline swift test --skip-build --filter 'JITTests|EndToEndTests'

dependencies:
	@sh scripts/install-dependencies.sh

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
