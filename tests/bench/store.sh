#!/bin/bash
# The database: pages of a long history, durable steps, opening.
. "$(dirname "$0")/lib.sh"

"$tools/store" "$top/database" "${RUNS:-1000000}"
