// SPDX-License-Identifier: Apache-2.0

import CommandLineKit
import JSON
import Modules
import Program
import Telemetry
import WatchRecords

/// The status for people and for programs.
struct StatusView {
    let status: TelemetryStatus
    let setup: TelemetrySetup
    let showsID: Bool
    let isRedacted: Bool
    /// Programs of ours that run with another home.
    let others: OtherHomes
    /// Whether a watch runs in this home, which uploads when that is due.
    let isWatched: Bool
    /// Why no upload begins by itself, by what the watch of this home says; nil if any may.
    let hold: ObservedWatch.UploadHold?
    let words: CauseWords
    /// Other folders of this home with telemetry; nil if that is not known.
    let elsewhere: [OtherPlace]?
    /// What stands in the place of locks.
    let falseLocks: FalseLocks

    var report: Report {
        Report(text: status.isDecided ? facts : introduction, json: .one(.object(json)))
    }

    /// What a person sees who has never decided: what it is, what the choices are, that it is off.
    private var introduction: [Report.Block] {
        let lines = [
            StyledText("telemetry is off, nothing is recorded: \(causes(status.blockedBy))"),
            StyledText("it would count features used, detection times, alert types and errors"),
            StyledText("never addresses, host names or packets; you see every byte before it goes"),
            StyledText(
                addressed("to read what a yes means and decide:  arpguard telemetry enable")),
            StyledText(
                addressed("to see everything that could be recorded:  arpguard telemetry schema")),
        ]
        let others = (elsewhere ?? []).map { place in
            StyledText("elsewhere: \(place.text(told))", .yellow)
        }
        let rest = status.pendingErasures == 0 ? troubles : troubles + [pendingErasuresRow]
        return (lines + conditions + others).map(Report.Block.line)
            + (rest.isEmpty ? [] : [.blank, .table(Table(pairs: rest))]) + problem
    }

    /// What there is to know of whatever was decided, where there is anything.
    private var troubles: [(name: String, value: StyledText)] {
        var rows: [(name: String, value: StyledText)] = []
        if !status.losses.isEmpty { rows.append(("lost", StyledText(losses))) }
        if let problem = status.storeProblem {
            rows.append(
                ("store", StyledText("can't be read now, figures unknown: \(told(problem))", .red)))
        }
        if let problem = status.erasureProblem {
            rows.append(
                ("erasures", StyledText(addressed(told("\(problem); \(problem.hint)")), .red)))
        }
        if !status.unsupportedErasureOrigins.isEmpty {
            let places = status.unsupportedErasureOrigins.joined(separator: ", ")
            let text = "what was sent to \(places): the server does not support erasure"
            rows.append(("not erased", StyledText(text, .yellow)))
        }
        return rows
    }

    private var pendingErasuresRow: (name: String, value: StyledText) {
        ("pending erasures", StyledText(pendingErasures))
    }

    private var problem: [Report.Block] {
        configurationProblem.map { [.blank, .line(StyledText(told($0), .red))] } ?? []
    }

    /// What is wrong with the configuration, or with the folder that it names.
    private var configurationProblem: String? {
        if isRedacted, let fault = setup.fault { return fault.withoutValues }
        return setup.fault?.description ?? status.configurationProblem
    }

    private var facts: [Report.Block] {
        let state =
            status.isEnabled
            ? StyledText("on", .green)
            : StyledText("off: \(causes(status.blockedBy))", .yellow)
        var rows: [(name: String, value: StyledText)] = [
            ("recording", state), ("sending", sending), ("next upload", nextUpload),
            ("installation", StyledText(shownID ?? "none")),
            ("events", StyledText(events)),
        ]
        if let unanswered = status.unanswered {
            rows.append(("not answered", StyledText(told(unanswered.description), .yellow)))
        }
        if status.cutOff > 0 {
            let text =
                "\(status.cutOff.of("event")) whose sending had begun when their yes ended; "
                + "the collector may have them; \(erasureOfCutOff)"
            rows.append(("cut off", StyledText(text, .yellow)))
        }
        if status.losses.isEmpty { rows.append(("lost", StyledText(losses))) }
        rows += troubles
        if status.dropped > 0 {
            rows.append(("dropped", StyledText("\(status.dropped) by you, in review")))
        }
        if !status.withheldProperties.isEmpty {
            rows.append(("withheld", StyledText(status.withheldProperties.joined(separator: ", "))))
        }
        if !status.recorders.isEmpty || !status.areRecordersKnown {
            let texts =
                status.recorders.map(recorder) + (status.areRecordersKnown ? [] : ["not known"])
            rows.append(("recorders", StyledText(texts.joined(separator: ", "))))
        }
        rows.append(pendingErasuresRow)
        if status.blockedSending.isEmpty, status.erasureURL == nil {
            let text = "what is sent can't be erased: \(TelemetryModuleConfig.noErasure)"
            rows.append(("no erasure", StyledText(text, .yellow)))
        }
        let bytes = status.storageBytes.map { "\($0) bytes" } ?? "an unknown size"
        let storage = "\(bytes) in \(abbreviated(status.storagePath))"
        rows.append(("storage", StyledText(storage)))
        rows += (elsewhere ?? []).map { ("elsewhere", StyledText($0.text(told), .yellow)) }
        rows += [
            ("home", StyledText("\(abbreviated(setup.home.path)) (owner \(owner))"))
        ]
        return [.table(Table(pairs: rows))] + advice + problem
    }

