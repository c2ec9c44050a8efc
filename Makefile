# What people and CI call. `make help` lists it.
SWIFT_FLAGS := -c release -Xswiftc -enable-testing
GLIMPSE := .build/release/glimpse
PREFIX := /usr/local
# Through the environment and unexpanded, so that a question may have quotes and dollars in it.
export VIDEO := $(value VIDEO)
export Q := $(value Q)
VENV := .venv
BROWSER := .build/browser

LIBRARIES := libavformat-dev libavcodec-dev libswscale-dev libavutil-dev \
	libcmark-gfm-dev libcmark-gfm-extensions-dev libsqlite3-dev pkg-config
TEST_TOOLS := ffmpeg python3 zzuf webp strace gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user libsimde-dev \
	python3-venv chromium chromium-driver

.DEFAULT_GOAL := help
.PHONY: help build run test test-swift test-browser test-neon test-emulated golden compare bench format lint install tools test-tools error fullsize peers shapes shapes-eval

help: ## Say what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: tools ## Build the program and its tests, once for both
	swift build $(SWIFT_FLAGS) --build-tests

run: tools ## Start the web app, or ask here: make run VIDEO=clip.mp4 Q="What happens?"
	@swift build $(SWIFT_FLAGS) --product glimpse
	@if [ -n "$$VIDEO" ]; then exec $(GLIMPSE) ask "$$VIDEO" "$${Q:-What happens in the video?}"; \
	else exec $(GLIMPSE) serve; fi

test: tools test-tools lint build test-swift test-browser $(if $(filter x86_64,$(shell uname -m)),test-neon test-emulated) ## Install what the tests need and run them all

test-swift:
	swift test $(SWIFT_FLAGS) --skip-build

test-browser: $(BROWSER)/ready ## Try the page in a real Chromium
	$(BROWSER)/bin/pytest -q -p no:cacheprovider Tests/Browser --glimpse $(GLIMPSE)

$(BROWSER)/ready: Tests/Browser/requirements.txt
	@Tools/install-packages python3-venv chromium chromium-driver
	python3 -m venv $(BROWSER)
	$(BROWSER)/bin/pip install --quiet --no-deps -r $<
	touch $@

