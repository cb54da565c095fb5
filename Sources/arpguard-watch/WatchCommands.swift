// SPDX-License-Identifier: Apache-2.0

import Capture
import CommandLineKit
import Detection
import Glibc
import JSON
import Modules
import Program
import Telemetry

extension Command {
    /// The helper that detects and records; `arpguard` runs it with the words that were typed.
    static let watchHelper = Command(
        "arpguard-watch", summary: "Detect ARP attacks; run by arpguard",
        discussion: ["A part of arpguard, which runs it with the same words."],
        flags: Flag.common,
        subcommands: [
            .replay(action: runReplay), .watch(action: runWatch), .testAlert(action: runTestAlert),
        ]
    ) { _ throws(CommandFailure) in
        throw CommandFailure(
            "nothing to do", hint: "arpguard replay FILE checks a capture file", status: .usage)
    }

    @Sendable private static func runReplay(
        _ invocation: Invocation
    ) throws(CommandFailure) -> ExitStatus {
        let signals = try ReplayStop.signals()
        // Who typed this may open files that the owner of the service's folder can't.
        let captures = try ReplayCapture.named(
            by: invocation, opensNow: try ProgramContext.becomesOwner(invocation))
        if invocation.command.arguments("FILE").contains("-"), isatty(0) == 1 {
            invocation.diagnostics.notice(
                "reading a capture from the terminal; Ctrl-C ends it (tcpdump -w - | arpguard "
                    + "replay -)")
        }
        let context = try ProgramContext(invocation)
        let configured = context.configurationFile.load()
        let settings = configured.detection
        var configuration = try detectorConfiguration(settings, invocation)
        configuration.reportsNotices = configured.output.severityMin == "info"
        let setup = TelemetrySetup(context, invocation)
        if let fault = setup.fault {
            invocation.diagnostics.error(fault.told, hint: fault.hint)
        }
        let module = setup.module()
        let group = ModuleGroup([module], logger: setup.seams.logger)
        try telling { try group.start() }
        defer { group.stop() }
        var telemetry = ReplayTelemetry(module, clock: setup.seams.clock)
        telemetry.started(settings: settings.fingerprints)
        let output = invocation.output
        let run = ReplayRun(
            captures: captures, configuration: configuration, clock: setup.seams.clock,
            watch: InputWatch(stop: signals.number) {
                output.flush()
                return output.isOpen
            })
        return replay(run, &telemetry, invocation)
    }

    private static func replay(
        _ run: ReplayRun, _ telemetry: inout ReplayTelemetry, _ invocation: Invocation
    ) -> ExitStatus {
        let (output, diagnostics) = (invocation.output, invocation.diagnostics)
        let isAlone = run.captures.count == 1
        let flags = invocation.command.typedFlags(but: [.home, .service, .sample])
        let command = (["\(Program.name) replay"] + flags).joined(separator: " ")
        let progress = ReplayProgress(invocation, run.clock)
        let summary = run.run {
            telemetry.look($0)
        } onAlert: { alert, path in
            progress.end()
            show(alert, in: path, isAlone: isAlone, output)
            if alert.severity > .info { telemetry.alert(alert) }
        } onProgress: { frames in
            output.flush()
            progress.show(frames)
        } onInterfaces: { path, count in
            progress.end()
            output.flush()
            diagnostics.warning(
                AlertText.warning(ofInterfaces: count, in: path), hint: AlertText.interfacesHint)
        } onOpening: {
            output.flush()
        } onError: { error in
            progress.end()
            output.flush()
            diagnostics.error(error.description, hint: error.hint(replaying: command))
            telemetry.error(error)
        }
        progress.end()
        show(summary, at: run.clock.now(), output)
        if let warning = AlertText.warning(summary) {
            output.flush()
            diagnostics.warning(
                warning, hint: "if they were cut short, capture with a larger snapshot length")
        }
        if summary.evicted > 0 {
            let evicted = Int64(clamping: summary.evicted)
            output.flush()
            diagnostics.warning(
                AlertText.evicted(evicted, total: evicted), hint: AlertText.evictedHint)
        }
        telemetry.finished(summary)
        // Where nobody reads what is told, nobody misses the rest.
        if let name = summary.stoppedIn, output.isOpen, tellStop(summary, in: name, invocation) {
            return .failure
        }
        if !summary.errors.isEmpty { return .failure }
        return summary.hasFindings ? .findings : .success
    }

    /// Says what was not read for a signal; whether that is a failure.
    private static func tellStop(
        _ summary: ReplaySummary, in name: String, _ invocation: Invocation
    ) -> Bool {
        let diagnostics = invocation.diagnostics
        let told = name == "-" ? "standard input" : ShellText.word(name)
        let name = name == "-" ? "standard input" : name
        invocation.output.flush()
        if summary.isIncomplete {
            diagnostics.error(
                "stopped before the end of \(name)",
                hint: "what is told is of the frames up to there; replay it again for the rest")
        } else if summary.isCut {
            diagnostics.notice(
                "stopped while \(told) went on; what is told is of the frames up to there")
        }
        return summary.isIncomplete
    }

    /// Only the form that is printed is built.
    private static func show(
        _ alert: Alert, in path: String, isAlone: Bool, _ output: Output
    ) {
        switch output.format {
        case .table:
            let lines = AlertText.lines(alert, in: isAlone ? nil : path)
            output.render(AlertText.report(lines, alert.severity.description))
        case .json:
            output.render(Report(text: [], json: .lines([AlertEVE.object(alert, in: path)])))
        }
    }

    /// Programs get the totals always; to people "no alerts" would mean that all is well.
    private static func show(_ summary: ReplaySummary, at time: Timestamp, _ output: Output) {
        if output.format == .table, summary.hasReadNothing { return }
        output.record(
            text: StyledText(AlertText.line(summary)), json: AlertEVE.object(summary, at: time))
    }

    /// The address that `--gateway` names; nil without that.
    static func namedGateway(_ invocation: Invocation) throws(CommandFailure) -> IPv4Address? {
        guard let text = invocation.command.string(.gateway) else { return nil }
        guard AddressForms.isHost(text), let gateway = IPv4Address(text) else {
            throw CommandFailure(
                "--gateway \(text) is no host's IPv4 address",
                hint: "for example --gateway 192.0.2.1", status: .usage)
        }
        return gateway
    }

    /// What the file says of the network, and the gateway of the command line before that.
    static func detectorConfiguration(
        _ settings: DetectionSettings, _ invocation: Invocation
    ) throws(CommandFailure) -> DetectorConfiguration {
        let gateway =
            try namedGateway(invocation) ?? settings.gateway.flatMap { IPv4Address($0) }
        let pairs = settings.staticBindings.compactMap { binding in
            IPv4Address(binding.address).flatMap { address in
                MACAddress(binding.hardware).map { (address, $0) }
            }
        }
        return DetectorConfiguration(
            gateway: gateway, staticBindings: Dictionary(pairs) { _, last in last },
            suppressions: try settings.detectorSuppressions(),
            trustedStations: Set(settings.trusted.compactMap { MACAddress($0) }))
    }
}

extension DetectionSettings {
    /// Each setting as a text that changes with it, by the name under which telemetry knows it.
    var fingerprints: [String: String] {
        let bindings = staticBindings.map { "\($0.address)=\($0.hardware)" }.sorted()
        return [
            "detection.gateway": gateway ?? "",
            "detection.static_bindings": bindings.joined(separator: ","),
            "detection.suppress": suppressions.map(\.fingerprint).joined(separator: ","),
            "detection.trusted": trusted.sorted().joined(separator: ","),
        ]
    }
}
