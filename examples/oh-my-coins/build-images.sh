#!/usr/bin/env bash
# Makes the example's images in a world: omc-backend and omc-frontend, each as 1.0.0 and as 1.1.0,
# the version the runbook deploys. All hold the same static program; role and version differ.
#
#   build-images.sh WORLD
#
# SEATRIAL names the seatrial program, OMC the sample service; without them both are looked for in
# BUILD_DIR, which is the repository's build/ unless given.
set -euo pipefail

if [ $# -ne 1 ]; then
  echo "usage: $0 WORLD" >&2
  exit 2
fi
world=$1
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
build=${BUILD_DIR:-$here/../../build}
seatrial=${SEATRIAL:-$build/seatrial}
omc=${OMC:-$build/examples/oh-my-coins/omc}

for program in "$seatrial" "$omc"; do
  if [ ! -x "$program" ]; then
    echo "$0: no program $program: build first, or name it with SEATRIAL or OMC" >&2
    exit 1
  fi
done

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
install -D -m 755 -s "$omc" "$root/bin/omc"

for version in 1.0.0 1.1.0; do
  for role in backend frontend; do
    "$seatrial" image build "omc-$role:$version" "$root" --world "$world" \
      --entrypoint /bin/omc --cmd "$role" --env "VERSION=$version" --workdir /
  done
done
