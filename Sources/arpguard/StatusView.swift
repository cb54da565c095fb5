// SPDX-License-Identifier: Apache-2.0

import CommandLineKit
import JSON
import Program
import Telemetry

/// The status for people and for programs.
struct StatusView {
    let status: TelemetryStatus
    let setup: TelemetrySetup
    let showsID: Bool
    let isRedacted: Bool
    /// Programs of ours that run with another home.
    let others: OtherHomes

    var report: Report {
        Report(text: status.isDecided ? facts : introduction, json: .one(.object(json)))
    }

    /// What a person sees who has never decided: what it is, what the choices are, that it is off.
    private var introduction: [Report.Block] {
        let others = status.blockedBy.filter { $0 != .notAsked }.map(\.rawValue)
        let state = others.isEmpty ? "not_asked" : "not_asked, " + others.joined(separator: ", ")
        let lines = [
            StyledText("telemetry is off (\(state)); nothing is recorded"),
            StyledText("it would count features used, detection times, alert types and errors"),
            StyledText("never addresses, host names or packets; you see every byte before it goes"),
            StyledText("to read what a yes means and decide:  arpguard telemetry enable"),
            StyledText("to see everything that could be recorded:  arpguard telemetry schema"),
        ]
        return lines.map(Report.Block.line) + problem
    }

    private var problem: [Report.Block] {
        setup.fault.map { [.blank, .line(StyledText($0.description, .red))] } ?? []
    }

    private var facts: [Report.Block] {
        let state =
            status.isEnabled
            ? StyledText("on", .green)
            : StyledText("off (\(words(status.blockedBy)))", .yellow)
        let sending =
            status.blockedSending.isEmpty
            ? StyledText("allowed, to \(status.uploadURL ?? "")")
            : StyledText("blocked (\(words(status.blockedSending)))")
        var rows: [(name: String, value: StyledText)] = [
            ("recording", state), ("sending", sending), ("next upload", nextUpload),
            ("installation", StyledText(shownID ?? "none")),
            (
                "events",
                StyledText(
                    "\(status.recorded) stored here, \(status.waiting) waiting, "
                        + "\(status.held) held, \(status.uploaded) uploaded, "
                        + "\(status.keptHere) kept here only")
            ),
            ("lost", StyledText(losses)),
        ]
        if let problem = status.storeProblem {
            rows.append(
                ("store", StyledText("can't be read now, figures unknown: \(problem)", .red)))
        }
        if let problem = status.erasureProblem {
            rows.append(("erasures", StyledText("\(problem); \(problem.hint)", .red)))
        }
        if !status.withheldProperties.isEmpty {
            rows.append(("withheld", StyledText(status.withheldProperties.joined(separator: ", "))))
        }
        if !status.recorders.isEmpty {
            let texts = status.recorders.map(recorder)
            rows.append(("recorders", StyledText(texts.joined(separator: ", "))))
        }
        rows += [
            ("pending erasures", StyledText(status.pendingErasures.map(String.init) ?? "unknown")),
            (
                "storage",
                StyledText("\(status.storageBytes) bytes in \(abbreviated(status.storagePath))")
            ),
            ("home", StyledText("\(abbreviated(setup.home.path)) (owner \(owner))")),
        ]
        return [.table(Table(pairs: rows))] + advice + problem
    }

    /// What to do about a cause that a person can lift with one command.
    private var advice: [Report.Block] {
        let line: String? =
            if status.blockedSending.contains(.termsChanged) {
                "the place or the anonymising is not what you agreed to; to agree to what holds "
                    + "now:  arpguard telemetry enable"
            } else if status.isEnabled, status.uploadURL == nil {
                "nothing leaves without a place:  arpguard config set telemetry.upload_url URL, "
                    + "then arpguard telemetry enable"
            } else if status.held > 0 {
                "held events leave once you let them:  arpguard telemetry review"
            } else {
                nil
            }
        return line.map { [.blank, .line(StyledText($0))] } ?? []
    }

    private var nextUpload: StyledText {
        if let next = status.nextUpload {
            return StyledText("due at \(next), or when you run: arpguard telemetry upload")
        }
        return StyledText("when you run: arpguard telemetry upload", .faint)
    }

    /// A program that records sees its own environment, and not that of this shell.
    private func recorder(_ pid: Int64) -> String {
        let causes = status.recorderCauses[pid] ?? []
        return "process \(pid)" + (causes.isEmpty ? "" : " (off: \(words(causes)))")
    }

    private func words(_ causes: [Cause]) -> String {
        causes.map(\.rawValue).joined(separator: ", ")
    }

    private var losses: String {
        status.lost.isEmpty
            ? "none" : status.lost.map { "\($0.count) \($0.reason)" }.joined(separator: ", ")
    }

    private var shownID: String? {
        status.installationID.map { showsID ? $0 : shortened($0) }
    }

    private func shortened(_ id: String) -> String { "\(id.prefix(4))..." }

    private func abbreviated(_ path: String) -> String { setup.home.abbreviated(path) }

    private var owner: String { String(setup.seams.userID) }

    private var json: JSONObject {
        var json = status.json
        if isRedacted {
            json["installation_id"] = status.installationID.map { .string(shortened($0)) } ?? .null
            json["storage_path"] = .string(abbreviated(status.storagePath))
        }
        json["home"] = .string(isRedacted ? abbreviated(setup.home.path) : setup.home.path)
        json["owner"] = .integer(Int64(setup.seams.userID))
        json["other_homes"] = others.json
        json["configuration_error"] = setup.fault.map { .string($0.description) } ?? .null
        return json
    }
}
