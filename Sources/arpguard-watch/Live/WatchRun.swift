// SPDX-License-Identifier: Apache-2.0

import AlertOutput
import Capture
import CommandLineKit
import Detection
import Glibc
import Modules
import Program
import Telemetry
import WatchRecords

/// A running watch: takes what the capture children tell, judges it, and passes alerts on, until
/// it is asked to end or an interface can't be watched any longer. It runs on one thread; whatever
/// is slow has threads of its own.
final class WatchRun {
    /// How long the loop waits at most before it looks at the clock.
    private static let tickMilliseconds: Int64 = 500
    /// How long children may take to tell the last frames.
    private static let drainMilliseconds: Int64 = 1_000
    /// How long outputs, and then the files, may take at the end.
    static let finishMilliseconds: Int64 = 2_000

    let invocation: Invocation
    let home: Home
    let interfaces: [WatchedInterface]
    let signals: SignalDescriptor
    let keeper: WatchRecordKeeper
    private let lock: FileLock?
    var setup: TelemetrySetup
    var module: TelemetryModule
    var telemetry: WatchTelemetry
    var configuration: Configuration
    var outputs: ConfiguredOutputs
    let uploads: UploadRunner
    var clock: SteadyClock
    var checks: [String: GatewayCheck] = [:]
    var gateways: [String: IPv4Address] = [:]
    var state: WatchState
    var timetable: WatchTimetable
    var forgetting: Forgetting
    /// Dropped frames that a person was told of, by interface.
    var toldDrops: [String: Int64] = [:]
    var forgotten = ForgottenOwners()
    /// Ways out of configurations before this one, which may still have something to send.
    var retired = RetiredOutputs()
    /// What the kernel tells of interfaces; nil where it tells nothing.
    let links: LinkChanges?
    var gaps: LinkGaps
    /// An interface that can't be watched any longer.
    var lost: LiveError?
    let startedAt: Int64
    private var hasFindings = false
    private var limit = AlertLimit()

    /// Everything that needs no rights: the home's files, telemetry, the ways out.
    init(
        _ invocation: Invocation, _ home: Home, _ interfaces: [WatchedInterface],
        _ signals: SignalDescriptor
    ) throws(CommandFailure) {
        let context = try ProgramContext(at: home)
        self.invocation = invocation
        self.home = home
        self.interfaces = interfaces
        self.signals = signals
        links = LinkChanges()
        let numbers = interfaces.map(\.name).compactMap { name in
            LinkChanges.index(of: name).map { ($0, name) }
        }
        gaps = LinkGaps(Dictionary(numbers) { first, _ in first })
        configuration = context.configurationFile.load()
        setup = TelemetrySetup(context, invocation)
        let wallClock = setup.seams.clock
        keeper = WatchRecordKeeper(
            home: home.path, files: context.files, clock: wallClock,
            diagnostics: invocation.diagnostics)
        do throws(CommandFailure) {
            try context.prepareHome()
        } catch {
            invocation.diagnostics.warning(error.message, hint: error.hint)
        }
        lock = try keeper.lock(home.abbreviated(home.path))
        module = setup.module()
        let isService = invocation.command.isOn(.service)
        telemetry = WatchTelemetry(module, isService: isService, clock: wallClock)
        outputs = Self.outputs(configuration.output, invocation)
        uploads = UploadRunner(setup, home: home.path)
        clock = SteadyClock(wallClock)
        startedAt = wallClock.uptimeNanoseconds()
        timetable = WatchTimetable(startedAt)
        state = WatchState(process: Int64(getpid()), since: wallClock.now().nanoseconds)
        forgetting = Forgetting(since: state.since)
    }

    static func outputs(_ settings: OutputSettings, _ invocation: Invocation) -> ConfiguredOutputs {
        let diagnostics = invocation.diagnostics
        return ConfiguredOutputs(settings, printingTo: invocation.output) {
            diagnostics.warning("alerts can't be sent by \($0)")
        }
    }

