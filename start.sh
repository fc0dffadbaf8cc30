#!/bin/sh
# Starts the installation of docker-compose.yml; arguments go to `docker compose up -d`.
# Makes .env at the first start, and every secret there that is still empty, at random and for its owner only.
set -eu
cd "$(dirname "$0")"
umask 077
[ -e .env ] || cp .env.example .env
chmod go= .env
for name in GRAFANA_ADMIN_PASSWORD FUNNEL_HASH_SECRET FUNNEL_CLICKHOUSE_PASSWORD \
    FUNNEL_MIGRATOR_CLICKHOUSE_PASSWORD FUNNEL_GRAFANA_CLICKHOUSE_PASSWORD FUNNEL_ANALYST_CLICKHOUSE_PASSWORD; do
    if ! grep -Eq "^$name=." .env; then
        secret=$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')
        grep -v "^$name=\$" .env > .env.new || true
        printf '%s=%s\n' "$name" "$secret" >> .env.new
        mv .env.new .env
        echo "$name was made at random; it is in .env"
    fi
done
exec docker compose up -d "$@"
