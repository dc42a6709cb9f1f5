#!/usr/bin/env python3
"""Other engines read the lake's tables as they lie, and must get the sums Flowtrail gets.

    python3 tests/readers/same_sums.py target/debug/flowtrail

Needs deltalake, polars, duckdb (with pytz) and chdb from PyPI; an engine that is not installed is named and skipped.
Ends with status 1 when a sum differs.
"""
import json
import os
import subprocess
import sys
import tempfile

FLOW = "count(*), sum(bytes), sum(start), count(srcaddr), sum(case when action = 'REJECT' then 1 else 0 end)"
REJECTED = "action = 'REJECT'"
TRAIL = "count(*), count(distinct eventid)"


def flowtrail(binary, lake, *arguments):
    run = subprocess.run([binary, "--lake", lake, "--json", *arguments], check=True, capture_output=True, text=True)
    return json.loads(run.stdout)


def asked(binary, lake, table, columns):
    return list(flowtrail(binary, lake, "sql", f"SELECT {columns} FROM logs.{table}")["rows"][0].values())


def by_polars(lake, table):
    import polars

    frame = polars.scan_delta(f"{lake}/tables/flowtrail/logs/{table}")
    column = polars.col
    sums = {
        "vpc_flow": [
            polars.len(),
            column("bytes").sum(),
            column("start").sum(),
            column("srcaddr").count(),
            (column("action") == "REJECT").sum(),
        ],
        "cloudtrail": [polars.len(), column("eventid").n_unique()],
    }
    named = [sum_.alias(str(number)) for number, sum_ in enumerate(sums[table])]
    return list(frame.select(named).collect().row(0))


def by_duckdb(lake, table):
    import deltalake
    import duckdb

    rows = deltalake.DeltaTable(f"{lake}/tables/flowtrail/logs/{table}").to_pyarrow_dataset()
    connection = duckdb.connect()
    connection.register("rows", rows)
    if table == "cloudtrail":
        return list(connection.execute(f"SELECT {TRAIL} FROM rows").fetchone())
    sums = connection.execute(f"SELECT {FLOW} FROM rows").fetchone()
    # A filter that DuckDB hands down to the files.
    rejected = connection.execute(f"SELECT count(*) FROM rows WHERE {REJECTED}").fetchone()
    return [*sums[:-1], *rejected]


def by_clickhouse(lake, table):
    import chdb

    os.chdir(lake)  # absolute paths are refused
    columns = FLOW if table == "vpc_flow" else TRAIL
    source = f"deltaLakeLocal('tables/flowtrail/logs/{table}')"
    settings = "SETTINGS allow_experimental_delta_kernel_rs=0"
    answer = chdb.query(f"SELECT {columns} FROM {source} {settings}", "JSONCompact")
    return [int(value) for value in json.loads(str(answer))["data"][0]]


def compare(binary, lake, moment):
    failed = False
    for table, columns in (("vpc_flow", FLOW), ("cloudtrail", TRAIL)):
        expected = asked(binary, lake, table, columns)
        for reader in (by_polars, by_duckdb, by_clickhouse):
            name = reader.__name__.removeprefix("by_")
            try:
                found = reader(lake, table)
            except ImportError as missing:
                print(f"skipped: {name} is not installed ({missing.name})")
                continue
            verdict = "ok" if found == expected else f"DIFFERS: {found}, not {expected}"
            failed |= found != expected
            print(f"{moment}: {name} reads logs.{table}: {verdict}")
    return failed


def main():
    binary = os.path.abspath(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        lake, logs = f"{folder}/lake", f"{folder}/logs"
        flowtrail(binary, lake, "generate", "vpc_flow", f"{logs}/flow", "--rows", "20000", "--fields", "v5", "--files", "42")
        flowtrail(binary, lake, "generate", "cloudtrail", f"{logs}/trail", "--rows", "2000", "--files", "42")
        flowtrail(binary, lake, "load", f"{logs}/flow")
        flowtrail(binary, lake, "load", f"{logs}/trail")
        failed = compare(binary, lake, "after load")
        flowtrail(binary, lake, "generate", "vpc_flow", f"{logs}/more", "--rows", "5000", "--fields", "all", "--seed", "2")
        flowtrail(binary, lake, "load", f"{logs}/more")
        flowtrail(binary, lake, "compact")
        failed |= compare(binary, lake, "after compact")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