    private var erasureOfCutOff: String {
        switch status.erasability {
        case .all: "delete-data asks for their erasure"
        case .some: "delete-data asks for their erasure, but not where that can't be asked for"
        case .none(let reasons): "nobody can be asked to erase them: \(reasons.words)"
        case .elsewhere: "the machine from which this home was copied can ask for their erasure"
        }
    }

    private var sending: StyledText {
        if status.blockedSending.isEmpty {
            let place = status.uploadURL ?? ""
            return StyledText("allowed, to \(isRedacted ? told(place) : place)")
        }
        return StyledText("blocked: \(words.list(status.blockedSending))")
    }

    private var nextUpload: StyledText {
        let isService = setup.home.path == Home.servicePath
        var words = TelemetryStatus.UploadWords(
            program: Program.name, isWatched: isWatched, isService: isService,
            addressing: addressed)
        words.fault = falseLock.map { told($0.description) }
        words.uploaders = ProcessTable.named(setup.uploaders)
        words.hold = hold.map { addressed($0.reason) }
        let text = status.nextUploadText(words)
        guard status.blockedSending.isEmpty else { return StyledText(text) }
        return StyledText(text, falseLock != nil ? .red : hold != nil ? .yellow : .plain)
    }

    /// A program that records sees its own environment, and not that of this shell.
    private func recorder(_ pid: Int64) -> String {
        guard let causes = status.recorderCauses[pid] else { return "process \(pid)" }
        if !causes.isEmpty { return "process \(pid) (off: \(self.causes(causes)))" }
        let isAlone = !status.isEnabled
        return "process \(pid)"
            + (isAlone ? " (on: what blocks here is not so where it was started)" : "")
    }

    private func causes(_ causes: [Cause]) -> String {
        words.list(causes)
    }

    private var losses: String {
        var texts = status.losses.map { "\($0.count) because \($0.words) (\($0.reason))" }
        if status.storeProblem != nil { texts.append("what else is not known") }
        return texts.isEmpty ? "none" : texts.joined(separator: ", ")
    }

    private var events: String {
        guard status.storeProblem == nil else { return "not known" }
        return "\(status.recorded) stored here, \(status.waiting) waiting, "
            + "\(status.held) held, \(status.uploaded) uploaded, "
            + "\(status.keptHere) kept here only"
    }

    private var pendingErasures: String {
        status.pendingErasuresText(
            .init(
                causes: words, faults: erasureLocks.map { told($0.description) },
                areAllKept: falseLocks.areAllErasing, due: erasuresDue))
    }

    /// When an upload that nobody types asks for the first of them; nil where one may now, or none
    /// can.
    private var erasuresDue: Timestamp? {
        guard status.pendingErasures != 0, !falseLocks.areAllErasing else { return nil }
        return setup.erasuresDue
    }

    private var shownID: String? {
        status.installationID.map { showsID && !isRedacted ? $0 : shortened($0) }
    }

    private func shortened(_ id: String) -> String { "\(id.prefix(4))..." }

    private var redaction: Redaction {
        let others = (elsewhere ?? []).map(\.path) + self.others.users.map(\.home)
        return Redaction(
            home: setup.home, paths: [setup.home.path, status.storagePath] + others)
    }

    /// A text for people, with paths in the form that they read.
    func told(_ text: String) -> String {
        isRedacted ? redaction.text(text) : setup.home.abbreviating(text)
    }

    /// A text for people with commands that reach this home, unless it is a report to others.
    func addressed(_ text: String) -> String {
        isRedacted ? text : setup.home.addressing(text)
    }

    private func abbreviated(_ path: String) -> String {
        isRedacted ? redaction.text(path) : setup.home.abbreviated(path)
    }

    private var owner: String { String(setup.seams.userID) }

    private var json: JSONObject {
        var json = status.json
        json["home"] = .string(setup.home.path)
        json["owner"] = .integer(Int64(setup.seams.userID))
        json["other_places"] = elsewhere.map { .array($0.map(\.json)) } ?? .null
        json["other_homes"] = others.json
        json["upload_hold"] = .optional(hold?.rawValue)
        json["upload_lock_error"] = .optional((falseLock ?? erasureLocks.first)?.description)
        json["erasure_lock_errors"] = .array(erasureLocks.map { .string($0.description) })
        json["decision_lock_errors"] = .array(
            falseLocks.deciding.map { .string($0.description) })
        json["erasures_due"] = .optional(erasuresDue?.rfc3339)
        json["configuration_error"] = .optional(configurationProblem)
        guard isRedacted else { return json }
        json["installation_id"] = .optional(status.installationID.map(shortened))
        return redaction.value(.object(json)).objectValue ?? [:]
    }
}
