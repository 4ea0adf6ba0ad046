#!/bin/sh
# Makes or updates Temporal's two databases. Repeatable; runs once, before the server starts.
# Reads SQL_HOST, SQL_PORT, SQL_USER, SQL_PASSWORD (the tool's own variables).
set -eu

schema=/etc/temporal/schema/postgresql/v12

database() {
  name=$1
  versions=$2
  temporal-sql-tool --plugin postgres12 --database "$name" create
  temporal-sql-tool --plugin postgres12 --database "$name" setup-schema --version 0.0
  temporal-sql-tool --plugin postgres12 --database "$name" update-schema --schema-dir "$versions"
}

database temporal "$schema/temporal/versioned"
database temporal_visibility "$schema/visibility/versioned"
