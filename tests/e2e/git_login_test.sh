#!/bin/bash
# Logging in: git over SSH and over HTTP, with servers of this test's own.
#
#     tests/e2e/git_login_test.sh BINARY
#
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"

here=$(realpath "$(dirname "$0")")
listen=$(ls "$(dirname "$bin")"/{,release/}e2e/listen 2>/dev/null | head -n 1)
[ -n "$listen" ] || {
	echo "the tool 'listen' is not built"
	exit 1
}
export HOME=$top/user
unset SSH_AUTH_SOCK GIT_CONFIG_GLOBAL
mkdir -p "$HOME/.ssh"
chmod 700 "$HOME/.ssh"

# start_listener COMMAND…: sets `port`; ends with the test. The FIFO keeps its
# input open.
start_listener() {
	local fifo=$top/fifo.$RANDOM$RANDOM
	mkfifo "$fifo"
	"$listen" "$@" <"$fifo" >"$fifo.port" 2>/dev/null &
	disown
	exec {hold}>"$fifo"
	wait_for 5 test -s "$fifo.port"
	port=$(cat "$fifo.port")
}

# lua NAME <body: a test file of one test, run by tidemill.
lua() {
	{
		echo 'local git, task, test = require("git"), require("task"),'
		echo '	require("test")'
		echo 'return { it = function()'
		cat
		echo 'end }'
	} >"$top/$1_test.lua"
	"$bin" test "$top/$1_test.lua"
}

new_bare() {
	rm -rf "$top/src" "$top/$1"
	git init -q -b main "$top/src"
	echo one >"$top/src/a"
	git -C "$top/src" add a
	git -C "$top/src" commit -qm first
	git clone -q --bare "$top/src" "$top/$1"
}

