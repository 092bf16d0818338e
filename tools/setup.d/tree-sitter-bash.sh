#!/bin/sh
# Fetches the pinned shell grammar (tree-sitter-bash, MIT) into .cache/tree-sitter-bash, where
# src/runbook/CMakeLists.txt compiles it. Its parser must speak ABI 14 at most: Debian 12's
# libtree-sitter 0.20 knows no newer one. Third-party code is never committed.
set -eu
version=0.21.0
root=$(cd "$(dirname "$0")/../.." && pwd)
target=$root/.cache/tree-sitter-bash
if [ -f "$target/.version" ] && [ "$(cat "$target/.version")" = "$version" ]; then
  exit 0
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm pack --silent "tree-sitter-bash@$version" >/dev/null
tar xzf "tree-sitter-bash-$version.tgz"
abi=$(sed -n 's/^#define LANGUAGE_VERSION \([0-9]*\).*/\1/p' package/src/parser.c)
if [ "$abi" -gt 14 ]; then
  echo "tree-sitter-bash $version has parser ABI $abi, at most 14 is usable" >&2
  exit 1
fi
mkdir -p "$target"
rm -rf "$target/src"
cp -r package/src "$target/src"
cp package/LICENSE "$target/LICENSE"
echo "$version" > "$target/.version"
