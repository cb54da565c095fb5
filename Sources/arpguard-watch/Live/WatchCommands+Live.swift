// SPDX-License-Identifier: Apache-2.0

import AlertOutput
import Capture
import CommandLineKit
import JSON
import Modules
import Program

extension Command {
    /// Opens the interfaces with whatever rights there are, gives the rights up, and watches.
    @Sendable static func runWatch(_ invocation: Invocation) throws(CommandFailure) -> ExitStatus {
        let signals: SignalDescriptor
        do throws(SystemError) {
            signals = try SignalDescriptor(reloads: true)
        } catch {
            throw CommandFailure(signals: error)
        }
        let names = invocation.command.strings(.interface)
        for name in names where !WatchSettings.isInterface(name) {
            throw CommandFailure(
                "'\(name)' is no name of an interface",
                hint: CommandFailure.watchable(NetworkInterface.all()), status: .usage)
        }
        // Before anything is opened, and told.
        _ = try namedGateway(invocation)
        let home = try ProgramContext.home(invocation)
        let account = try ServiceAccount.of(home, RealFileSystem())
        let settings = try account.acting { () throws(CommandFailure) in
            try ProgramContext(at: home).configurationFile.load().watch
        }
        let all = NetworkInterface.all()
        let plan = try WatchPlan(
            named: names, settings,
            routes: NeighbourTables(files: RealFileSystem()).routes(), interfaces: all)
        if plan.isDefault {
            let interface = plan.options.map(\.interface).joined()
            invocation.diagnostics.notice("the default route goes through \(interface)")
        }
        let interfaces = try WatchOpening.open(plan, all)
        try account.become()
        if account == .powerlessRoot {
            invocation.diagnostics.notice(
                "root owns the home, so this process stays user 0, with all capabilities given up"
            )
        }
        return watch(invocation, home, interfaces, signals)
    }

    /// Watches with messages that wait for nobody, and says how it ended. Not before the rights
    /// are given up: the thread of the messages would keep them.
    private static func watch(
        _ invocation: Invocation, _ home: Home, _ interfaces: [WatchedInterface],
        _ signals: SignalDescriptor
    ) -> ExitStatus {
        let (diagnostics, messages) = invocation.diagnostics.queued()
        defer { messages.finish(within: Int(WatchRun.finishMilliseconds)) }
        do throws(CommandFailure) {
            return try WatchRun(invocation.telling(by: diagnostics), home, interfaces, signals)
                .run()
        } catch {
            diagnostics.error(error)
            return error.status
        }
    }

    private static let waysHint = "arpguard config show output lists the ways and where they lead"

    /// Sends one marked alert by every way of the configuration, and tells which failed.
    @Sendable static func runTestAlert(
        _ invocation: Invocation
    ) throws(CommandFailure) -> ExitStatus {
        let home = try ProgramContext.home(invocation)
        try ServiceAccount.of(home, RealFileSystem()).become()
        let context = try ProgramContext(at: home)
        let configuration = context.configurationFile.load()
        if let fault = configuration.fault { throw fault.failure }
        return try TelemetrySetup(context, invocation).measure("test_alert") {
            () throws(CommandFailure) in send(by: configuration.output, invocation)
        }
    }

    private static func send(
        by output: OutputSettings, _ invocation: Invocation
    ) -> ExitStatus {
        let diagnostics = invocation.diagnostics
        let outputs = ConfiguredOutputs(
            output, printingTo: invocation.output, gravityMin: .info
        ) { diagnostics.error("the test alert could not be sent: \($0)", hint: waysHint) }
        outputs.send(TestAlert.message(at: SystemClock().now()))
        let patience = output.commandSecondsMax * 1_000 + WatchRun.finishMilliseconds
        let late = outputs.lanes.finish(within: patience)
        for name in late { diagnostics.error("\(name) was not done in time", hint: waysHint) }
        let arrived = outputs.lanes.filter { $0.counts.delivered == 1 }.map(\.name)
        // Of each that did not arrive it was said already.
        if !arrived.isEmpty {
            diagnostics.notice("sent by: \(arrived.joined(separator: ", "))")
        }
        return arrived.count == outputs.lanes.count ? .success : .failure
    }
}

/// An alert that says of itself that it is none.
enum TestAlert {
    static func message(at time: Timestamp) -> AlertMessage {
        let sentence = "This is a test alert of arpguard; nothing is wrong"
        let eve: JSONValue = [
            "timestamp": .string(time.eve),
            "event_type": "alert",
            "alert": [
                "signature": .string(sentence), "category": "Test", "severity": 3,
            ],
            "arpguard": [
                "rule": "test", "severity": "low", "test": true, "explanation": .string(sentence),
            ],
        ]
        return AlertMessage(
            gravity: .low, summary: "test: \(sentence)",
            text: "\(time.eve)  test  \(sentence)", rule: "test", eve: eve.serialized(.compact))
    }
}
