// SPDX-License-Identifier: Apache-2.0

import CommandLineKit
import JSON
import Modules
import Program
import Telemetry
import WatchRecords

extension Command {
    /// `status`: whether a watch runs, and what it says of itself.
    static let watchStatus = Command(
        "status", summary: "Tell whether a watch runs, on what, and what it has seen",
        discussion: [
            "Reads what the watch of this home last wrote about itself, at most some seconds ago, "
                + "and warns where that is longer ago. Ends with status 1 if no watch runs."
        ],
        json: [
            .init("running", "Whether a watch runs in this home"),
            .init("telemetry.enabled", "Whether this shell could record events"),
            .init("telemetry.blocked_by", "Every cause that would keep them from being recorded"),
            .init("watch", "null if none ever ran, or none wrote what can be read"),
        ] + state
    ) { invocation throws(CommandFailure) in
        let context = try ProgramContext(invocation)
        let files = WatchStateFile(home: context.home.path, files: context.files)
        let view: WatchStatus
        let control = TelemetrySetup(context, invocation).control()
        do throws(SystemError) {
            view = WatchStatus(
                watch: try files.look(), blockedBy: control.causes(blocking: .recording),
                words: control.words, home: context.home, isRoot: context.userID == 0,
                now: SystemClock().now())
        } catch {
            throw CommandFailure(
                "the state of the watch can't be read: \(error)",
                hint: "run the command as the owner of the home")
        }
        invocation.output.render(view.report)
        if !view.watch.isRunning { context.tellOtherWatches(invocation.diagnostics) }
        return view.watch.isRunning ? .success : .findings
    }

    /// What a watch last wrote of itself, or the one before it.
    private static let state: [Member] = [
        .init("watch.pid", "Its process"),
        .init("watch.since", "When it began, in UTC"),
        .init("watch.since_ns", "The same in nanoseconds since 1970"),
        .init("watch.written_ns", "When it wrote this, in nanoseconds since 1970"),
        .init(
            "watch.stale",
            "Whether it runs and wrote this more than 30 seconds ago: its disk is full, or it hangs"
        ),
        .init("watch.interfaces[].name", "An interface"),
        .init("watch.interfaces[].gateway", "The gateway behind it, or null"),
        .init("watch.interfaces[].gateway_mac", "Who has that address, or null"),
        .init("watch.interfaces[].gateway_contested", "Whether several stations claim it"),
        .init("watch.interfaces[].carrier", "Whether it is switched on and plugged in"),
        .init("watch.interfaces[].frames", "Frames that the kernel handed over"),
        .init("watch.interfaces[].dropped", "Frames for which the kernel had no room"),
        .init("watch.interfaces[].evicted", "Owners that were forgotten for want of room"),
        .init("watch.interfaces[].sandbox", "What the process that reads it has given up"),
        .init("watch.alerts.*", "Alerts by severity"),
        .init("watch.last_alert", "null without any"),
        .init("watch.last_alert.time", "When it was given, in UTC"),
        .init("watch.last_alert.time_ns", "The same in nanoseconds since 1970"),
        .init("watch.last_alert.severity", "How grave it was"),
        .init("watch.last_alert.summary", "What it said"),
        .init(
            "watch.outputs[].name", "A way out of alerts: stdout, eve, syslog or journal, command"),
        .init("watch.outputs[].delivered", "Alerts that left by it"),
        .init("watch.outputs[].failed", "Alerts that met an error"),
        .init("watch.outputs[].dropped", "Alerts that found no room, or were over its rate"),
        .init(
            "watch.gateway_contested_until_ns",
            "Until when nothing is uploaded, in nanoseconds since 1970; or null"),
    ]
}

/// The status for people and for programs.
struct WatchStatus {
    let watch: ObservedWatch
    let blockedBy: [Cause]
    let words: CauseWords
    let home: Home
    let isRoot: Bool
    let now: Timestamp

    var report: Report {
        Report(text: [.table(Table(pairs: facts))] + interfaces, json: .one(.object(json)))
    }

