#!/bin/sh
# Runs every tile kernel of the runtime under the address and undefined-behaviour sanitizers, the thread pool under that
# for threads, and libtcc's relocation against the runtime's mprotect. Needs clang: CC=... to choose one, TSAN_CC=... for
# the pool.
set -eu
cd "$(dirname "$0")/../runtime"
cc=${CC:-clang}
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
libraries="-lsleef -lopenblas -lm -lpthread"

# gold notes that hidden symbols are hidden.
build() {
  $cc -std=gnu11 -gline-tables-only -Wall -Wextra -Werror -Iinclude -Isrc "$@" $libraries 2> "$out/messages" || { cat "$out/messages"; exit 1; }
  grep -v 'Cannot export local symbol' "$out/messages" || true
}

# Kernels are called through one signature, hence no-sanitize=function.
build -O0 -fsanitize=address,undefined -fno-sanitize=function -fno-sanitize-recover=undefined \
  check/check.c src/*.c -o "$out/check"
"$out/check"

# Without races, and then at full speed, with forks.
build_threads() { ${TSAN_CC:-gcc} -O1 -g -Wall -Wextra -Werror -Iinclude -Isrc "$@" -lpthread -lm; }
build_threads -fsanitize=thread check/threads.c src/threads.c src/processors.c -o "$out/threads"
"$out/threads"
build_threads check/threads.c src/threads.c src/processors.c -o "$out/threads"
"$out/threads" plain

build -O1 check/relocation.c src/*.c -ltcc -ldl -o "$out/relocation"
"$out/relocation"
