#!/bin/sh
# Fails if the samples are not what the tool writes now.
#   check-samples.sh GRADC
set -eu
fresh=$(mktemp -d)
trap 'rm -rf "$fresh"' EXIT

sh "$(dirname "$0")/write-samples.sh" "$1" "$fresh"
if ! diff -ru -x README.md codegen-samples "$fresh"; then
  echo "codegen-samples is out of date: run make samples and look at the difference" >&2
  exit 1
fi
