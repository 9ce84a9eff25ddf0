#!/bin/sh
# Installs terraphim-llm-proxy for this user: downloads one executable, compares its checksum, puts it into ~/.local/bin.
#   sh install.sh [--version X.Y.Z] [--prefix FOLDER] [--from ADDRESS] [--uninstall [--keep]]
# Running it again upgrades. No root is needed; nothing outside of the prefix is written.
set -eu

NAME=terraphim-llm-proxy
# Filled in when a release is packed: its downloads, its version, and the minisign key that signs SHA256SUMS.
URL='@URL@'
PACKED='@VERSION@'
KEY='@KEY@'

usage() {
  cat <<TEXT
Usage: sh install.sh [OPTIONS]

  --version X.Y.Z   install this version (default: the newest that this script is from)
  --prefix FOLDER   install below FOLDER (default: ~/.local)
  --from ADDRESS    download from this folder: http(s)://… or a path
  --uninstall       remove the program, its service, what setup changed, configuration and ledger
  --keep            with --uninstall: keep the configuration and the ledger
  --help            show this
TEXT
}

fail() {
  printf 'Error: %s\n' "$1" >&2
  exit 1
}

version=
prefix=${PREFIX:-${HOME:?HOME is not set}/.local}
from=
remove=
keep=
while [ $# -gt 0 ]; do
  case $1 in
    --version | --prefix | --from)
      [ $# -ge 2 ] || fail "$1 needs a value; see --help."
      case $1 in
        --version) version=${2#v} ;;
        --prefix) prefix=$2 ;;
        --from) from=$2 ;;
      esac
      shift 2
      ;;
    --uninstall) remove=1; shift ;;
    --keep) keep=--keep; shift ;;
    -h | --help) usage; exit 0 ;;
    *) fail "unknown option $1; see --help." ;;
  esac
