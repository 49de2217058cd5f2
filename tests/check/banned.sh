#!/bin/bash
# Functions that cannot be used safely, or start a shell behind our back.
set -u
. tests/check/common.sh

# search FUNCTIONS FILES…: their calls, not in comments.
search() {
	local banned=$1
	shift
	files "$@" | xargs -r grep -HnE "(^|[^[:alnum:]_.>\"])($banned)\(" |
		grep -vE '^[^:]+:[0-9]+:[[:space:]]*(\*|/\*|//)' |
		sed -E "s/^([^:]+:[0-9]+):(.*[^[:alnum:]_])?($banned)\(.*/\1: \3 is banned/"
}

{
	search 'strcpy|strcat|sprintf|vsprintf|strtok|atoi|gets|alloca' \
		'runtime/*.c' 'runtime/*.h' 'lua/*.c' 'lua/*.h' 'tests/*.c'
	# Tests may run the shell: they are programs for our own machines.
	search 'system|popen' 'runtime/*.c' 'runtime/*.h' 'lua/*.c' 'lua/*.h'
} | { findings; exit $found; }
