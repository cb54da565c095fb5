// SPDX-License-Identifier: Apache-2.0

internal import SQLite

/// The tables of a collector's store. Installations stand in them as keyed hashes only; days are
/// counted from 1970-01-01.
enum CollectorSchema {
    /// Tables by which a store is told from another program's database.
    static let tables = ["batch", "day_total", "secret", "tombstone"]

    static let migrations = [
        Migration(
            version: 1,
            sql: """
                -- The key of the hashes, made when the store is made.
                CREATE TABLE secret (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
                CREATE TABLE service (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
                -- Every batch that was taken, by which a resend is recognised, with what it adds to
                -- the figures of the day. What it adds to other days has rows of its own there.
                -- Where an installation has several on a day, a row with an empty id holds the
                -- counters of them all, and theirs are empty.
                CREATE TABLE batch (
                    day INTEGER NOT NULL, installation BLOB NOT NULL, service INTEGER NOT NULL,
                    id BLOB NOT NULL, counters BLOB NOT NULL, record_set INTEGER,
                    PRIMARY KEY (day, installation, service, id)) WITHOUT ROWID;
                -- Admitted records without their resource, as OTLP protobuf in a zstd frame.
                CREATE TABLE record_set (number INTEGER PRIMARY KEY, records BLOB NOT NULL);
                -- Installations, with SHA-256 of the secret that erases each: the first that came.
                CREATE TABLE installation (
                    hash BLOB PRIMARY KEY, secret_hash BLOB, day INTEGER NOT NULL) WITHOUT ROWID;
                -- Installations that were erased, so that nothing late of them is taken.
                CREATE TABLE tombstone (hash BLOB PRIMARY KEY, day INTEGER NOT NULL) WITHOUT ROWID;
                CREATE INDEX tombstone_by_day ON tombstone (day);
                -- What was left out of the figures, by reason.
                CREATE TABLE tally (
                    day INTEGER NOT NULL, reason TEXT NOT NULL, count INTEGER NOT NULL,
                    PRIMARY KEY (day, reason)) WITHOUT ROWID;
                -- How often the batches of a day changed.
                CREATE TABLE day_change (day INTEGER PRIMARY KEY, number INTEGER NOT NULL);
                -- DayFigures of open days, each as of a number of changes.
                CREATE TABLE day_sum (
                    day INTEGER NOT NULL, service INTEGER NOT NULL, change INTEGER NOT NULL,
                    figures BLOB NOT NULL, PRIMARY KEY (day, service)) WITHOUT ROWID;
                -- DayFigures of folded days: all that is left of them.
                CREATE TABLE day_total (
                    day INTEGER NOT NULL, service INTEGER NOT NULL, figures BLOB NOT NULL,
                    PRIMARY KEY (day, service)) WITHOUT ROWID;
                """),
        Migration(
            version: 2,
            sql: """
                -- Grows with each deletion; no row if there was none since the file was written
                -- anew.
                CREATE TABLE deletion (
                    one INTEGER PRIMARY KEY CHECK (one = 1), count INTEGER NOT NULL);
                INSERT INTO deletion VALUES (1, 1);
                """),
    ]
}
