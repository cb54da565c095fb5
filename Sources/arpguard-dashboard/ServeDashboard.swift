// SPDX-License-Identifier: Apache-2.0

import CommandLineKit
import Dashboard
import HTTPServing
import JSON
import Modules
import Program
import Telemetry
import WatchRecords

extension Command {
    /// The helper that serves the dashboard; `arpguard` runs it.
    static let dashboardHelper = Command.dashboard(
        "arpguard-dashboard", flags: Flag.common, action: serveDashboard)
}

// A function and not a closure, which would belong to the main actor.
private func serveDashboard(_ invocation: Invocation) throws(CommandFailure) -> ExitStatus {
    // First of all, so that every thread started later leaves the signals to this one.
    let signals = try blockedSignals()
    try checkWayIn(invocation)
    let context = try ProgramContext(invocation)
    _ = TelemetrySetup.settled(context, invocation)
    let (server, dashboard) = try start(context, invocation)
    defer { server.stop() }
    var wayIn = WayInFile(context)
    defer { wayIn.remove() }
    try wayIn.write(dashboard.wayInDocument)
    try report(url: server.url("/"), code: dashboard.code, file: wayIn.path, to: invocation)
    if !invocation.command.isOn(.noBrowser) { try openBrowser(wayIn, invocation) }
    do throws(SystemError) {
        _ = try signals.wait()
    } catch {
        throw CommandFailure(signals: error)
    }
    return .success
}

/// Nobody can use pages to which there is no way.
private func checkWayIn(_ invocation: Invocation) throws(CommandFailure) {
    guard invocation.output.isQuiet, invocation.command.isOn(.noBrowser) else { return }
    throw CommandFailure(
        "--quiet prints neither address nor code, and --no-browser opens none",
        hint: "leave one of them out", status: .usage)
}

/// Takes the port first: where it is taken, nobody waits for figures.
private func start(
    _ context: ProgramContext, _ invocation: Invocation
) throws(CommandFailure) -> (HTTPServer, Dashboard) {
    let port = invocation.command.integer(.dashboardPort).map { UInt16(clamping: $0) } ?? 0
    do {
        let socket = try ListenSocket(.loopback(port: port))
        let dashboard = Dashboard(
            port: try socket.boundAddress().port, random: SystemRandom(), clock: SystemClock(),
            control: { TelemetrySetup(context, invocation).control() },
            elsewhere: { TelemetrySetup(context, invocation).erasuresElsewhere() },
            surroundings: { surroundings(context, TelemetrySetup(context, invocation)) },
            addressing: { context.home.addressing($0) })
        try dashboard.warmUp()
        let server = try HTTPServer(
            on: socket, limits: DashboardLimits.http, handler: dashboard)
        return (server, dashboard)
    } catch let error as HTTPServerError {
        let hint =
            error.code == .addressInUse
            ? "leave out --port to take a free one" : "choose another port with --port"
        throw CommandFailure(error.description, hint: hint)
    } catch {
        throw CommandFailure(telemetry: error)
    }
}

/// What is to be seen of the home's watch, where one that can't be read shows none, and of uploads.
private func surroundings(_ context: ProgramContext, _ setup: TelemetrySetup) -> Surroundings {
    let watch = WatchStateFile(home: context.home.path, files: context.files)
    let locks = setup.falseLocks
    var surroundings = Surroundings(
        isWatched: (try? watch.isRunning()) ?? false,
        isService: context.home.path == Home.servicePath,
        hold: watch.uploadHold(at: SystemClock().now())?.reason,
        lockFault: (locks.home ?? locks.folder)?.description,
        uploaders: ProcessTable.named(setup.uploaders))
    surroundings.erasureFaults = locks.keepingErasures.map(\.description)
    surroundings.areAllErasuresKept = locks.areAllErasing
    surroundings.erasuresDue = locks.areAllErasing ? nil : setup.erasuresDue
    return surroundings
}

private func blockedSignals() throws(CommandFailure) -> TerminationSignals {
    do throws(SystemError) {
        return try TerminationSignals()
    } catch {
        throw CommandFailure(signals: error)
    }
}

private func report(
    url: String, code: String, file: String, to invocation: Invocation
) throws(CommandFailure) {
    let lines: [(name: String, value: StyledText)] = [
        ("dashboard", StyledText(url, .bold)), ("code", StyledText(code)),
        ("file", StyledText(file)),
    ]
    invocation.output.render(
        Report(
            text: [.table(Table(pairs: lines))],
            json: .lines([
                ["url": .string(url), "code": .string(code), "file": .string(file)]
            ])))
    try invocation.output.deliverVital()
    invocation.diagnostics.notice("Ctrl-C ends it")
}

private func openBrowser(
    _ file: WayInFile, _ invocation: Invocation
) throws(CommandFailure) {
    guard !Browser(invocation.environment).open(file.path) else { return }
    guard !invocation.output.isQuiet else {
        throw CommandFailure(
            "no browser could be opened", hint: "leave out --quiet to see address and code")
    }
    invocation.diagnostics.notice(
        "no browser could be opened: open the file in one, or go to the address and type the "
            + "code")
}
