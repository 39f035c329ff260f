#!/bin/sh
# Runs calls of several threads, while the code of tier 1 takes the place of tier 0's, under the thread sanitizer. Builds the
# library for it, beside what is there: minutes.
set -eu
cd "$(dirname "$0")/.."
build=${1:-.build/thread}
swift build --sanitize thread --scratch-path "$build" --product tier-swap
cache=$(mktemp -d)
trap 'rm -rf "$cache"' EXIT
# Built by a compiler first, then taken from the folder.
for _ in 1 2; do TSAN_OPTIONS=halt_on_error=1 XDG_CACHE_HOME="$cache" "$build/debug/tier-swap"; done
