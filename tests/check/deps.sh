#!/bin/sh
# Install the Debian packages that building and testing need.
#
#     tests/check/deps.sh [bench|fuzz]   the peers of the benchmarks, libFuzzer
set -eu

packages="gcc make pkg-config git ca-certificates liblua5.4-dev lua5.4
	liblua5.4-dev libgit2-dev libuv1-dev libsqlite3-dev
	libcurl4-openssl-dev libnghttp2-dev libpsl-dev libidn2-dev
	libunistring-dev libzstd-dev libbrotli-dev
	libssh2-1-dev libmbedtls-dev libhttp-parser-dev libssl-dev
	libpcre2-dev libyaml-dev libarchive-dev libbz2-dev
	liblzma-dev nettle-dev libsodium-dev zlib1g-dev libjansson-dev
	libexpat1-dev
	libedit-dev libbsd-dev libmicrohttpd-dev
	libncurses-dev libcmocka-dev clang-format clang-tidy lua-check
	openssh-client openssh-server sqlite3 tzdata procps util-linux
	nginx-light curl python3"

[ "${1:-}" = bench ] && packages="$packages ninja-build parallel neovim wrk
	inotify-tools python3-jinja2 python3-xgboost python3-sklearn"
[ "${1:-}" = fuzz ] && packages="$packages clang-14 libclang-rt-14-dev"

missing=""
for package in $packages; do
	dpkg-query -W -f '${Status}' "$package" 2>/dev/null |
		grep -q 'install ok installed' || missing="$missing $package"
done
[ -z "$missing" ] && exit 0

echo "installing:$missing"
root=""
if [ "$(id -u)" -ne 0 ]; then
	command -v sudo >/dev/null || {
		echo "make deps: as root, run: apt-get install$missing" >&2
		exit 1
	}
	root="sudo"
fi
export DEBIAN_FRONTEND=noninteractive
$root apt-get update -qq
# shellcheck disable=SC2086
$root apt-get install -y -qq --no-install-recommends $missing >/dev/null
