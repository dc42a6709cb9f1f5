#!/usr/bin/env python3
"""One sitting: Flowtrail and, where they are installed, DuckDB and ClickHouse (chdb), on the same logs, in turn.

    bench/sitting.py FLOWTRAIL LOGS WORK [RESULTS.md]

FLOWTRAIL is the program, LOGS a folder of gzip VPC Flow Logs of version 2 (made by `flowtrail generate` where it is not
there), WORK a folder for lakes and databases. Loads are timed as whole processes, start included, three times, the
systems in turn; the median counts. Questions are asked five times in a warm process; the median of the last four counts.
Two threads each. Machines differ and are noisy: only the ratios travel.
"""
import importlib.util
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROUNDS = 3
REPEAT = 5
COLUMNS = [
    ("version", "INT"), ("account_id", "VARCHAR"), ("interface_id", "VARCHAR"), ("srcaddr", "VARCHAR"),
    ("dstaddr", "VARCHAR"), ("srcport", "INT"), ("dstport", "INT"), ("protocol", "INT"), ("packets", "BIGINT"),
    ("bytes", "BIGINT"), ("start", "BIGINT"), ("end", "BIGINT"), ("action", "VARCHAR"), ("log_status", "VARCHAR"),
]
# {t} is the table, {since} thirty days before the newest record, {address} one that is seldom.
QUESTIONS = {
    "reject-count": "SELECT srcaddr, count(srcaddr) AS c FROM {t} WHERE action = 'REJECT' AND start > {since} "
                    "GROUP BY srcaddr ORDER BY c DESC LIMIT 10",
    "talkers-by-source": "SELECT srcaddr, sum(bytes) AS b FROM {t} WHERE action = 'ACCEPT' AND start > {since} "
                         "GROUP BY srcaddr ORDER BY b DESC LIMIT 10",
    "talkers-by-destination": "SELECT dstaddr, sum(bytes) AS b FROM {t} WHERE action = 'ACCEPT' AND start > {since} "
                              "GROUP BY dstaddr ORDER BY b DESC LIMIT 10",
    "talkers-by-eni": "SELECT interface_id, sum(bytes) AS b FROM {t} WHERE action = 'ACCEPT' AND start > {since} "
                      "GROUP BY interface_id ORDER BY b DESC LIMIT 10",
    "bytes-by-hour": "SELECT start - start % 3600 AS h, sum(bytes) AS b FROM {t} GROUP BY 1 ORDER BY 1",
    "admin-from-internet": "SELECT DISTINCT dstaddr, srcaddr, dstport FROM {t} WHERE action = 'ACCEPT' "
                           "AND dstport IN (22, 3389)",
    "one-address": "SELECT count(*), sum(bytes) FROM {t} WHERE srcaddr = '{address}'",
    "latest-100": "SELECT * FROM {t} ORDER BY start DESC LIMIT 100",
    "pairs": "SELECT srcaddr, dstaddr, dstport, sum(bytes) AS b FROM {t} GROUP BY 1, 2, 3 ORDER BY b DESC LIMIT 25",
}


class Flowtrail:
    name = "Flowtrail"

    def __init__(self, program, work):
        self.program, self.lake = program, work / "flowtrail"
        self.version = subprocess.check_output([program, "--version"], text=True).strip()

    def sql(self, *arguments):
        return subprocess.check_output([self.program, "--lake", self.lake, "--json", "sql", *arguments], text=True)

    def load(self, logs):
        shutil.rmtree(self.lake, ignore_errors=True)
        command = [self.program, "--lake", str(self.lake), "--json", "load", str(logs)]
        began = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        took = time.perf_counter() - began
        assert status == 0, f"{command} ended with {status}"
        self.peak_mib = usage.ru_maxrss / 1024
        return took

    def size(self):
        return folder_bytes(self.lake / "tables")

    def facts(self):
        text = "SELECT count(*) AS n, max(start) AS newest FROM logs.vpc_flow; " \
               "SELECT srcaddr FROM logs.vpc_flow GROUP BY srcaddr HAVING count(*) = 9 ORDER BY srcaddr LIMIT 1"
        decoder, answers = json.JSONDecoder(), []
        rest = self.sql(text)
        while rest.strip():
            answer, end = decoder.raw_decode(rest.lstrip())
            answers.append(answer["rows"])
            rest = rest.lstrip()[end:]
        return answers[0][0]["n"], answers[0][0]["newest"], (answers[1] or [{"srcaddr": "10.0.0.1"}])[0]["srcaddr"]

    def ask(self, question):
        runs = json.loads(self.sql("--repeat", str(REPEAT), question.replace("{t}", "logs.vpc_flow")))["runs"]
        return [run["elapsed_s"] for run in runs]


