#!/bin/sh
# Makes the namespace and the search attributes that the customers' workflows set. Repeatable.
# Reads TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE (the command line's own variables).
set -eu

tries=60
until temporal operator cluster health >/dev/null 2>&1; do
  tries=$((tries - 1))
  if [ "$tries" -eq 0 ]; then
    echo "Temporal at $TEMPORAL_ADDRESS is not healthy" >&2
    exit 1
  fi
  sleep 2
done

if ! temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1; then
  temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention 30d
fi

# A new namespace is known everywhere after a few seconds.
attribute() {
  tries=30
  until temporal operator search-attribute create --name "$1" --type "$2"; do
    tries=$((tries - 1))
    if [ "$tries" -eq 0 ]; then exit 1; fi
    sleep 2
  done
}

attribute DurabillPlan Keyword
attribute DurabillStatus Keyword
attribute DurabillPeriodEnd Datetime
attribute DurabillFrozen Bool
