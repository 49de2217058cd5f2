#!/bin/bash
# Training: 200 trees of 31 leaves, against XGBoost and scikit-learn.
. "$(dirname "$0")/lib.sh"

title "Training: CPU s, one thread, 200 trees x 31 leaves; ours reads CSV, too"
if ! /usr/bin/python3 -c 'import xgboost, sklearn' 2>/dev/null; then
	echo "  training: skipped, no python3-xgboost and python3-sklearn"
	exit 0
fi
/usr/bin/python3 "$here/train.py" "$top" >"$top/peers" || exit 1

# train TABLE THREADS: CPU seconds, seconds that went by, MB.
train() {
	/usr/bin/python3 "$here/train.py" run "$bin" model train \
		--data "$top/$1.train.csv" --label label --objective "$1" \
		--trees 200 --leaves 31 --rate 0.1 --min-data 20 --l2 0 \
		--threads "$2" --out "$top/$1.$2"
}

ratio() {
	awk "BEGIN { printf \"%.2f\", $1 / $2 }"
}

line() {
	printf '  %-11s %6s %8s %8s %8s %6s %8s %8s %6s %6s %6s %8s %8s\n' "$@"
}

line table own metric XGBoost metric ratio HGB metric ratio MB ratio \
	'2 threads' model
while read -r name xgb xgb_metric hgb hgb_metric hgb_mb; do
	read -r own wall mb < <(train "$name" 1)
	read -r _ wall2 _ < <(train "$name" 2)
	metric=$("$bin" model eval --model "$top/$name.1" --label label \
		--data "$top/$name.test.csv" |
		awk '$1 == "auc" || $1 == "rmse" { print $2 }')
	line "$name" "$own" "$metric" "$xgb" "$xgb_metric" \
		"$(ratio "$own" "$xgb")" "$hgb" "$hgb_metric" \
		"$(ratio "$own" "$hgb")" "$mb" "$(ratio "$mb" "$hgb_mb")" \
		"$(ratio "$wall" "$wall2")x" \
		"$(cmp -s "$top/$name.1" "$top/$name.2" && echo same ||
			echo other)"
done <"$top/peers"