class Peer:
    """A peer runs in a process of its own, so that starting counts for it too."""

    def __init__(self, work):
        self.work = work

    def call(self, what, *arguments):
        command = [sys.executable, __file__, "--peer", type(self).__name__, str(self.work), what, *map(str, arguments)]
        return json.loads(subprocess.check_output(command, text=True).splitlines()[-1])

    def load(self, logs):
        began = time.perf_counter()
        self.call("load_here", logs)
        return time.perf_counter() - began

    def size(self):
        return self.call("size_here")

    def ask(self, question):
        return self.call("ask_here", question)

    def timed(self, run, question):
        took = []
        for _ in range(REPEAT):
            began = time.perf_counter()
            run(question)
            took.append(time.perf_counter() - began)
        return took


class DuckDB(Peer):
    name = "DuckDB, own table"

    def __init__(self, work):
        super().__init__(work)
        import duckdb
        self.version = f"DuckDB {duckdb.__version__}"
        self.path = work / "duck.db"

    def connect(self):
        import duckdb
        connection = duckdb.connect(str(self.path))
        connection.execute("SET threads = 2; SET preserve_insertion_order = false")
        return connection

    def source(self, logs):
        columns = "{" + ", ".join(f"'{name}': '{kind}'" for name, kind in COLUMNS) + "}"
        return f"read_csv('{logs}/**/*.log.gz', delim = ' ', header = true, nullstr = '-', auto_detect = false, " \
               f"columns = {columns})"

    def load_here(self, logs):
        self.path.unlink(missing_ok=True)
        connection = self.connect()
        connection.execute(f"CREATE TABLE flow AS SELECT * FROM {self.source(logs)}")
        connection.execute("CHECKPOINT")
        connection.close()

    def size_here(self):
        return self.path.stat().st_size

    def ask_here(self, question):
        connection = self.connect()
        return self.timed(lambda text: connection.execute(text).fetchall(), question.replace("{t}", "flow"))


class DuckParquet(DuckDB):
    name = "DuckDB, Parquet by account and day"

    def load_here(self, logs):
        shutil.rmtree(self.work / "duck", ignore_errors=True)
        day = "strftime(to_timestamp(start), '%Y-%m-%d') AS day"
        self.connect().execute(f"COPY (SELECT *, {day} FROM {self.source(logs)}) TO '{self.work}/duck' "
                               "(FORMAT parquet, COMPRESSION zstd, PARTITION_BY (account_id, day))")

    def size_here(self):
        return folder_bytes(self.work / "duck")

    def ask_here(self, question):
        return super().ask_here(question.replace("{t}", f"read_parquet('{self.work}/duck/**/*.parquet')"))


class ClickHouse(Peer):
    name = "ClickHouse, MergeTree"

    def __init__(self, work):
        super().__init__(work)
        import chdb
        self.version = f"chdb {chdb.__version__}"

    def session(self):
        from chdb import session
        return session.Session(str(self.work / "chdb"))

    def load_here(self, logs):
        shutil.rmtree(self.work / "chdb", ignore_errors=True)
        session = self.session()
        session.query("CREATE DATABASE bench ENGINE = Atomic")
        session.query("""CREATE TABLE bench.flow (version UInt8, account_id LowCardinality(String),
          interface_id LowCardinality(String), srcaddr String, dstaddr String, srcport Nullable(UInt16),
          dstport Nullable(UInt16), protocol Nullable(UInt8), packets Nullable(UInt64), bytes Nullable(UInt64),
          start UInt32, end UInt32, action LowCardinality(Nullable(String)), log_status LowCardinality(String))
          ENGINE = MergeTree PARTITION BY toYYYYMM(toDateTime(start)) ORDER BY (account_id, start)""")
        fields = [name.replace("_", "-") for name, _ in COLUMNS]
        kinds = {"version": "UInt8", "start": "UInt32", "end": "UInt32"}
        structure = ", ".join(f"`{field}` {kinds.get(field, 'String')}" for field in fields)
        numbers = {"srcport": 16, "dstport": 16, "protocol": 8, "packets": 64, "bytes": 64}
        chosen = ", ".join(f"toUInt{numbers[field]}OrNull(`{field}`)" if field in numbers
                           else "nullIf(action, '-')" if field == "action" else f"`{field}`" for field in fields)
        session.query(f"""INSERT INTO bench.flow SELECT {chosen}
          FROM file('{logs}/AWSLogs/*/vpcflowlogs/*/*/*/*/*.log.gz', 'CustomSeparatedWithNames', '{structure}')
          SETTINGS format_custom_field_delimiter = ' ', format_custom_escaping_rule = 'CSV',
            format_csv_delimiter = ' ', max_threads = 2, max_insert_threads = 2""")

    def size_here(self):
        return folder_bytes(self.work / "chdb")

    def ask_here(self, question):
        session = self.session()
        question = question.replace("{t}", "bench.flow") + " SETTINGS max_threads = 2"
        return self.timed(lambda text: session.query(text), question)


