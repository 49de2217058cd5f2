#!/bin/bash
# Predictions: 200 trees of 31 leaves over 28 columns, against XGBoost.
. "$(dirname "$0")/lib.sh"

title "Predictions: CPU ns a row, one thread, 200 trees x 31 leaves"
if ! /usr/bin/python3 -c 'import xgboost' 2>/dev/null; then
	echo "  predictions: skipped, no python3-xgboost"
	exit 0
fi
/usr/bin/python3 "$here/predict.py" "$top" >"$top/peer" || exit 1
"$tools/predict" "$top/model.json" "$top/rows.csv" >"$top/own" || exit 1

# against WHAT: the peer's time for what we do.
against() {
	local what=${1%%-*}
	[ "$what" = plain ] && what=row
	sed -n "s/^$what //p" "$top/peer"
}

printf '  %-16s %10s %10s %8s\n' what own XGBoost ratio
while read -r what own; do
	peer=$(against "$what")
	printf '  %-16s %10s %10s %8s\n' "$what" "$own" "$peer" \
		"$(awk "BEGIN { printf \"%.3f\", $own / $peer }")"
done <"$top/own"
