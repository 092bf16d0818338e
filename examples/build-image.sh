#!/usr/bin/env bash
# Makes the image sample-service:1.0.0 in a world: the sample service of examples/oh-my-coins/app as
# a backend without stores, which the templates of solemate, terraform-aws, omnirapeutic and
# perfect-match run.
#
#   build-image.sh WORLD
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
build=${BUILD_DIR:-$here/../build}
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
"$seatrial" image build sample-service:1.0.0 "$root" --world "$world" \
  --entrypoint /bin/omc --cmd backend --env VERSION=1.0.0 --workdir /
