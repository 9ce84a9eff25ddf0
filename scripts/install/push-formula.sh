#!/bin/sh
# Pushes a formula to the tap: TAP_REPOSITORY (owner/homebrew-name), TAP_TOKEN.
set -eu
formula=${1:?Usage: push-formula.sh FORMULA}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
git clone --depth 1 "https://x-access-token:$TAP_TOKEN@github.com/$TAP_REPOSITORY.git" "$work/tap"
mkdir -p "$work/tap/Formula"
cp "$formula" "$work/tap/Formula/"
cd "$work/tap"
git add Formula
git diff --cached --quiet && exit 0
git -c user.name=release -c user.email=release@users.noreply.github.com commit -m "terraphim-llm-proxy: update"
git push
