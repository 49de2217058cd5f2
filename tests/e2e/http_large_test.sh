#!/bin/bash
# Bodies much larger than the memory they may take, down and up.
#
#     LARGE=MEGABYTES tests/e2e/http_large_test.sh BINARY
#
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

tool=$(ls "$(dirname "$bin")"/{,release/}e2e/http_server 2>/dev/null |
	head -n 1)
[ -n "$tool" ] || {
	echo "the tool 'http_server' is not built"
	exit 1
}
bytes=$((${LARGE:-500} * 1000000))
most=48 # MB that the process may ever have

mkfifo "$top/hold"
"$tool" <"$top/hold" >"$top/port" 2>/dev/null &
disown
exec {hold}>"$top/hold"
wait_for 5 test -s "$top/port"
base=http://127.0.0.1:$(cat "$top/port")
truncate -s "$bytes" "$top/sparse"

# lua NAME <body: a test of its own process, which also looks at its memory.
lua() {
	{
		echo 'local fs, http = require("fs"), require("http")'
		echo 'return { it = function()'
		cat
		cat <<-LUA
			local peak = fs.read("/proc/self/status")
				:match("VmHWM:%s*(%d+)")
			assert(tonumber(peak) < $most * 1024, peak .. " KB")
			end }
		LUA
	} >"$top/$1_test.lua"
	"$bin" test --timeout 600s "$top/$1_test.lua"
}

it "streams a large body down" lua down <<LUA
	local stream = http.get("$base/bytes/$bytes", { stream = true })
	local total = 0
	for piece in function() return stream:read() end do
		total = total + #piece
	end
	assert(total == $bytes)
LUA

it "writes a large body to a file" lua file <<LUA
	local response = http.get("$base/bytes/$bytes", { to = "$top/got" })
	assert(response.received == $bytes)
	assert(fs.stat("$top/got").size == $bytes)
	fs.remove("$top/got")
LUA

it "sends a large file" lua up <<LUA
	assert(http.put("$base/upload", { upload = "$top/sparse" }).body
		== "$bytes")
LUA

it "sends a large body that a function brings" lua feed <<LUA
	local piece, left = ("x"):rep(1000000), $bytes // 1000000
	assert(http.post("$base/upload", { body = function()
		left = left - 1
		return left >= 0 and piece or nil
	end }).body == "$bytes")
LUA

finish
