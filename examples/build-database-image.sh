#!/usr/bin/env bash
# Makes the image sample-database:15 in a world: the PostgreSQL 15 of Debian's package postgresql-15, as
# a container would have it. It makes its cluster when it starts, in the container, and logs to stderr,
# in RDS's line format: errors, and statements that take longer than SLOW_MS (500) milliseconds.
#
#   build-database-image.sh WORLD
#
# SEATRIAL names the seatrial program; without it it is looked for in BUILD_DIR, the repository's
# build/ unless given. PGROOT is where the package's programs are. No cluster of the machine is touched.
set -euo pipefail

if [ $# -ne 1 ]; then
  echo "usage: $0 WORLD" >&2
  exit 2
fi
world=$1
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
seatrial=${SEATRIAL:-${BUILD_DIR:-$here/../build}/seatrial}
programs=${PGROOT:-/usr/lib/postgresql/15}
share=/usr/share/postgresql/15

for file in "$seatrial" "$programs/bin/postgres" "$programs/bin/initdb" "$programs/bin/psql"; do
  if [ ! -x "$file" ]; then
    echo "$0: no program $file: build first, or install postgresql-15 and postgresql-client-15" >&2
    exit 1
  fi
done

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
chmod 755 "$root"

copy() { # files, to the same place, links as what they mean
  local file
  for file in "$@"; do install -D -m "$(stat -L -c %a "$file")" "$file" "$root$file"; done
}

needed=("$programs"/bin/{postgres,initdb,psql} "$programs"/lib/{plpgsql,dict_snowball}.so /bin/sh /bin/cat)
copy "${needed[@]}"
# A line of ldd is "name => path (address)" or, for the loader, "path (address)".
mapfile -t libraries < <(ldd "${needed[@]}" 2>/dev/null | grep -oE '/[^ :]+ \(0x' | cut -d' ' -f1 | sort -u)
copy "${libraries[@]}" /usr/share/zoneinfo/{UTC,Etc/UTC}
mkdir -p "$root$share" "$root/etc" "$root/var/lib" "$root/tmp"
cp -RL "$share"/. "$root$share"
printf 'root:x:0:0::/:/bin/sh\npostgres:x:999:999::/var/lib/postgresql:/bin/sh\n' >"$root/etc/passwd"
printf 'root:x:0:\npostgres:x:999:\n' >"$root/etc/group"
install -d -m 1777 "$root/var/lib/postgresql" "$root/tmp"

cat >"$root/start" <<SCRIPT
#!/bin/sh
set -e
export PATH=$programs/bin:/bin LC_ALL=C
data=/var/lib/postgresql/data
if [ ! -s \$data/PG_VERSION ]; then
  initdb -D \$data -U perfectmatch --auth=trust --no-sync --no-instructions >/tmp/initdb 2>&1 || {
    cat /tmp/initdb >&2
    exit 1
  }
  echo "host all all all trust" >>\$data/pg_hba.conf
fi
exec postgres -D \$data -c listen_addresses='*' -c port="\${PGPORT:-5432}" -c unix_socket_directories=/tmp \\
  -c shared_buffers=16MB -c max_connections=20 -c logging_collector=off -c timezone=UTC -c log_timezone=UTC \\
  -c log_line_prefix='%t:%r:%u@%d:[%p]:' -c log_min_duration_statement="\${SLOW_MS:-500}"
SCRIPT
chmod 755 "$root/start"

"$seatrial" image build sample-database:15 "$root" --world "$world" --entrypoint /start --user postgres --workdir /
