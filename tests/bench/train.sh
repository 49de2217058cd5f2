#!/bin/bash
# Training: 200 trees of 31 leaves, against XGBoost and scikit-learn.
. "$(dirname "$0")/lib.sh"

title "Training: CPU s, one thread, 200 trees x 31 leaves; ours reads CSV, too"
if ! /usr/bin/python3 -c 'import xgboost, sklearn' 2>/dev/null; then
	echo "  training: skipped, no python3-xgboost and python3-sklearn"
	exit 0
fi
/usr/bin/python3 "$here/train.py" "$top" >"$top/peers" || exit 1

# user_seconds COMMAND…: its CPU time.
user_seconds() {
	local TIMEFORMAT=%U
	{ time "$@" >"$top/printed" 2>&1; } 2>&1
}

printf '  %-12s %6s %8s %8s %8s %8s %8s %8s %8s\n' table own metric XGBoost \
	metric ratio HGB metric ratio
while read -r name xgb xgb_metric hgb hgb_metric; do
	own=$(user_seconds "$bin" model train --data "$top/$name.train.csv" \
		--label label --objective "$name" --trees 200 --leaves 31 \
		--rate 0.1 --min-data 20 --l2 0 --out "$top/m")
	metric=$("$bin" model eval --model "$top/m" --label label \
		--data "$top/$name.test.csv" |
		awk '$1 == "auc" || $1 == "rmse" { print $2 }')
	printf '  %-12s %6s %8s %8s %8s %8s %8s %8s %8s\n' "$name" "$own" \
		"$metric" "$xgb" "$xgb_metric" \
		"$(awk "BEGIN { printf \"%.2f\", $own / $xgb }")" "$hgb" \
		"$hgb_metric" "$(awk "BEGIN { printf \"%.2f\", $own / $hgb }")"
done <"$top/peers"
