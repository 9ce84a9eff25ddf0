#!/bin/sh
# Publishes the npm packages of a folder: those of the machines first, the one that depends on them last. What is there
# already is passed over, so that a run that broke can be repeated.
set -eu
folder=${1:?Usage: publish-npm.sh FOLDER}
if [ -n "${NODE_AUTH_TOKEN:-}" ]; then
  registry=$(npm config get registry)
  npm config set "${registry#https:}:_authToken" "$NODE_AUTH_TOKEN"
fi
publish() {
  # shellcheck disable=SC2016  # the text is JavaScript
  name=$(tar -xzOf "$1" package/package.json | node -p 'const { name, version } = JSON.parse(require("fs").readFileSync(0)); `${name}@${version}`')
  if [ -n "$(npm view "$name" version 2>/dev/null || :)" ]; then
    echo "$name is there already."
  else
    npm publish "$1" --access public --provenance
  fi
}
for file in "$folder"/terraphim-llm-proxy-[a-z]*.tgz; do publish "$file"; done
for file in "$folder"/terraphim-llm-proxy-[0-9]*.tgz; do publish "$file"; done
