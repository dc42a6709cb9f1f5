#!/usr/bin/env bash
# Times whole loads of generated logs: records a second, bytes a record in the lake.
#
#   bench/load.sh target/quick/flowtrail [FLOW_ROWS] [EVENTS]
set -euo pipefail

flowtrail=$(realpath "$1")
flow_rows=${2:-5000000}
events=${3:-200000}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

now() { date +%s%N; }

# Loads a folder of logs into a lake of its own and prints the line of it.
time_load() {
  local name=$1 rows=$2 logs=$folder/$1/logs lake=$folder/$1/lake
  local began took_ms bytes
  began=$(now)
  "$flowtrail" --lake "$lake" --json load "$logs" >"$folder/$name/summary.json"
  took_ms=$((($(now) - began) / 1000000))
  bytes=$(du --bytes --summarize "$lake/tables/flowtrail/logs" | cut -f1)
  printf '%-24s %10d records %8d ms %10d records/s %8d bytes a record\n' \
    "$name" "$rows" "$took_ms" $((rows * 1000 / (took_ms > 0 ? took_ms : 1))) $((bytes / rows))
}

generate() {
  local name=$1
  shift
  mkdir -p "$folder/$name"
  "$flowtrail" --json generate "$1" "$folder/$name/logs" "${@:2}" >/dev/null
}

echo "$("$flowtrail" --version), $(nproc) cores, $(date -u +%Y-%m-%d)"
generate flow_text vpc_flow --rows "$flow_rows" --fields v5 --days 7 --files 420
time_load flow_text "$flow_rows"
generate flow_parquet vpc_flow --rows "$flow_rows" --fields v5 --days 7 --files 420 --format parquet
time_load flow_parquet "$flow_rows"
generate cloudtrail cloudtrail --rows "$events" --days 7 --files 420
time_load cloudtrail "$events"
