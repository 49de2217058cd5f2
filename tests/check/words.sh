#!/bin/bash
# Nothing unfinished, and nothing that is only true on one machine.
set -u
. tests/check/common.sh

all() {
	files | grep -vE '^(tests/check/(words|selftest)\.sh|LICENSE)$' |
		grep -vE '\.(png|ico|gz|zip|db)$'
}

{
	all | xargs -r grep -nIwE 'TODO|FIXME|XXX' |
		sed -E 's/^([^:]+:[0-9]+):.*/\1: unfinished work is an issue, not a comment/'
	all | xargs -r grep -nIiE 'not (yet )?implemented' |
		sed -E 's/^([^:]+:[0-9]+):.*/\1: says that something is not implemented/'
	all | xargs -r grep -nIE "(^|[^[:alnum:]_.])/(work|home)/[[:alnum:]]" |
		sed -E 's/^([^:]+:[0-9]+):.*/\1: a path of one machine/'
} | { findings; exit $found; }