    /// Watches until the end, and returns how it ends.
    func run() throws(CommandFailure) -> ExitStatus {
        try begin()
        let failure = loop()
        drain()
        finish(failure)
        if let failure { throw failure }
        return hasFindings ? .findings : .success
    }

    /// Nil once it was asked to end.
    private func loop() -> CommandFailure? {
        while true {
            let descriptors =
                [signals.number, links?.descriptor ?? -1] + interfaces.map(\.descriptor)
            let ready: [Bool]
            do throws(SystemError) {
                ready = try Poll.readable(
                    descriptors, withinMilliseconds: Self.tickMilliseconds)
            } catch {
                return CommandFailure(
                    "the watch can't go on: \(error)",
                    hint: error.shortageHint ?? "start the watch again")
            }
            tick()
            noteLinks()
            for (interface, isReady) in zip(interfaces, ready.dropFirst(2)) where isReady {
                if let end = receive(from: interface) { return story(end, of: interface) }
            }
            if let lost {
                telemetry.error(lost.code)
                return CommandFailure(lost, among: NetworkInterface.all())
            }
            while let wish = signals.next() {
                switch wish {
                case .stop: return nil
                case .reload: reload()
                }
            }
        }
    }

    /// Has the children that still run end, and takes in what they tell until then.
    private func drain() {
        var open = interfaces.filter { !$0.hasEnded }
        for interface in open { interface.stop() }
        let end = uptime() + Self.drainMilliseconds * 1_000_000
        while !open.isEmpty, uptime() < end {
            let left = (end - uptime()) / 1_000_000
            let ready =
                (try? Poll.readable(open.map(\.descriptor), withinMilliseconds: left)) ?? []
            let pairs = zip(open, ready)
            open = pairs.filter { interface, isReady in
                !isReady || receive(from: interface) == nil
            }.map(\.0)
        }
    }

    private func receive(from interface: WatchedInterface) -> WatchedInterface.End? {
        interface.receive(clock) { alert in give(alert, on: interface.name) }
    }

    func give(_ alert: Alert, on interface: String) {
        if alert.severity >= .medium { hasFindings = true }
        if alert.severity > .info { state.alerts["\(alert.severity)", default: 0] += 1 }
        guard limit.admits(alert, on: interface, at: uptime()) else { return }
        tell(alert, on: interface)
        telemetry.alert(alert)
    }

    /// Tells what stands for alerts that were not told one by one, once it is due; with nil, now.
    func tellRests(at now: Int64?) {
        for rest in limit.rests(at: now) { tell(rest.last, on: rest.interface, rest) }
    }

    private func tell(_ alert: Alert, on interface: String, _ rest: AlertLimit.Rest? = nil) {
        let note = AlertNote(
            alert: alert, interface: interface,
            time: Timestamp(nanoseconds: clock.wall(alert.time)), rest: rest, home: home)
        let message = note.message
        outputs.send(message)
        guard alert.severity > .info else { return }
        state.lastAlert = WatchState.LastAlert(
            time: note.time.nanoseconds, severity: "\(alert.severity)", summary: message.summary)
    }

    private func story(
        _ end: WatchedInterface.End, of interface: WatchedInterface
    ) -> CommandFailure {
        let all = NetworkInterface.all()
        guard case .failed(let error) = end else {
            return WatchOpening.failure(end, of: interface.name, all)
        }
        telemetry.error(error.code)
        // The kernel switches an interface off before it takes it away.
        let isGone = error.code == .wentDown && !all.contains { $0.name == interface.name }
        return CommandFailure(
            isGone ? LiveError(code: .vanished, interface: interface.name) : error, among: all)
    }

    /// On a clock that only goes on.
    func uptime() -> Int64 { setup.seams.clock.uptimeNanoseconds() }

    /// All interfaces together.
    var totals: DetectionStatistics {
        var totals = DetectionStatistics()
        for interface in interfaces {
            let statistics = interface.statistics
            totals.add(statistics)
            totals.bindings += statistics.bindings
        }
        return totals
    }
}
