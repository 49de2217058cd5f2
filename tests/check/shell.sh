#!/bin/bash
# Shell scripts parse, and are executable.
set -u
. tests/check/common.sh

sh_files | while IFS= read -r file; do
	shell=bash
	head -n 1 "$file" | grep -q '^#!/bin/sh' && shell=sh
	$shell -n "$file" 2>&1
	head -n 1 "$file" | grep -q '^#!' || continue
	[ -x "$file" ] || echo "$file:1: is not executable"
done | { findings; exit $found; }