done
case $prefix in
  /*) ;;
  *) prefix=$PWD/$prefix ;;
esac

program=$prefix/bin/$NAME
# What this script has written: a line for each file or folder, in the order in which they were made.
list=$prefix/share/$NAME/installed

if [ -n "$remove" ]; then
  [ -e "$program" ] || [ -e "$list" ] || fail "$NAME is not installed below $prefix."
  if [ -x "$program" ] && "$program" uninstall --yes $keep; then
    [ -e "$list" ] || exit 0
  fi
  # The program could not do it: what this script has written goes all the same.
  if [ -e "$list" ]; then
    sed -n '1!G;h;$p' "$list" | while IFS= read -r path; do
      if [ -d "$path" ] && [ ! -L "$path" ]; then rmdir "$path" 2>/dev/null || :; else rm -f "$path"; fi
    done
  fi
  rm -f "$program"
  echo "Removed $program."
  exit 0
fi

# The file for this machine.
case $(uname -s) in
  Linux) os=linux ;;
  Darwin) os=macos ;;
  *) fail "there is no executable for $(uname -s); on Windows use install.ps1, elsewhere npm or a clone." ;;
esac
case $(uname -m) in
  x86_64 | amd64) arch=x64 ;;
  arm64 | aarch64) arch=arm64 ;;
  *) fail "there is no executable for $(uname -m) processors." ;;
esac
# A shell under Rosetta says x86_64 on Apple silicon.
if [ "$os-$arch" = macos-x64 ] && [ "$(sysctl -n hw.optional.arm64 2>/dev/null || echo 0)" = 1 ]; then arch=arm64; fi
libc=
if [ "$os" = linux ]; then
  if ldd --version 2>&1 | grep -qi musl || { [ -e /etc/alpine-release ] && [ ! -e /lib64/ld-linux-x86-64.so.2 ]; }; then libc=-musl; fi
fi
file=$NAME-$os-$arch$libc

from=${from:-$URL}
case $from in
  @*) fail "this copy of the script names no release; give its folder with --from ADDRESS." ;;
esac
if [ -n "$version" ] && [ "$version" != "$PACKED" ]; then
  case $from in
    *"$PACKED"*) from=$(printf '%s' "$from" | sed "s|$PACKED|$version|g") ;;
    *) fail "$from has no version in it, so version $version cannot be found; give its folder with --from." ;;
  esac
fi
from=${from%/}

work=$(mktemp -d "${TMPDIR:-/tmp}/$NAME.XXXXXX")
trap 'rm -rf "$work"' EXIT INT TERM

# Downloads $1 to $2.
get() {
  case $1 in
    http://* | https://*)
      if command -v curl >/dev/null 2>&1; then
        curl --fail --silent --show-error --location --retry 2 --output "$2" "$1"
      elif command -v wget >/dev/null 2>&1; then
        wget -q -O "$2" "$1"
      else
        fail "neither curl nor wget is there to download with."
      fi
      ;;
    *) cp "${1#file://}" "$2" ;;
  esac
}

sum_of() {
  if command -v sha256sum >/dev/null 2>&1; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -d' ' -f1
}

echo "Downloading $file …"
get "$from/SHA256SUMS" "$work/SHA256SUMS" || fail "cannot download $from/SHA256SUMS."
case $KEY in
  @* | '') ;;
  *)
    if command -v minisign >/dev/null 2>&1; then
      get "$from/SHA256SUMS.minisig" "$work/SHA256SUMS.minisig" || fail "the release has no signature."
      minisign -V -q -P "$KEY" -m "$work/SHA256SUMS" || fail "the signature of SHA256SUMS is wrong. Nothing was installed."
      echo "The signature is right."
    fi
    ;;
esac
get "$from/$file" "$work/$NAME" || fail "cannot download $from/$file."
wanted=$(sed -n "s/^\([0-9a-f]\{64\}\)  $file\$/\1/p" "$work/SHA256SUMS")
[ -n "$wanted" ] || fail "SHA256SUMS has no line for $file."
found=$(sum_of "$work/$NAME")
[ "$found" = "$wanted" ] ||
  fail "the checksum of $file is wrong (got $found, expected $wanted). Nothing was installed."
chmod 755 "$work/$NAME"
said=$("$work/$NAME" --version 2>&1) || fail "$file does not run on this machine: $said"

# Notes a path that this script is about to make.
note() {
  case "
$made" in
    *"
$1
"*) ;;
    *) made="$made$1
" ;;
  esac
}
folder() {
  [ -d "$1" ] && return 0
  folder "$(dirname "$1")"
  mkdir "$1"
  note "$1"
}
made=
[ -e "$list" ] && made="$(cat "$list")
"
before=
[ -x "$program" ] && before=$("$program" --version 2>/dev/null | cut -d' ' -f2 || :)

# The new file takes the old one's place in one step: a proxy that runs goes on with the old one.
folder "$prefix/bin"
cp "$work/$NAME" "$program.new"
chmod 755 "$program.new"
mv -f "$program.new" "$program"
note "$program"

# A shell that is not there misses nothing; one that comes later has its completions.
extra() {
  folder "$(dirname "$1")"
  path=$1
  shift
  "$program" "$@" >"$path" || fail "cannot write $path."
  note "$path"
}
extra "$prefix/share/man/man1/$NAME.1" man
extra "$prefix/share/bash-completion/completions/$NAME" completions bash
extra "$prefix/share/zsh/site-functions/_$NAME" completions zsh
extra "$prefix/share/fish/vendor_completions.d/$NAME.fish" completions fish
folder "$(dirname "$list")"
note "$list"
printf '%s' "$made" >"$list"

case $before in
  '') echo "Installed $said as $program." ;;
  "${said#* }") echo "$said was installed already; its files are written again." ;;
  *) echo "Upgraded from $before to ${said#* }. Restart the proxy: $NAME service restart, or as you started it." ;;
esac
case ":$PATH:" in
  *":$prefix/bin:"*) call=$NAME ;;
  *)
    call=$program
    echo "$prefix/bin is not on your PATH. Add this to your shell's profile:"
    echo "  export PATH=\"$prefix/bin:\$PATH\""
    ;;
esac
echo "Next: $call init"
