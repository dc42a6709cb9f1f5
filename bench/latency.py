#!/usr/bin/env python3
"""How long an object takes from landing to being seen by a question: p50 and p99.

    bench/latency.py FLOWTRAIL LOGS [SECONDS]

FLOWTRAIL is the program, LOGS a folder of flow logs (their objects are put one after another, two a second). Two ways:
a folder that is watched (`load --watch`), and a bucket with a queue of its events (`serve`), where moto_server and boto3
are installed. Each runs for SECONDS (30 by default). A second process asks count(*) all the time, and an object counts
as seen when the count is at least what all objects up to it hold: what the program says of itself is not used.
"""
import itertools
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time

PAUSE_S = 0.5


def rows_of(path):
    """The records of an object: its lines less the header."""
    text = subprocess.check_output(["zcat", "-f", str(path)])
    return text.count(b"\n") - 1


def count(program, lake, env):
    """The rows there are now."""
    answer = subprocess.run([program, "--lake", str(lake), "sql", "--format", "csv", "SELECT count(*) FROM logs.vpc_flow"],
                            env=env, capture_output=True, text=True)
    return int(answer.stdout.splitlines()[1]) if answer.returncode == 0 else 0


def measure(program, lake, env, put, objects, seconds):
    """Puts objects and looks until all are seen; gives the times from put to seen."""
    landed, seen, total, put_at = [], [], 0, 0.0
    end = time.monotonic() + seconds
    objects = itertools.cycle(objects)
    number = 0
    while time.monotonic() < end or len(seen) < len(landed):
        if time.monotonic() < end and time.monotonic() - put_at >= PAUSE_S:
            path = next(objects)
            put(path, f"{number}-{path.name}")
            put_at = time.monotonic()
            total += rows_of_known[path]
            landed.append((put_at, total))
            number += 1
        rows, now = count(program, lake, env), time.monotonic()
        while len(seen) < len(landed) and landed[len(seen)][1] <= rows:
            seen.append(now - landed[len(seen)][0])
        if now > end + 120:
            raise SystemExit(f"{len(landed) - len(seen)} objects were not seen two minutes after the last was put")
    return sorted(seen)


def tell(name, times):
    at = lambda part: times[min(len(times) - 1, int(len(times) * part))]
    print(f"{name}: {len(times)} objects, p50 {at(0.5):.2f} s, p99 {at(0.99):.2f} s, longest {times[-1]:.2f} s")


def watched_folder(program, objects, seconds, work):
    folder, lake = work / "in", work / "watched"
    folder.mkdir()
    process = subprocess.Popen([program, "--lake", str(lake), "load", "--watch", str(folder)], stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)

    def put(path, name):
        shutil.copy(path, folder / f".{name}")
        os.rename(folder / f".{name}", folder / name)

    try:
        tell("folder, watched", measure(program, lake, None, put, objects, seconds))
    finally:
        process.terminate()
        process.wait()


def queue(program, objects, seconds, work):
    try:
        import boto3
    except ImportError:
        print("queue: not measured (boto3 and moto_server are not installed)")
        return
    moto = shutil.which("moto_server") or pathlib.Path(sys.executable).with_name("moto_server")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen([str(moto), "-H", "127.0.0.1", "-p", str(port)], stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL)
    endpoint = f"http://127.0.0.1:{port}"
    env = dict(os.environ, AWS_ACCESS_KEY_ID="testing", AWS_SECRET_ACCESS_KEY="testing", AWS_REGION="us-east-1",
               AWS_ENDPOINT_URL=endpoint)
    process = None
    try:
        while socket.socket().connect_ex(("127.0.0.1", port)) != 0:
            time.sleep(0.1)
        client = lambda service: boto3.client(service, endpoint_url=endpoint, region_name="us-east-1",
                                              aws_access_key_id="testing", aws_secret_access_key="testing")
        s3, sqs, lake = client("s3"), client("sqs"), work / "queue"
        s3.create_bucket(Bucket="logs")
        url = sqs.create_queue(QueueName="new")["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        s3.put_bucket_notification_configuration(Bucket="logs", NotificationConfiguration={
            "QueueConfigurations": [{"QueueArn": arn, "Events": ["s3:ObjectCreated:*"]}]})
        setup = ("CREATE STAGE flows URL = 's3://logs/';"
                 f"CREATE PIPE p AUTO_INGEST = TRUE NOTIFICATION_CHANNEL = '{url}' AS COPY INTO logs.vpc_flow FROM @flows")
        subprocess.check_call([program, "--lake", str(lake), "sql", setup], env=env, stdout=subprocess.DEVNULL)
        process = subprocess.Popen([program, "--lake", str(lake), "serve", "--listen", "127.0.0.1:0"], env=env,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(2)
        put = lambda path, name: s3.put_object(Bucket="logs", Key=name, Body=path.read_bytes())
        tell("bucket, by its queue", measure(program, lake, env, put, objects, seconds))
    finally:
        for child in (process, server):
            if child:
                child.terminate()
                child.wait()


def main(program, logs, seconds=30):
    global rows_of_known  # read by `measure`
    objects = sorted(pathlib.Path(logs).rglob("*.gz"))[:40]
    rows_of_known = {path: rows_of(path) for path in objects}
    with tempfile.TemporaryDirectory() as work:
        watched_folder(program, objects, float(seconds), pathlib.Path(work))
        queue(program, objects, float(seconds), pathlib.Path(work))


if __name__ == "__main__":
    main(*sys.argv[1:])
