// SPDX-License-Identifier: Apache-2.0

import Modules
import SQLite
import TestKit
import Testing

@Suite struct ConnectionTests {
    let folder: TemporaryDirectory
    var path: String { "\(folder.path)/test.sqlite" }

    init() throws { folder = try TemporaryDirectory() }

    @Test func `every kind of value comes back as it was bound`() throws {
        let connection = try Connection(path: path)
        try connection.execute("CREATE TABLE t(a, b, c, d, e)")
        let text = "ünï\u{0}x"
        try connection.run(
            "INSERT INTO t VALUES (?,?,?,?,?)",
            [.integer(.min), .double(0.5), .text(text), .blob([0, 255]), .null])
        let statement = try connection.prepare("SELECT * FROM t")
        #expect(try statement.step())
        #expect(statement.integer(0) == .min)
        #expect(statement.double(1) == 0.5)
        #expect(statement.text(2) == text)
        #expect(statement.blob(3) == [0, 255])
        #expect(statement.isNull(4))
        #expect(try !statement.step())
    }

    @Test func `a transaction that throws leaves nothing behind`() throws {
        let connection = try Connection(path: path)
        try connection.execute("CREATE TABLE t(a)")
        #expect(throws: SQLiteError.self) {
            try connection.transaction {
                try connection.execute("INSERT INTO t VALUES (1)")
                try connection.execute("INSERT INTO nowhere VALUES (1)")
            }
        }
        #expect(try connection.integer("SELECT count(*) FROM t") == 0)
        try connection.transaction { try connection.execute("INSERT INTO t VALUES (2)") }
        #expect(try connection.integer("SELECT a FROM t") == 2)
    }

    @Test func `a file that is no database is damage, a locked one is busy`() throws {
        try RealFileSystem().replace(path, with: [UInt8]("no database at all".utf8))
        let error = #expect(throws: SQLiteError.self) {
            try Connection(path: path).execute("CREATE TABLE t(a)")
        }
        #expect(error?.isDamage == true)

        let other = "\(folder.path)/locked.sqlite"
        let holder = try Connection(path: other)
        try holder.execute("CREATE TABLE t(a); BEGIN IMMEDIATE")
        let waiter = try Connection(path: other, busyMilliseconds: 0)
        let busy = #expect(throws: SQLiteError.self) { try waiter.execute("BEGIN IMMEDIATE") }
        #expect(busy?.isBusy == true)
    }

    @Test func `migrations run once, in order, and a newer database is refused`() throws {
        let steps = [
            Migration(version: 1, sql: "CREATE TABLE t(a)"),
            Migration(version: 2, sql: "ALTER TABLE t ADD COLUMN b"),
        ]
        try Connection(path: path).migrate([steps[0]])
        try Connection(path: path).migrate(steps)
        try Connection(path: path).migrate(steps)
        try Connection(path: path).execute("INSERT INTO t(a, b) VALUES (1, 2)")
        #expect(throws: MigrationError.newer(found: 2, known: 1)) {
            try Connection(path: path).migrate([steps[0]])
        }
    }
}
