#!/usr/bin/env bash
# Runs a command beside a PostgreSQL of its own: tests/postgres.sh cargo test
#
# The server listens on a free port of the loopback only, keeps its data in a temporary folder, and is gone when the
# command ends, whose exit code is ours. The command sees:
#   TEST_POSTGRES_URL      its address; whoever uses it makes databases of their own in it
#   TEST_POSTGRES_CONTROL  a program: "stop" cuts every connection and stops the server, "start" starts it again
#
# Needs Debian's package `postgresql`, which is installed where we are root and it is missing. The cluster that the
# package would make and start by itself is neither wanted nor touched.
set -euo pipefail

if [ $# -eq 0 ]; then
    echo "usage: tests/postgres.sh COMMAND [ARGUMENT...]" >&2
    exit 2
fi

# Debian keeps the programs of each version in a folder of its own, outside PATH: the newest one's, if any.
find_programs() {
    local folder
    folder=$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
    if [ -x "$folder/initdb" ]; then
        echo "$folder"
    elif command -v initdb >/dev/null; then
        dirname "$(readlink -f "$(command -v initdb)")"
    fi
}

programs=$(find_programs)
if [ -z "$programs" ]; then
    if [ "$(id -u)" -ne 0 ]; then
        echo "tests/postgres.sh: PostgreSQL is missing: install Debian's package postgresql" >&2
        exit 3
    fi
    {
        apt-get update -q
        # The configuration must be there before the package: it then makes no cluster.
        apt-get install -qy --no-install-recommends postgresql-common
        mkdir -p /etc/postgresql-common/createcluster.d
        echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.d/briefing-bot-tests.conf
        apt-get install -qy --no-install-recommends postgresql
        rm /etc/postgresql-common/createcluster.d/briefing-bot-tests.conf
    } >&2
    programs=$(find_programs)
fi

# PostgreSQL refuses to run as root.
as_owner=()
if [ "$(id -u)" -eq 0 ]; then
    as_owner=(setpriv --reuid=postgres --regid=postgres --init-groups --)
fi

work=$(mktemp -d "${TMPDIR:-/tmp}/briefing-bot-postgres.XXXXXX")
if [ "$(id -u)" -eq 0 ]; then
    chown postgres: "$work"
fi

# Stops the server that we started, by its own data folder, and leaves nothing behind.
finish() {
    local code=$?
    if [ -f "$work/data/postmaster.pid" ]; then
        "$work/control" stop || true
    fi
    rm -rf "$work"
    exit "$code"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

password=$(head -c 16 /dev/urandom | od -An -tx1 | tr -d ' \n')
echo "$password" >"$work/password"
chmod 644 "$work/password"
# Durability of the server itself is not what is tested: without fsync it is many times faster.
"${as_owner[@]}" "$programs/initdb" --pgdata="$work/data" --username=tester --pwfile="$work/password" \
    --auth=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8 --no-sync >"$work/initdb.log" 2>&1 ||
    { cat "$work/initdb.log" >&2; exit 3; }
cat >>"$work/data/postgresql.conf" <<CONF
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
fsync = off
synchronous_commit = off
max_connections = 200
CONF

cat >"$work/control" <<CONTROL
#!/usr/bin/env bash
set -euo pipefail
case "\$1" in
    start) ${as_owner[*]} "$programs/pg_ctl" --pgdata="$work/data" --log="$work/server.log" --wait --silent start ;;
    stop) ${as_owner[*]} "$programs/pg_ctl" --pgdata="$work/data" --wait --silent --mode=fast stop ;;
    *) exit 2 ;;
esac
CONTROL
chmod 755 "$work/control"

# A port that is free now may be taken before the server has it: then another is tried.
cd "$work"
started=
for _ in 1 2 3 4 5 6 7 8; do
    port=$((20000 + RANDOM % 12000))
    echo "port = $port" >>"$work/data/postgresql.conf"
    if "$work/control" start >>"$work/start.log" 2>&1; then
        started=1
        break
    fi
done
cd - >/dev/null
if [ -z "$started" ]; then
    cat "$work/start.log" "$work/server.log" >&2 || true
    exit 3
fi

export TEST_POSTGRES_URL="postgres://tester:$password@127.0.0.1:$port/postgres"
export TEST_POSTGRES_CONTROL="$work/control"
echo "tests/postgres.sh: PostgreSQL on port $port" >&2
"$@"
