// SPDX-License-Identifier: Apache-2.0

#if Upload
import CommandLineKit
import Modules
import Program
import Telemetry
import TelemetryUpload

extension Report {
    /// The figures of a round; those that are rarely anything but 0 only where they are not.
    init(_ summary: UploadSummary) {
        var pairs: [(name: String, value: StyledText)] = []
        if ![.erasuresOnly, .busy].contains(summary.ending) {
            pairs += [
                ("batches sent", "\(summary.batchesSent)"),
                ("events sent", "\(summary.eventsSent)"),
                ("bytes sent", "\(summary.bytesSent)"),
            ]
        }
        let rare: [(String, Int64)] = [
            ("batches to retry", Int64(summary.batchesRetried)),
            ("batches rejected", Int64(summary.batchesRejected)),
            ("batches cut off", Int64(summary.batchesCutOff)),
            ("events rejected", summary.eventsRejected),
            ("erasures confirmed", Int64(summary.erasuresDone)),
            ("erasures not supported", Int64(summary.erasuresUnsupported)),
            ("erasures pending", Int64(summary.erasuresPending)),
        ]
        let isOnlyErasures = summary.ending == .erasuresOnly
        pairs += rare.filter { $0.1 > 0 || (isOnlyErasures && $0.0 == "erasures confirmed") }
            .map { ($0.0, "\($0.1)") }
        self.init(text: [.table(Table(pairs: pairs))], json: .one(summary.json))
    }
}

extension UploadSummary {
    /// Why nothing more was sent, where a person should know and nothing has failed.
    ///
    /// - Parameters:
    ///   - unanswered: what was sent before, and meets failures.
    ///   - uploaders: the processes that upload meanwhile.
    func notices(
        _ unanswered: Unanswered?, _ words: CauseWords, uploaders: [Int32]
    ) -> [String] {
        var notices: [String] = []
        switch ending {
        case .waits(let time):
            let what =
                unanswered?.description(notBefore: time)
                ?? "nothing is sent before \(time.rfc3339)"
            notices.append("\(what); run it again then")
        case .held(let events):
            notices.append(
                "\(events.of("event")) held until you run: arpguard telemetry review")
        case .notDue(let time):
            notices.append(
                time.map { "nothing is due before \($0.rfc3339)" } ?? "nothing is due")
        case .budgetSpent:
            notices.append("today's bytes are used up; the rest goes another day")
        case .blocked(let causes):
            notices.append(
                "no events are sent: \(words.list(causes)); "
                    + "arpguard telemetry status tells what to do")
        case .reconfigured:
            notices.append(
                "the configuration was changed meanwhile, and nothing more leaves by the old one; "
                    + "to go by the new one: arpguard telemetry upload")
        case .roundLimit:
            notices.append("this round had its share; the rest goes with the next one")
        case .nothingWaits:
            if batchesSent == 0 { notices.append("nothing waits to be uploaded") }
        case .apart(let time):
            notices.append(
                "batches wait until \(time.rfc3339): beside a request for erasure one could tell "
                    + "that both are of one installation; to send them before: "
                    + "arpguard telemetry upload")
        case .busy:
            let who = ProcessTable.named(uploaders).map { ": \($0)" } ?? ""
            notices.append("another upload is at work on this home\(who)")
        case .failed, .interrupted, .erasuresOnly:
            break
        }
        if let text = erasuresLeftOut { notices.append(text) }
        if !erasuresBlocked.isEmpty {
            let isAny = erasuresDone + erasuresUnsupported > 0
            notices.append(
                "\(isAny ? "some " : "")erasures can't be asked for: "
                    + words.list(erasuresBlocked))
        }
        return notices
    }

    /// Which erasures this round did not ask for, and why. Of those that it tried a problem tells.
    private var erasuresLeftOut: String? {
        guard erasuresPending > 0, erasuresTried == 0 || problems.isEmpty else { return nil }
        let count = Int64(erasuresPending).of("erasure")
        if let time = erasuresNotBefore { return "\(count) not asked for before \(time.rfc3339)" }
        guard erasuresTried == 0, batchesLeft > 0 else { return nil }
        return "\(count) not asked for yet, since batches went: side by side they would tell that "
            + "both are of one installation; arpguard telemetry status tells when that is"
    }
}
#endif