    private var facts: [(String, StyledText)] {
        guard let state = watch.state else { return [("watch", unread), telemetry] }
        var rows = running(state) + [("alerts", StyledText(alerts(state)))]
        if let last = state.lastAlert {
            let time = Timestamp(nanoseconds: last.time).rfc3339
            rows.append(("last alert", StyledText("\(time)  \(last.summary)")))
        }
        if let end = state.contestedUntil, watch.isRunning {
            let time = Timestamp(nanoseconds: end).rfc3339
            rows.append(
                (
                    "uploads",
                    StyledText("none before \(time), since a gateway is contested", .yellow)
                ))
        }
        for interface in state.interfaces where interface.evicted > 0 {
            let text = "\(interface.evicted.of("owner")) forgotten for want of room"
            rows.append((interface.name, StyledText(text, .yellow)))
        }
        for output in state.outputs where output.failed + output.dropped > 0 {
            let text =
                "\(output.delivered) sent, \(output.failed) failed, \(output.dropped) dropped"
            rows.append((output.name, StyledText(text, .yellow)))
        }
        return rows + [telemetry]
    }

    /// A watch of which nothing else is known.
    private var unread: StyledText {
        if watch.isRunning {
            return StyledText("runs; it has written no state that can be read", .yellow)
        }
        guard !watch.hasRun else {
            return StyledText("not running; the last one left no state that can be read")
        }
        // Without a flag the home of whoever is no root is another one by sudo.
        let condition =
            isRoot || home.flag != nil
            ? ""
            : ", where arpguard-watch has net_raw (arpguard watch --help); sudo arpguard watch "
                + "runs in root's home"
        let command = isRoot || home.flag == nil ? "arpguard watch" : "sudo arpguard watch"
        return StyledText(home.addressing("none has run in this home: \(command)\(condition)"))
    }

    private func running(_ state: WatchState) -> [(String, StyledText)] {
        let since = Timestamp(nanoseconds: state.since).rfc3339
        let written = Timestamp(nanoseconds: state.written).rfc3339
        guard watch.isRunning else {
            let text = "not running; the last one began \(since), and was last seen \(written)"
            return [("watch", StyledText(text))]
        }
        let text = "running since \(since), process \(state.process)"
        guard watch.isStale(at: now) else { return [("watch", StyledText(text, .green))] }
        let warning = "last written \(written): its disk is full, or it hangs"
        return [("watch", StyledText(text)), ("state", StyledText(warning, .yellow))]
    }

    private func alerts(_ state: WatchState) -> String {
        let words = OutputSettings.severities.reversed().compactMap { severity in
            state.alerts[severity].map { "\($0) \(severity)" }
        }
        return words.isEmpty ? "none" : words.joined(separator: ", ")
    }

    private var telemetry: (String, StyledText) {
        let causes = words.list(blockedBy)
        return ("telemetry", StyledText(causes.isEmpty ? "on" : "off: \(causes)"))
    }

    private var interfaces: [Report.Block] {
        guard let state = watch.state, !state.interfaces.isEmpty else { return [] }
        let columns = ["INTERFACE", "GATEWAY", "ITS MAC", "FRAMES", "DROPPED", "SANDBOX"]
        var table = Table(columns.map { Table.Column($0) })
        for interface in state.interfaces {
            table.append([
                interface.hears
                    ? StyledText(interface.name)
                    : StyledText("\(interface.name), no carrier", .red),
                StyledText(interface.gateway ?? "not known"),
                interface.isGatewayContested
                    ? StyledText("contested", .red)
                    : StyledText(interface.gatewayHardware ?? "not known"),
                StyledText("\(interface.frames)"),
                StyledText("\(interface.dropped)", interface.dropped > 0 ? .yellow : .plain),
                StyledText(interface.sandbox),
            ])
        }
        return [.blank, .table(table)]
    }

    private var json: JSONObject {
        var own = watch.state?.json
        own?["stale"] = .bool(watch.isStale(at: now))
        return [
            "running": .bool(watch.isRunning),
            "telemetry": [
                "enabled": .bool(blockedBy.isEmpty),
                "blocked_by": .array(blockedBy.map { .string($0.rawValue) }),
            ],
            "watch": own.map { .object($0) } ?? .null,
        ]
    }
}

extension ProgramContext {
    /// Whether a watch runs in this home. A home that can't be read shows none; the command that
    /// asks tells that by itself.
    var isWatched: Bool {
        (try? WatchStateFile(home: home.path, files: files).isRunning()) ?? false
    }

    /// Says which watches run with other homes, such as the service's.
    func tellOtherWatches(_ diagnostics: Diagnostics) {
        for other in OtherHomes(than: home).users where other.isWatching {
            diagnostics.notice(other.watchLine)
        }
    }
}