# What every way to speak to a server must do; `options` is Lua.
exchange() { # NAME URL OPTIONS
	it "clones, fetches and pushes over $1" lua "exchange_$1" <<EOF
	local options, url = $3, "$2"
	local function with(more)
		for key, value in pairs(options) do more[key] = value end
		return more
	end
	local progress = git.progress()
	local one = git.clone(url, "$top/$1.one", with { progress = progress })
	test.ok(progress:snapshot().objects > 0)
	test.ok(progress:snapshot().bytes > 0)
	local two = git.clone(url, "$top/$1.two", with { depth = 1 })
	test.equal(#two:log(), 1)
	two = git.clone(url, "$top/$1.three", with {})
	local old = one:resolve("main")
	local new = one:commit { message = "two", allow_empty = true }
	test.equal(one:push(with {}), { { name = "refs/heads/main", old = old,
		new = new } })
	test.equal(one:resolve("origin/main"), new)
	two:commit { message = "other", allow_empty = true }
	test.match(test.raises("conflict", two.push, two, with {}),
		"refs/heads/main: not a fast%-forward")
	test.match(test.raises("conflict", two.push, two,
		with { lease = true }), "changed since the last fetch")
	test.equal(two:fetch(with {})[1].new, new)
	two:push(with { lease = true })
	test.equal(git.remote_refs(url, options)["refs/heads/main"],
		two:resolve("main"))
	two:push(with { refspecs = { "HEAD~1:refs/heads/side", "main" } })
	two:push(with { delete = { "side" } })
	test.equal(git.remote_refs(url, options)["refs/heads/side"], nil)
EOF
}

# --- SSH: one sshd a connection, with keys of its own.
sshd=$(command -v sshd || ls /usr/sbin/sshd 2>/dev/null)
if [ -z "$sshd" ]; then
	echo "skipped: no sshd"
else
	mkdir -p "$top/ssh"
	for name in host user locked other; do
		pass=""
		[ "$name" = locked ] && pass=secret
		ssh-keygen -q -t ed25519 -N "$pass" -f "$top/ssh/$name"
	done
	cat "$top/ssh/user.pub" "$top/ssh/locked.pub" >"$top/ssh/allowed"
	chmod 600 "$top/ssh/allowed"
	cat >"$top/ssh/config" <<EOF
HostKey $top/ssh/host
AuthorizedKeysFile $top/ssh/allowed
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
EOF
	# As root it wants its folder for the split of privileges.
	[ "$(id -u)" -ne 0 ] || mkdir -p /run/sshd
	start_listener "$sshd" -i -f "$top/ssh/config"
	new_bare ssh.git
	url="ssh://$(id -un)@127.0.0.1:$port$top/ssh.git"
	key="{ credentials = { key = \"$top/ssh/user\" } }"

	it "refuses a host that is not known" lua unknown_host <<EOF
	local found = test.raises("io", git.remote_refs, "$url", $key)
	test.match(found, "the host key of '%[127.0.0.1%]:$port' is not known")
	test.match(found, "ssh%-keyscan %-p $port 127.0.0.1 >> ")
EOF
	echo "[127.0.0.1]:$port $(cut -d' ' -f1,2 "$top/ssh/other.pub")" \
		>"$HOME/.ssh/known_hosts"
	it "refuses a host that has changed" lua changed_host <<EOF
	test.match(test.raises("io", git.remote_refs, "$url", $key),
		"has changed.*listening in.*ssh%-keygen %-R")
EOF
	echo "[127.0.0.1]:$port $(cut -d' ' -f1,2 "$top/ssh/host.pub")" \
		>"$HOME/.ssh/known_hosts"
	# OpenSSH looks up the home of the user, not HOME.
	cat >"$top/ssh/client" <<EOF
#!/bin/sh
exec ssh -o UserKnownHostsFile=$HOME/.ssh/known_hosts "\$@"
EOF
	chmod +x "$top/ssh/client"
	mkdir -p "$top/path"
	sed -i "s|exec ssh|exec $(command -v ssh)|" "$top/ssh/client"
	mv "$top/ssh/client" "$top/path/ssh"
	PATH=$top/path:$PATH exchange ssh "$url" "$key"
	it "opens a key with its passphrase" lua passphrase <<EOF
	local key = { key = "$top/ssh/locked", passphrase = "secret" }
	test.ok(git.remote_refs("$url", { credentials = key })
		["refs/heads/main"])
	test.raises("agent only", git.clone, "$url", "$top/x", { depth = 1,
		credentials = key })
	key.passphrase = "wrong"
	test.raises("io", git.remote_refs, "$url", { credentials = key })
EOF
	it "says when no key is accepted" lua no_key <<EOF
	test.match(test.raises("io", git.remote_refs, "$url", { credentials =
		{ key = "$top/ssh/other" } }), "no key was accepted")
EOF
	agent=$(ssh-agent -s -a "$top/agent.sock") && eval "$agent" >/dev/null
	ssh-add -q "$top/ssh/user"
	it "asks the agent" lua agent <<EOF
	test.ok(git.remote_refs("$url")["refs/heads/main"])
	test.raises("io", git.remote_refs, "$url", { credentials =
		{ agent = false } })
EOF
	kill "$SSH_AGENT_PID"
	unset SSH_AUTH_SOCK SSH_AGENT_PID
fi

# --- HTTP: git's own CGI program, behind a server that wants a token.
if ! command -v lua5.4 >/dev/null; then
	echo "skipped: no lua5.4"
else
	new_bare http.git
	git -C "$top/http.git" config http.receivepack true
	export GIT_PROJECT_ROOT=$top GIT_HTTP_EXPORT_ALL=1 HTTP_TOKEN=s3cret
	start_listener lua5.4 "$here/http_backend.lua"
	url="http://127.0.0.1:$port/http.git"
	exchange http "$url" '{ credentials = { token = "s3cret" } }'
	it "says when no token is accepted" lua no_token <<EOF
	local found = test.raises("io", git.remote_refs, "$url")
	test.match(found, "no user and password were accepted")
	found = test.raises("io", git.remote_refs, "$url", { credentials =
		{ token = "wrong!" } })
	test.ok(not tostring(found):find("wrong!", 1, true))
EOF
	cat >"$top/helper_test.lua" <<EOF
local git, test = require("git"), require("test")
return { it = function()
	test.ok(git.remote_refs("$url")["refs/heads/main"])
	test.raises("io", git.remote_refs, "$url", { credentials =
		{ helper = false } })
end }
EOF
	it "asks git's helper programs" env GIT_CONFIG_COUNT=1 \
		GIT_CONFIG_KEY_0=credential.helper \
		GIT_CONFIG_VALUE_0='!f() { echo username=x; echo password=s3cret; }; f' \
		"$bin" test "$top/helper_test.lua"
	printf 'machine 127.0.0.1 login x password s3cret\n' >"$HOME/.netrc"
	it "looks into netrc" lua netrc <<EOF
	test.ok(git.remote_refs("$url")["refs/heads/main"])
	test.raises("io", git.remote_refs, "$url", { credentials =
		{ netrc = false } })
EOF
	TIDEMILL_GIT_TOKEN=s3cret it "takes a token of the environment" \
		lua token <<EOF
	git.mirror("$url", "$top/http.mirror")
EOF
fi

finish