# The NEON kernels, built by a cross-compiler and run by an emulator; an ARM has run them with the Swift tests.
test-neon:
	@mkdir -p .build/neon
	aarch64-linux-gnu-gcc -static -O3 -Wall -Wextra -Werror -ISources/CKernels/include -ITests/KernelTwins/include \
		Sources/CKernels/*.c Tests/KernelTwins/*.c -lm -o .build/neon/twins
	qemu-aarch64 .build/neon/twins
	qemu-aarch64 -cpu cortex-a57 .build/neon/twins # which has no dot product

# The AVX-512 and VNNI kernels on a machine that may have neither: what their intrinsics mean, in plain C. A machine that
# has them has run them with the Swift tests.
test-emulated:
	@mkdir -p .build/emulated
	gcc -O1 -Wall -Wextra -Werror -Wno-psabi -Wno-unknown-pragmas -mavx2 -mfma -mf16c -ISources/CKernels/include \
		-ITests/KernelTwins/include -include Tests/KernelTwins/emulated/intrinsics.h \
		$(filter-out %/available.c,$(wildcard Sources/CKernels/*.c)) Tests/KernelTwins/*.c Tests/KernelTwins/emulated/*.c \
		-lm -o .build/emulated/twins
	.build/emulated/twins

golden: $(VENV)/ready ## Remake the golden files with transformers (downloads 3 GB from PyPI the first time)
	$(VENV)/bin/python Tools/golden/all.py

compare: build $(VENV)/ready ## Compare the program with transformers on fresh random checkpoints and films
	$(VENV)/bin/python Tools/golden/compare.py $(GLIMPSE)

$(VENV)/ready: Tools/golden/requirements.txt
	@Tools/install-packages python3-venv
	python3 -m venv $(VENV)
	$(VENV)/bin/pip install --quiet -r $<
	touch $@

bench: build $(VENV)/ready ## Measure how soon an answer begins, sampling against OpenCV, and the server
	$(VENV)/bin/python Tools/bench/bench.py $(GLIMPSE)
	$(VENV)/bin/python Tools/bench/serve.py $(GLIMPSE)

SHAPES := .build/shapes

shapes: $(SHAPES)/ready ## Train the bundled model from nothing (three and a half hours on two free cores)
	PYTHON=$(SHAPES)/bin/python sh Tools/shapes/make.sh $(SHAPES)/run

MODEL := Models/shapes
SEED := 20261401

shapes-eval: build $(SHAPES)/ready ## Score the bundled model on 500 videos, through transformers and through glimpse
	$(SHAPES)/bin/python Tools/shapes/films.py $(SHAPES)/films --seed $(SEED)
	$(SHAPES)/bin/python Tools/shapes/evaluate.py $(SHAPES)/films $(MODEL) --glimpse $(GLIMPSE) --precisions f32 q8 q4

$(SHAPES)/ready: Tools/shapes/requirements.txt
	@Tools/install-packages python3-venv ffmpeg
	python3 -m venv $(SHAPES)
	$(SHAPES)/bin/pip install --quiet -r $<
	touch $@

PACKING := .build/packing
FULLSIZE := /tmp/glimpse-fullsize

error: build $(PACKING)/ready ## The error of packed weights against llama.cpp's, and what each plan costs the bundled model
	$(PACKING)/bin/python Tools/packing/errors.py
	$(PACKING)/bin/python Tools/packing/plans.py $(GLIMPSE)

fullsize: build $(PACKING)/ready ## Measure the 9B's shapes in 4 bits, with random weights (6.8 GB under FULLSIZE)
	test -e $(FULLSIZE)/model.q4.safetensors || $(PACKING)/bin/python Tools/fullsize/fullsize.py $(FULLSIZE) q4
	$(GLIMPSE) bench --model $(FULLSIZE) --precision q4

PEERS := .build/peers

peers: build $(PEERS)/ready ## Measure us, llama.cpp and OpenVINO in turn on the 9B's shapes (20 GB of disk, an hour the first time)
	$(PEERS)/bin/python Benchmarks/peers/run.py --glimpse $(GLIMPSE) --model $(FULLSIZE) --work $(PEERS)

$(PEERS)/ready: Benchmarks/peers/requirements.txt
	@Tools/install-packages python3-venv
	python3 -m venv $(PEERS)
	$(PEERS)/bin/pip install --quiet -r $<
	touch $@

$(PACKING)/ready: Tools/packing/requirements.txt
	@Tools/install-packages python3-venv
	python3 -m venv $(PACKING)
	$(PACKING)/bin/pip install --quiet -r $<
	touch $@

format: ## Format the sources
	swift format --in-place --recursive Sources Tests Package.swift

lint: ## Check the format, and print how large the sources are
	swift format lint --strict --recursive Sources Tests Package.swift
	@printf 'Sources: %s lines\n' "$$(find Sources -name '*.swift' -o -name '*.[ch]' | xargs cat | wc -l)"

install: tools ## Install the program, its page and the bundled model under PREFIX
	swift build $(SWIFT_FLAGS) --product glimpse
	install -d "$(DESTDIR)$(PREFIX)/bin" "$(DESTDIR)$(PREFIX)/share/glimpse/Models"
	install $(GLIMPSE) "$(DESTDIR)$(PREFIX)/bin/glimpse"
	cp -R Models/shapes "$(DESTDIR)$(PREFIX)/share/glimpse/Models/"
	rm -rf "$(DESTDIR)$(PREFIX)/share/glimpse/Public"
	cp -R Sources/Server/Public "$(DESTDIR)$(PREFIX)/share/glimpse/Public"

tools:
	@Tools/install-packages $(LIBRARIES)

test-tools:
	@Tools/install-packages $(TEST_TOOLS)
