#!/bin/sh
# Writes value and gradient of the sample models, at every stage of compilation, into a folder.
#   write-samples.sh GRADC FOLDER
set -eu
gradc=$1
folder=$2

for model in scalar linear-regression logistic-regression digits log-sum-exp \
  gradbench/lse/gradient gradbench/gmm/jacobian gradbench/lstm/jacobian gradbench/particle/rr; do
  place=$folder/$model
  mkdir -p "$place"
  "$gradc" dump "$model" --stage tensor --output "$place/tensor.gir"
  "$gradc" dump "$model" --stage kernel --output "$place/kernels.txt"
  "$gradc" dump "$model" --stage c --dialect tile --output "$place/tile.c"
  "$gradc" export "$model" --output-dir "$place" --file-name portable >/dev/null
done
