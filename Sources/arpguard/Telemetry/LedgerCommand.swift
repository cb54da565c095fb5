// SPDX-License-Identifier: Apache-2.0

import CommandLineKit
import JSON
import Modules
import Program
import Telemetry

extension Command {
    /// `telemetry log`: what happened to consent and data.
    static let log = Command(
        "log", summary: "Print or check the ledger of consent, batches, answers and deletions",
        discussion: [
            "Each row holds the hash of the row before it. --verify finds rows that were altered "
                + "or removed, and says which. Note the head that it prints, and --head finds "
                + "later whether rows were cut off at the end, or the whole was written anew. "
                + "delete-data begins it anew, which ends every head that was noted before, and "
                + "prints the new one.",
            "Ends with status 1 if anything is wrong.",
        ],
        flags: [.verify, .head, .kind, .since, .until],
        examples: [
            .init("arpguard telemetry log --verify", "Check the ledger, and print its head")
        ],
        json: .ledger
    ) { invocation throws(CommandFailure) in
        let control = try TelemetrySetup.settled(invocation).control()
        let head = invocation.command.string(.head)
        guard invocation.command.isOn(.verify) || head != nil else {
            let filter = try EventFilter(
                invocation.command, type: invocation.command.string(.kind))
            let rows = try telling { try control.ledger(matching: filter) }
            invocation.output.render(.ledger(rows))
            if rows.isEmpty {
                invocation.diagnostics.notice(
                    filter.isNone ? "the ledger is empty" : "the ledger has no such rows")
            }
            return .success
        }
        if let head, !LedgerVerdict.isHead(head) {
            throw CommandFailure(
                "--head is 64 hexadecimal digits, not: \(head)",
                hint: "arpguard telemetry log --verify prints it", status: .usage)
        }
        let verdict = try telling { try control.verifyLedger(head: head) }
        invocation.output.render(.verdict(verdict))
        return verdict.isSound ? .success : .findings
    }
}

extension Flag {
    fileprivate static let verify = Flag("verify", help: "Check the ledger in place of printing it")
    fileprivate static let head = Flag(
        "head", .string, value: "HASH",
        help: "Check that the ledger holds the row that had this hash")
    fileprivate static let kind = Flag(
        "type", .choice(LedgerEntry.Kind.allCases.map(\.rawValue)), value: "TYPE",
        help: "Print rows of this type only")
}

extension Report {
    fileprivate static func ledger(_ rows: [LedgerRow]) -> Report {
        guard !rows.isEmpty else { return Report(text: [], json: .lines([])) }
        var table = Table([
            .init("ROW", .trailing), .init("TIME"), .init("WHAT"), .init("HASH"), .init("DETAIL"),
        ])
        for row in rows {
            let detail = row.detail.members.map { member in
                let value = member.value
                return "\(member.name)=\(value.stringValue ?? value.serialized(.compact))"
            }
            table.append([
                StyledText(String(row.number)), StyledText(row.time.rfc3339), StyledText(row.kind),
                StyledText("\(row.digest.prefix(12))"), StyledText(detail.joined(separator: " ")),
            ])
        }
        return Report(text: [.table(table)], json: .lines(rows.map { .object($0.json) }))
    }

    fileprivate static func verdict(_ verdict: LedgerVerdict) -> Report {
        var lines = verdict.problems.map { StyledText("row \($0.row): \($0.what)", .red) }
        if verdict.headFound == false { lines.append(StyledText(headless(verdict), .red)) }
        if verdict.isMissing {
            let text =
                "no row is there, though somebody has decided here: the ledger was removed"
            lines.append(StyledText(text, .red))
        } else if verdict.problems.isEmpty {
            let older =
                verdict.prunedThrough > 0
                ? ", older ones up to \(verdict.prunedThrough) pruned" : ""
            lines.append(
                StyledText("\(verdict.rows) rows, each follows from the one before\(older)"))
        }
        if let head = verdict.head { lines.append(StyledText("head \(head)")) }
        return Report(text: lines.map { .line($0) }, json: .one(.object(verdict.json)))
    }

    /// Why a head is not there, as far as the ledger knows. Whoever writes it anew can have it tell
    /// of a deletion too.
    private static func headless(_ verdict: LedgerVerdict) -> String {
        let what = "the head is not in the ledger: "
        guard let first = verdict.beginning else {
            return what
                + (verdict.prunedThrough > 0
                    ? "rows were cut off, it was written anew, or the head is older than what is "
                        + "kept"
                    : "rows were cut off, or it was written anew")
        }
        let isDeletion = first.kind == LedgerEntry.Kind.dataDeleted.rawValue
        return what
            + (isDeletion ? "a deletion" : "the loss of a damaged store")
            + " began that anew at \(first.time.rfc3339), which ended every head of before; "
            + "if the head is of later, or "
            + (isDeletion ? "nobody here asked for that" : "no damage was told here")
            + ", rows were cut off or it was written anew"
    }
}
