#!/bin/bash
# A step's output through mask, log file and index, beside `cat > file`. In
# memory if there is room: write-back to a disk blurs everything else. Both
# remove what they wrote, so that both find memory that was just given back:
# what a virtual machine has long not used costs it seconds to get again.
room=$(df --output=avail -k /dev/shm 2>/dev/null | tail -n 1)
[ "${room:-0}" -gt 4194304 ] && [ -w /dev/shm ] && export TMPDIR=/dev/shm
. "$(dirname "$0")/lib.sh"

size=${LOG_SIZE:-1G}
names=
for i in $(seq 20); do
	export "SECRET_$i=$(head -c 18 /dev/urandom | base64)"
	names="$names\"SECRET_$i\", "
done
head -c 48M /dev/urandom | base64 -w 100 >"$top/noise"
cat >"$top/lines" <<'END'
#!/bin/sh
yes 'cc -std=c11 -O2 -Wall -Wextra -c -o build/release/loop.o loop.c' |
	head -c "$1"
END
cat >"$top/mixed" <<END
#!/bin/sh
while cat "$top/noise"; do :; done | head -c "\$1"
END
chmod +x "$top/lines" "$top/mixed"

for kind in lines mixed; do
	recipe=$top/$kind.lua
	cat >"$recipe" <<END
return {
	name = "$kind", secrets = { $names}, log = { cap = "64G" },
	run = function(ctx) ctx:step("print", { "$top/$kind", "$size" }) end,
}
END
	title "Log: $size of $kind to $(dirname "$top"), 20 secrets masked," \
		"${RUNS:-7} runs each; both include the producer"
	"$tools/measure" "${RUNS:-7}" \
		"cat > file=$top/$kind $size | cat >$top/out; rm $top/out" \
		"tidemill run=$bin run --quiet $recipe && rm -r $TIDEMILL_HOME/logs"
done
