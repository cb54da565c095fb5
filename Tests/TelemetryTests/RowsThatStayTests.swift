// SPDX-License-Identifier: Apache-2.0

import SQLite
import Telemetry
import TestKit
import Testing

/// A store so damaged that rows do not become what a statement makes them, without any error: a
/// trigger does the same, a few times. Whoever goes by what is left to do would do it for ever.
@Suite struct RowsThatStayTests {
    let home: Home

    init() throws {
        home = try Home()
        try home.enable()
    }

    /// A trigger that undoes, so often, what is done to a table.
    private static func undoing(_ event: String, _ table: String) -> String {
        """
        CREATE TABLE undone(time INTEGER);
        CREATE TRIGGER undoing BEFORE \(event) ON \(table) BEGIN
            INSERT INTO undone VALUES (1);
            SELECT RAISE(IGNORE) WHERE (SELECT count(*) FROM undone) < 5;
        END;
        """
    }

    private static let unreadable = "UPDATE events SET properties = X'FF';"
    private static let uncovered = """
        INSERT INTO names(id, name) VALUES (999, 'nothing_declared');
        UPDATE events SET name = 999;
        """
    private static let gone = """
        CREATE TRIGGER undoing AFTER INSERT ON batches WHEN NEW.id < 5 BEGIN
            DELETE FROM batches WHERE id = NEW.id;
        END;
        """

    @Test(arguments: [
        ("a batch that was kept", gone),
        ("an event that became part of a batch", undoing("UPDATE OF batch", "events")),
        ("an event that can't be read and was deleted", unreadable + undoing("DELETE", "events")),
        (
            "an event that no yes covers and was put aside",
            uncovered + undoing("UPDATE OF epoch", "events")
        ),
    ])
    func `what is sealed and does not become so ends the round, and the store is set aside`(
        what: String, damage: String
    ) throws {
        home.record(3)
        try expectDamage(damage, what)
    }

    @Test func `a batch that stays though it was given up ends the round`() throws {
        home.record(3)
        _ = try home.control().preview()
        try expectDamage(
            "UPDATE batches SET body = zeroblob(length(body));" + Self.undoing("UPDATE", "batches"),
            "a batch")
    }

    private func expectDamage(_ damage: String, _ what: String) throws {
        var outbox = try home.control().outbox()
        try Connection(path: "\(home.storage)/store.sqlite", mode: .readWrite).execute(damage)
        #expect(throws: SQLiteError.damage, "\(what)") { try outbox?.next() }
        try outbox?.replaceStoreIfDamaged(after: SQLiteError.damage)
        outbox = nil
        #expect(try home.control().status().lost.map(\.reason) == ["damaged"], "\(what)")
        home.record(1)
        let next = try #require(try home.control().outbox()).next()
        guard case .batch(let batch) = next else {
            Issue.record("nothing goes on: \(next)")
            return
        }
        #expect(batch.events == 1)
    }
}
