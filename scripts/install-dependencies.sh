#!/bin/sh
# Installs the libraries GradC is linked with, if they are missing. Asks for sudo's password only if not run as root.
set -eu

packages="libtcc-dev libopenblas-dev libsleef-dev"

if ! command -v swift >/dev/null 2>&1; then
  echo "GradC needs Swift 6.1 or later: https://www.swift.org/install" >&2
  exit 1
fi

if ! command -v dpkg-query >/dev/null 2>&1 || ! command -v apt-get >/dev/null 2>&1; then
  for header in libtcc.h sleef.h cblas.h; do
    if ! printf '#include <%s>\n' "$header" | cc -E -x c - >/dev/null 2>&1; then
      echo "Without apt, please install by hand: libtcc (Tiny C Compiler), OpenBLAS and SLEEF, with their headers." >&2
      exit 1
    fi
  done
  exit 0
fi

missing=""
for package in $packages; do
  if [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" != installed ]; then
    missing="$missing $package"
  fi
done
[ -n "$missing" ] || exit 0

echo "installing$missing"
if [ "$(id -u)" -eq 0 ]; then
  sudo=""
elif command -v sudo >/dev/null 2>&1; then
  sudo="sudo"
else
  echo "Please install as root: apt-get install$missing" >&2
  exit 1
fi
$sudo apt-get update -q
# shellcheck disable=SC2086
$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing
