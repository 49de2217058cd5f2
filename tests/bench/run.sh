#!/bin/bash
# `make bench`: every figure beside its peer or floor, in the same run.
set -u
here=$(dirname "$0")

"$(dirname "$here")/check/deps.sh" bench
for name in startup push steps log store history http server template predict; do
	"$here/$name.sh" "$1" || echo "  $name: ended with an error"
done
