// SPDX-License-Identifier: Apache-2.0

internal import SQLite

/// The tables of a collector's store. Installations stand in them as keyed hashes only; days are
/// counted from 1970-01-01.
enum CollectorSchema {
    static let migrations = [
        Migration(
            version: 1,
            sql: """
                -- The key of the hashes, made when the store is made.
                CREATE TABLE secret (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
                -- The figures of one installation on one day, as DayCounters stores them.
                CREATE TABLE figures (
                    day INTEGER NOT NULL, installation BLOB NOT NULL, counters TEXT NOT NULL,
                    PRIMARY KEY (day, installation)) WITHOUT ROWID;
                CREATE INDEX figures_by_installation ON figures (installation, day);
                -- Batches that were taken, by which a resend is recognised.
                CREATE TABLE batch (id TEXT PRIMARY KEY, day INTEGER NOT NULL) WITHOUT ROWID;
                CREATE INDEX batch_by_day ON batch (day);
                -- Admitted records without their resource, as OTLP protobuf.
                CREATE TABLE record_set (
                    number INTEGER PRIMARY KEY, day INTEGER NOT NULL, installation BLOB NOT NULL,
                    records BLOB NOT NULL);
                CREATE INDEX record_set_by_installation ON record_set (installation);
                CREATE INDEX record_set_by_day ON record_set (day);
                -- SHA-256 of the secret that erases an installation: the first that came.
                CREATE TABLE erasure_key (
                    installation BLOB PRIMARY KEY, secret_hash BLOB NOT NULL,
                    day INTEGER NOT NULL) WITHOUT ROWID;
                -- Installations that were erased, so that nothing late of them is taken.
                CREATE TABLE tombstone (
                    installation BLOB PRIMARY KEY, day INTEGER NOT NULL) WITHOUT ROWID;
                CREATE INDEX tombstone_by_day ON tombstone (day);
                -- What was left out of the figures, by reason.
                CREATE TABLE tally (
                    day INTEGER NOT NULL, reason TEXT NOT NULL, count INTEGER NOT NULL,
                    PRIMARY KEY (day, reason)) WITHOUT ROWID;
                """)
    ]
}
