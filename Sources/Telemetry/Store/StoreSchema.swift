// SPDX-License-Identifier: Apache-2.0

import SQLite

/// The tables of the store. Steps only add: an older process may be at work beside a newer one.
enum StoreSchema {
    /// Set before the first table is made; it stays with the file. Set again, it would write and
    /// wait for the disk.
    static let newFilePragmas = "PRAGMA auto_vacuum = INCREMENTAL"

    /// Set on every connection, before anything is written: a commit waits for no disk. A short log
    /// is quick to read for whoever opens the database next.
    static let pragmas = """
        PRAGMA synchronous = NORMAL;
        PRAGMA secure_delete = ON;
        PRAGMA journal_mode = WAL;
        PRAGMA wal_autocheckpoint = 256;
        """

    static let migrations = [
        Migration(
            version: 1,
            sql: """
                -- Names of events, properties and words: each is stored once.
                CREATE TABLE names(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
                -- time in nanoseconds since 1970; batch NULL as long as the event is in none.
                CREATE TABLE events(
                    id INTEGER PRIMARY KEY, epoch INTEGER NOT NULL, time INTEGER NOT NULL,
                    name INTEGER NOT NULL, properties BLOB NOT NULL, batch INTEGER);
                CREATE INDEX events_waiting ON events(batch) WHERE batch IS NULL;
                -- body holds the very bytes that are shown and sent.
                CREATE TABLE batches(
                    id INTEGER PRIMARY KEY, uid TEXT NOT NULL UNIQUE, epoch INTEGER NOT NULL,
                    installation_id TEXT NOT NULL, url TEXT NOT NULL,
                    content_coding TEXT NOT NULL, body BLOB NOT NULL, sha256 TEXT NOT NULL,
                    events INTEGER NOT NULL, state TEXT NOT NULL, sealed_at INTEGER NOT NULL,
                    attempts INTEGER NOT NULL DEFAULT 0, next_attempt_at INTEGER NOT NULL DEFAULT 0,
                    answered_at INTEGER, answer TEXT);
                CREATE TABLE losses(
                    reason TEXT PRIMARY KEY, count INTEGER NOT NULL,
                    reported INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
                CREATE TABLE totals(name TEXT PRIMARY KEY, count INTEGER NOT NULL) WITHOUT ROWID;
                -- What was taken of each journal's segments and counters, by the journal's name
                -- and theirs: nothing is taken twice.
                CREATE TABLE journals(
                    journal TEXT, part TEXT, taken INTEGER NOT NULL,
                    PRIMARY KEY (journal, part)) WITHOUT ROWID;
                CREATE TABLE memory(key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
                """),
        Migration(
            version: 2,
            sql: """
                -- What happened to consent and data; each row holds the hash of the one before.
                CREATE TABLE ledger(
                    number INTEGER PRIMARY KEY, time INTEGER NOT NULL, kind TEXT NOT NULL,
                    detail TEXT NOT NULL, previous BLOB NOT NULL, hash BLOB NOT NULL);
                -- Of each count, what the ledger tells of.
                ALTER TABLE losses ADD COLUMN logged INTEGER NOT NULL DEFAULT 0;
                """),
    ]
}
