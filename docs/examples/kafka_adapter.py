#!/usr/bin/env python3
"""An adapter of your own, in another language than ours: people from a CSV
file to Kith, through Kafka. docs/kafka.md explains each step.

On Debian 12:

  apt install protobuf-compiler python3-protobuf python3-confluent-kafka
  protoc -I proto --python_out=generated proto/kith/agency/v1/*.proto
  PYTHONPATH=generated python3 docs/examples/kafka_adapter.py people.csv \\
    --brokers localhost:9092 --partnership hackney --agency hackney_council \\
    --source hackney_csv --key-file hackney_csv.hackney_csv_k1.key \\
    --outbox outbox.sqlite

The file has the columns id, given, family and birth_date (YYYY-MM-DD).
Exit code 0: the brokers have everything. 1: not yet; run it again.
"""
import argparse
import csv
import datetime
import hashlib
import hmac
import os
import pathlib
import secrets
import sqlite3
import sys
import time

from confluent_kafka import Producer
from kith.agency.v1 import frame_pb2, statement_pb2

SYSTEM = "csv"


def read_key(path):
    """The source's 32 bytes and their id, from <source>.<key id>.key."""
    raw = path.read_bytes()
    if len(raw) != 32:
        raw = bytes.fromhex(raw.decode().strip())
    return path.name.split(".")[-2], raw


class Outbox:
    """Numbers frames and keeps them until the brokers have them. The number
    and the frame reach the disk together, before anything is sent: a number is
    never used for two statements and never left out."""

    def __init__(self, path):
        self.db = sqlite3.connect(path, isolation_level=None)
        self.db.execute("PRAGMA synchronous=FULL")
        self.db.execute(
            "CREATE TABLE IF NOT EXISTS frames (sequence INTEGER PRIMARY KEY,"
            " frame BLOB NOT NULL, delivered INTEGER NOT NULL DEFAULT 0)")
        self.db.execute("CREATE TABLE IF NOT EXISTS about (epoch INTEGER)")
        if self.db.execute("SELECT COUNT(*) FROM about").fetchone()[0] == 0:
            # The epoch grows when an outbox is lost and made anew.
            self.db.execute("INSERT INTO about VALUES (?)", (int(time.time()),))
        self.epoch = self.db.execute("SELECT epoch FROM about").fetchone()[0]

    def keep(self, statements, seal):
        last = self.db.execute("SELECT MAX(sequence) FROM frames").fetchone()[0]
        rows = [(sequence, seal(self.epoch, sequence, statement))
                for sequence, statement in enumerate(statements, (last or 0) + 1)]
        self.db.execute("BEGIN")
        self.db.executemany(
            "INSERT INTO frames (sequence, frame) VALUES (?, ?)", rows)
        self.db.execute("COMMIT")

    def waiting(self):
        return self.db.execute("SELECT sequence, frame FROM frames"
                               " WHERE delivered = 0 ORDER BY sequence")

    def mark_delivered(self, sequence):
        self.db.execute("UPDATE frames SET delivered = 1 WHERE sequence = ?",
                        (sequence,))


def statement_of(row, extracted_at):
    """One row is one statement: a snapshot of a record, as of the extract."""
    statement = statement_pb2.Statement()
    statement.snapshot.key.system = SYSTEM
    statement.snapshot.key.local_id = row["id"]
    statement.snapshot.extracted_at.FromDatetime(extracted_at)
    person = statement.person_stated
    person.record.system = SYSTEM
    person.record.local_id = row["id"]
    name = person.names.add()
    name.given, name.family = row["given"], row["family"]
    birth = datetime.date.fromisoformat(row["birth_date"])
    person.birth_date.year = birth.year
    person.birth_date.month = birth.month
    person.birth_date.day = birth.day
    return statement


def seal_with(args, extracted_at):
    key_id, key = read_key(args.key_file)

    def seal(epoch, sequence, statement):
        body = frame_pb2.Body()
        envelope = body.envelope
        envelope.schema_version = 1
        envelope.partnership = args.partnership
        envelope.agency = args.agency
        envelope.source = args.source
        envelope.epoch = epoch
        envelope.sequence = sequence
        envelope.occurred_at.FromDatetime(extracted_at)
        envelope.salt = secrets.token_bytes(32)
        body.content = statement.SerializeToString()
        frame = frame_pb2.Frame()
        frame.body = body.SerializeToString()
        frame.key_id = key_id
        # Over the very bytes that are sent: nobody serialises them again.
        frame.mac = hmac.new(key, frame.body, hashlib.sha256).digest()
        return frame.SerializeToString()

    return seal


def headers(args, epoch, sequence):
    """CloudEvents in binary mode. No header may hold personal data."""
    now = datetime.datetime.now(datetime.timezone.utc)
    return {
        "content-type": "application/protobuf",
        "ce_specversion": "1.0",
        "ce_id": f"{args.source}/{epoch}/{sequence}",
        "ce_source": f"/kith/{args.partnership}/{args.source}",
        "ce_type": "kith.agency.v1.Frame",
        "ce_time": now.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "ce_subject": args.agency,
        "ce_partitionkey": args.source,
        "ce_sequence": f"{epoch:020d}-{sequence:020d}",
        "ce_dataschema": "urn:kith:proto:kith.agency.v1.Frame",
        "ce_traceparent":
            f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01",
    }


def deliver(args, outbox):
    """Sends what waits, in order. True: the brokers have all of it."""
    producer = Producer({
        "bootstrap.servers": args.brokers,
        "enable.idempotence": True,  # order and no doubles; acks from all
        "compression.type": "zstd",
        "linger.ms": 5,
    })
    failed = []

    def report(sequence):
        def done(error, _message):
            # Behind a failure nothing counts: it is all sent again, so that
            # the topic never has a gap.
            if error is not None or failed:
                failed.append(error)
            else:
                outbox.mark_delivered(sequence)
        return done

    for sequence, frame in outbox.waiting().fetchall():
        while True:
            try:
                producer.produce(
                    f"kith.inbox.v1.{args.partnership}", value=frame,
                    key=args.source, partition=0,
                    headers=headers(args, outbox.epoch, sequence),
                    on_delivery=report(sequence))
                break
            except BufferError:
                producer.poll(1)
        producer.poll(0)
    return producer.flush(60) == 0 and not failed


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("file", type=pathlib.Path)
    for name in ("brokers", "partnership", "agency", "source", "outbox"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--key-file", type=pathlib.Path, required=True)
    args = parser.parse_args()
    extracted_at = datetime.datetime.utcfromtimestamp(
        os.path.getmtime(args.file))
    outbox = Outbox(args.outbox)
    with args.file.open(newline="", encoding="utf-8") as rows:
        outbox.keep([statement_of(row, extracted_at)
                     for row in csv.DictReader(rows)],
                    seal_with(args, extracted_at))
    return 0 if deliver(args, outbox) else 1


if __name__ == "__main__":
    sys.exit(main())
