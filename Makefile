SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PACKAGES := libopenblas-dev libprotobuf-c-dev libpng-dev libjpeg62-turbo-dev libmd-dev libzip-dev \
  pkg-config
OPTIONS := -c release --explicit-target-dependency-import-check error
BUILD := swift build $(OPTIONS)
# Without testable imports the tests use the very build that `make build` makes.
TEST := swift test $(OPTIONS) --disable-testable-imports --disable-xctest
# AVX-512 VNNI and AVX-VNNI in plain C, in a build of its own.
EMULATED := --scratch-path .build-emulated \
  $(addprefix -Xcc ,-I$(CURDIR)/Tests/emulated -mavx2 -mfma)
BROWSER := .build/browser
MODEL_TESTS := --skip-build --filter 'ViTEngineTests|TrainedModelTests'

.PHONY: help
help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: setup
setup: ## Install the system packages that are missing (Debian and Ubuntu)
	@$(call install,$(PACKAGES))

.PHONY: build
build: setup ## Build .build/release/vitq
	$(BUILD) --product vitq

.PHONY: bench
bench: build ## fp32 against int8 on the embedded model: speed and accuracy
	.build/release/vitq bench

.PHONY: bench-kernels
bench-kernels: setup ## Each kernel at the shapes of ViT-Tiny to Large against the machine's peak
	$(BUILD) --product bench-kernels
	.build/release/bench-kernels --svg .build/roofline.svg --json .build/kernels.json

.PHONY: bench-peers
bench-peers: build ## vitq beside ONNX Runtime, OpenVINO, NNCF and PyTorch (Python 3; own environment)
	@$(call install,python3-venv)
	python3 Benchmarks/compare_peers.py --out .build/peers

.PHONY: test
test: setup ## Build and test everything, models on slower instruction sets as well
	$(TEST)
	VITQ_ISA=portable $(TEST) $(MODEL_TESTS)
	@if grep -qE 'avx512_vnni|avx_vnni' /proc/cpuinfo; then VITQ_ISA=avx2 $(TEST) $(MODEL_TESTS); fi

.PHONY: test-emulated
test-emulated: setup ## Test the kernels of AVX-512 VNNI and AVX-VNNI on a processor with AVX2
	@$(call install,libsimde-dev)
	VITQ_ISA=avx512vnni $(TEST) $(EMULATED) --filter ViTKernelTests

.PHONY: test-report
test-report: build ## Use reports in Chromium as a reader would (Python 3; own environment)
	@$(call install,chromium chromium-driver python3-venv)
	python3 -m venv $(BROWSER)/venv
	$(BROWSER)/venv/bin/pip install -q -r Tests/browser/requirements.txt
	.build/release/vitq bench --duration 0.1 --warmup 1 --out $(BROWSER)/bench >$(BROWSER)/bench.txt
	.build/release/vitq profile fixtures/vit-fashion --out $(BROWSER)/profile >$(BROWSER)/profile.txt
	.build/release/vitq study --max-images 20 --factorial --out $(BROWSER)/study >$(BROWSER)/study.txt
	for kind in bench profile study; do \
	  .build/release/vitq report $(BROWSER)/$$kind $(BROWSER)/$$kind --out $(BROWSER)/$$kind \
	    >$(BROWSER)/both.txt; \
	done
	$(BROWSER)/venv/bin/python Tests/browser/check_report.py $(BROWSER)/*/*.html

.PHONY: compare-images
compare-images: setup ## Images beside Pillow and transformers (Python 3; own environment)
	@$(call install,python3-venv libjpeg-turbo-progs)
	$(BUILD) --product image-bytes
	python3 -m venv .venv/images
	.venv/images/bin/pip install -q -r Benchmarks/requirements-images.txt
	.venv/images/bin/python Benchmarks/compare_images.py .build/release/image-bytes --cjpeg cjpeg

.PHONY: operators
operators: build ## Write the table of docs/operators.md from the engine's registry
	@table=$$(.build/release/vitq inspect --operators --format markdown); \
	awk -v table="$$table" '/^<!-- \/operators -->/ { skip = 0 } !skip { print } \
	  /^<!-- operators -->/ { print table; skip = 1 }' docs/operators.md >docs/operators.new
	mv docs/operators.new docs/operators.md

.PHONY: conformance
conformance: build ## Run all node tests of the ONNX project (Python 3; own environment)
	@$(call install,python3-venv)
	python3 -m venv .venv/conformance
	.venv/conformance/bin/pip install -q -r fixtures/requirements-conformance.txt
	.venv/conformance/bin/python fixtures/make_conformance.py

.PHONY: zoo
zoo: build ## Make small exports of many families, and run them (Python 3; own environment)
	@$(call install,python3-venv)
	python3 -m venv .venv/zoo
	.venv/zoo/bin/pip install -q -r fixtures/requirements-zoo.txt
	.venv/zoo/bin/python fixtures/make_zoo.py

.PHONY: test-cluster
test-cluster: build ## Run in parts under Slurm, or GNU parallel, and compare with one run
	@$(call install,slurm-wlm munge parallel)
	Tests/cluster/check_cluster.sh .build/release/vitq

.PHONY: format
format: ## Format the Swift sources in place
	swift format --in-place --recursive --parallel Package.swift Sources Tests Benchmarks Examples

.PHONY: lint
lint: ## Check the format of the Swift sources
	swift format lint --strict --recursive --parallel Package.swift Sources Tests Benchmarks Examples

.PHONY: proto
proto: ## Regenerate the C code of onnx.proto
	@$(call install,protobuf-c-compiler)
	Sources/COnnx/generate.sh

.PHONY: clean
clean: ## Remove what was built
	rm -rf .build

# $(call install,PACKAGES): asks apt only for packages that dpkg does not know as installed.
define install
missing=(); \
for package in $(1); do \
  dpkg-query -W -f '$${Status}' "$$package" 2>/dev/null | grep -q 'ok installed' \
    || missing+=("$$package"); \
done; \
if (( $${#missing[@]} )); then \
  if ! command -v apt-get >/dev/null; then \
    echo "make: these packages, or what your system calls them, are needed: $${missing[*]}" >&2; \
    exit 1; \
  fi; \
  sudo=(); if (( $$(id -u) )); then sudo=(sudo); fi; \
  "$${sudo[@]}" apt-get update -q; \
  "$${sudo[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -q -y --no-install-recommends "$${missing[@]}"; \
fi
endef