def folder_bytes(folder):
    return sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())


def installed_peers(work):
    peers = []
    for module, kinds in (("duckdb", [DuckDB, DuckParquet]), ("chdb", [ClickHouse])):
        if importlib.util.find_spec(module):
            peers += [kind(work) for kind in kinds]
        else:
            print(f"NOT MEASURED: {module} is not installed (pip install {module})", flush=True)
    return peers


def table(heads, rows):
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    return lines + ["| " + " | ".join(row) + " |" for row in rows]


def sitting(program, logs, work):
    if not logs.exists():
        print(f"making logs in {logs}", flush=True)
        options = ["--rows", "10000000", "--files", "240", "--days", "30", "--seed", "1"]
        subprocess.check_call([program, "generate", "vpc_flow", str(logs), *options], stdout=subprocess.DEVNULL)
    work.mkdir(parents=True, exist_ok=True)
    flowtrail = Flowtrail(program, work)
    systems = [flowtrail, *installed_peers(work)]
    loads = {system.name: [] for system in systems}
    for _ in range(ROUNDS):
        for system in systems:
            loads[system.name].append(system.load(logs))
            print(f"load {system.name} {loads[system.name][-1]:.2f} s", flush=True)
    records, newest, address = flowtrail.facts()
    seconds = {name: statistics.median(took) for name, took in loads.items()}
    rows = [[system.name, f"{seconds[system.name]:.2f}", f"{seconds['Flowtrail'] / seconds[system.name]:.2f}",
             f"{system.size() / records:.2f}"] for system in systems]
    report = ["## Loading", ""]
    report += table(["system", "seconds", "Flowtrail takes so much of it", "bytes a record"], rows)
    report += ["", f"Peak memory of Flowtrail: {flowtrail.peak_mib:.0f} MiB.", "", "## Asking (milliseconds)", ""]
    heads = ["question", *(system.name for system in systems), "Flowtrail to the best of the others",
             "asked first, in the same order"]
    rows = []
    for name, question in QUESTIONS.items():
        question = question.replace("{since}", str(newest - 30 * 86_400)).replace("{address}", address)
        asked = [system.ask(question) for system in systems]
        took = [statistics.median(times[1:]) for times in asked]
        best = min(took[1:], default=took[0])
        rows.append([name, *(f"{each * 1000:.0f}" for each in took), f"{took[0] / best:.1f}",
                     " / ".join(f"{times[0] * 1000:.0f}" for times in asked)])
        print(f"ask {name} " + " ".join(rows[-1][1:]), flush=True)
    report += table(heads, rows)
    logs_bytes = folder_bytes(logs)
    head = ["# The latest sitting", "",
            f"{time.strftime('%Y-%m-%d')}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}; "
            + "; ".join(dict.fromkeys(system.version for system in systems)) + ".", "",
            f"{records:,} records in {sum(1 for _ in logs.rglob('*.gz'))} gzip objects, {logs_bytes / 1e6:.0f} MB. "
            "How it is measured stands at the head of `sitting.py`.", ""]
    return "\n".join(head + report) + "\n"


def main():
    if sys.argv[1] == "--peer":
        kind, work, what, *arguments = sys.argv[2:]
        peer = {"DuckDB": DuckDB, "DuckParquet": DuckParquet, "ClickHouse": ClickHouse}[kind](Path(work))
        print(json.dumps(getattr(peer, what)(*arguments)))
        return
    program, logs, work = sys.argv[1], Path(sys.argv[2]).resolve(), Path(sys.argv[3]).resolve()
    report = sitting(os.path.abspath(program), logs, work)
    print(report)
    if len(sys.argv) > 4:
        Path(sys.argv[4]).write_text(report)


if __name__ == "__main__":
    main()
