#!/bin/bash
# Features of commits against git log --numstat, which only counts lines: cold
# (everything is compared) and warm (from the cache), in the same run.
. "$(dirname "$0")/lib.sh"

data=${TIDEMILL_DATA:-../shared/data}/jit

# time_of COMMAND…: "wall cpu" in ms, the medians of seven runs.
time_of() {
	local TIMEFORMAT='%R %U %S'
	for _ in 1 2 3 4 5 6 7; do
		{ time "$@" >/dev/null; } 2>&1
	done | awk '{ print $1 * 1000, ($2 + $3) * 1000 }' >"$top/times"
	echo "$(cut -d' ' -f1 "$top/times" | sort -n | sed -n 4p)" \
		"$(cut -d' ' -f2 "$top/times" | sort -n | sed -n 4p)"
}

# compare NAME REPOSITORY: HEAD's history.
compare() {
	local name=$1 repo=$2 commits
	commits=$(git -C "$repo" rev-list --count HEAD)
	rm -f "$top/cache"
	"$bin" git-features --repo "$repo" --cache "$top/cache" >/dev/null ||
		return 1
	{
		echo "git $(time_of git -C "$repo" log --numstat)"
		echo "cold $(time_of "$bin" git-features --repo "$repo" \
			--no-cache)"
		echo "warm $(time_of "$bin" git-features --repo "$repo" \
			--cache "$top/cache")"
	} | awk -v name="$name" -v commits="$commits" '
		$1 == "git" { wall = $2; cpu = $3 }
		{ printf "  %-10s %-5s %6d commits  %7.1f ms wall  %7.1f ms CPU  " \
			"%8d commits/s  %5.2fx rate  %4.2fx wall  %4.2fx CPU\n",
			name, $1, commits, $2, $3, commits * 1000 / $2,
			wall / $2, $2 / wall, $3 / cpu }'
}

title "History: features of commits (cold, warm) against git log --numstat"
found=0
for bundle in "$data"/repo_skeleton_*.bundle; do
	[ -f "$bundle" ] || continue
	found=1
	name=$(basename "$bundle" .bundle)
	name=${name#repo_skeleton_}
	git clone -q --bare "$bundle" "$top/$name.git" 2>/dev/null
	# Its HEAD may name a branch that the bundle does not have.
	git -C "$top/$name.git" symbolic-ref HEAD "$(git -C "$top/$name.git" \
		for-each-ref --count=1 --format='%(refname)' refs/heads)"
	compare "$name" "$top/$name.git"
done
if [ "$found" = 0 ]; then
	echo "  skipped: no data; this project's own history instead"
	compare tidemill "$(git -C "$(dirname "$here")/.." rev-parse --absolute-git-dir)"
fi
