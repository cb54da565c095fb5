// SPDX-License-Identifier: Apache-2.0

import AlertOutput
import CommandLineKit
import Dispatch
import JSON
import Modules
import Program

/// The ways out that the configuration names, and standard output.
struct ConfiguredOutputs {
    let lanes: [AlertLane]

    /// - Parameter gravityMin: what every way lets through; nil leaves that to the configuration.
    init(
        _ settings: OutputSettings, printingTo output: Output, gravityMin: AlertGravity? = nil,
        onFailure: @escaping @Sendable (String) -> Void
    ) {
        let least = gravityMin ?? AlertGravity(rawValue: settings.severityMin) ?? .low
        var sinks: [(sink: any AlertSink, least: AlertGravity)] = [(PrintedAlerts(output), least)]
        if let path = settings.evePath { sinks.append((EVEFile(path: path), least)) }
        if let form = SystemLog.Form(rawValue: settings.log) {
            sinks.append((SystemLog(form), least))
        }
        if !settings.command.isEmpty {
            let options = CommandHook.Options(
                words: settings.command, runsPerMinuteMax: Int(settings.commandPerMinuteMax),
                secondsMax: settings.commandSecondsMax)
            let least = gravityMin ?? AlertGravity(rawValue: settings.commandSeverityMin) ?? .high
            sinks.append((CommandHook(options), least))
        }
        lanes = sinks.map { AlertLane($0.sink, gravityMin: $0.least, onFailure: onFailure) }
    }

    func send(_ message: AlertMessage) {
        for lane in lanes { lane.send(message) }
    }

    /// Has every way look whether an alert could leave; what can't is told before one is lost.
    func probe() {
        for lane in lanes { lane.probe() }
    }

    func reopen() {
        for lane in lanes { lane.reopen() }
    }

    /// Prints the last record of a run, unless nobody takes it.
    func printLast(_ text: StyledText, _ json: JSONValue, to output: Output) {
        let queue = DispatchQueue(label: "last")
        let group = DispatchGroup()
        queue.async(group: group) {
            output.record(text: text, json: json)
            output.flush()
        }
        let end = DispatchTime.now() + .milliseconds(Int(WatchRun.finishMilliseconds))
        if group.wait(timeout: end) == .timedOut { output.giveUp() }
    }

}

extension [AlertLane] {
    /// Waits until everything has left, at most so long for all ways together; the names of the
    /// ways that were not done.
    func finish(within milliseconds: Int64) -> [String] {
        let clock = SystemClock()
        let end = clock.uptimeNanoseconds() / 1_000_000 + milliseconds
        return filter { lane in
            !lane.finish(within: Int(Swift.max(0, end - clock.uptimeNanoseconds() / 1_000_000)))
        }.map(\.name)
    }
}
