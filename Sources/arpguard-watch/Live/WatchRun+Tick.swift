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

extension WatchRun {
    /// Looks at the clocks, and does what is due.
    func tick() {
        if let jump = clock.jump() {
            let direction = jump < 0 ? "back" : "forward"
            invocation.diagnostics.warning(
                "the clock was set \(direction) by \(jump.magnitude / 1_000_000_000) seconds",
                hint: "detection goes on by a clock that nobody sets")
        }
        telemetry.look(totals)
        let now = uptime()
        if !checks.isEmpty, now - startedAt >= GatewayCheck.waitNanoseconds { tellGateways() }
        let isContested = isGatewayContested
        if isContested { uploads.stop() }
        if isContested != (state.contestedUntil != nil) { writeState() }
        tellRests(at: now)
        heedForgotten()
        for task in timetable.due(at: now) {
            switch task {
            case .interfaces: lookAtInterfaces()
            case .refusal: heedRefusal()
            case .state: writeState()
            case .drops: tellLosses()
            case .bindings: saveBindings()
            case .upload: uploads.startIfDue(isContested: isContested)
            case .report: telemetry.ran(totals)
            }
        }
    }

    /// Says who is the gateway, once there was time for an answer.
    func tellGateways() {
        for interface in interfaces {
            interface.onPacket = nil
            guard let check = checks.removeValue(forKey: interface.name) else { continue }
            let result = check.result
            let text = "\(interface.name): \(result.text)"
            if let hint = result.hint {
                invocation.diagnostics.warning(text, hint: hint)
            } else {
                invocation.diagnostics.notice(text)
            }
        }
        writeState()
    }

    /// Whether somebody else claims to be the gateway, or did so lately: no time to send through
    /// whoever it is.
    var isGatewayContested: Bool { contestedUntil != nil }

    /// When the last contest of the gateway is long enough ago, on the wall clock; nil once it is.
    private var contestedUntil: Int64? {
        var last: Int64?
        for case let finding? in interfaces.lazy.map(\.lastGatewayFinding) {
            last = max(finding, last ?? finding)
        }
        guard let last, !UploadRunner.isQuiet(since: last, at: clock.now) else { return nil }
        return clock.wall(last + UploadQuiet.nanoseconds)
    }

    func writeState() {
        state.written = setup.seams.clock.now().nanoseconds
        state.contestedUntil = contestedUntil
        state.interfaces = interfaces.map { interface in
            var entry = WatchState.Interface(name: interface.name)
            let gateway = gateways[interface.name]
            entry.gateway = gateway.map { "\($0)" }
            entry.gatewayHardware = gateway.flatMap(interface.owner(of:)).map { "\($0)" }
            entry.isGatewayContested = gateway.map(interface.isContested) ?? false
            entry.frames = Int64(clamping: interface.statistics.frames)
            entry.dropped = Int64(clamping: interface.counts.dropped)
            entry.evicted = Int64(clamping: interface.statistics.evicted)
            entry.hears = gaps.hears(interface.name)
            entry.sandbox = interface.level?.description ?? ""
            return entry
        }
        retired.prune()
        state.outputs = retired.counts(with: outputs).map { name, counts in
            WatchState.Output(
                name: name, delivered: Int64(clamping: counts.delivered),
                failed: Int64(clamping: counts.failed), dropped: Int64(clamping: counts.dropped))
        }
        keeper.write(state)
    }

    func saveBindings() {
        let now = setup.seams.clock.now().nanoseconds
        let all = NetworkInterface.all()
        let bindings = interfaces.flatMap { interface in
            let own = all.ownPair(of: interface.name)
            return interface.settledBindings.filter { !$0.contradicts(own) }.map {
                StoredBinding($0, on: interface.name, seen: now, offset: clock.offset)
            }
        }
        keeper.save(bindings)
    }

    /// Forgets whom a person says to be replaced. A watch goes on as after a signal to read its
    /// configuration, without that owner.
    private func heedForgotten() {
        let addresses = forgetting.news(in: keeper.forgotten)
        guard !addresses.isEmpty else { return }
        for interface in interfaces { interface.forget(addresses) }
        let names = addresses.map { "\($0)" }.sorted().joined(separator: ", ")
        invocation.diagnostics.notice(
            "forgotten, as it was asked for: who had \(names); who is heard to have it next is "
                + "its owner")
        writeState()
    }

    /// Reads the configuration again. Interfaces stay as they are, and so does what is known. A
    /// mistake in the file takes away nothing of what protects the network; telemetry alone is off
    /// until it is mended.
    func reload() {
        let diagnostics = invocation.diagnostics
        do throws(CommandFailure) {
            let context = try ProgramContext(at: home)
            let next = context.configurationFile.load()
            if next.fault == nil { try take(next) } else { outputs.reopen() }
            outputs.probe()
            replaceTelemetry(TelemetrySetup(context, invocation))
            if let fault = next.fault {
                // Where something else keeps telemetry off too, mending would not bring it back.
                let isOffByThis = module.blockedBy == [.configuration]
                diagnostics.error(
                    "the configuration holds as it was"
                        + (isOffByThis ? ", but telemetry is off until it is mended" : "")
                        + ": \(fault.description)", hint: fault.hint)
            } else {
                diagnostics.notice("the configuration was read again")
            }
        } catch {
            diagnostics.error(error)
        }
    }

    /// A configuration that forbids telemetry by now is obeyed without a signal, in that alone.
    /// That it does no more is read with all else.
    private func heedRefusal() {
        guard setup.config.enabled != false, setup.fault == nil,
            let context = try? ProgramContext(at: home)
        else { return }
        let next = TelemetrySetup(context, invocation)
        guard next.config.enabled == false else { return }
        replaceTelemetry(next)
        invocation.diagnostics.notice(
            "telemetry.enabled is false now: nothing more is recorded or sent")
    }

    private func take(_ next: Configuration) throws(CommandFailure) {
        if next.watch != configuration.watch {
            invocation.diagnostics.warning(
                "what the section watch says holds from the next start on")
        }
        let all = NetworkInterface.all()
        let routes = NeighbourTables(files: setup.seams.files).routes()
        var detections: [DetectorConfiguration] = []
        for interface in interfaces {
            detections.append(
                try detectorConfiguration(next, for: interface.name, all, routes))
        }
        replaceOutputs(next.output)
        configuration = next
        for (interface, detection) in zip(interfaces, detections) {
            gateways[interface.name] = detection.gateway
            interface.judge(
                with: detection, from: clock.now, own: all.ownPair(of: interface.name))
        }
    }

    private func replaceOutputs(_ settings: OutputSettings) {
        if settings == configuration.output {
            outputs.reopen()
        } else {
            // What waits in the old ways still leaves, on their own threads.
            retired.add(outputs)
            outputs = Self.outputs(settings, invocation)
        }
    }

    private func replaceTelemetry(_ next: TelemetrySetup) {
        if next.config != setup.config || next.fault != setup.fault {
            // What was watched until now is not recorded any more once the file says no.
            if next.config.enabled != false { telemetry.ran(totals) }
            module.shutdown()
            module = next.module()
            module.initialize()
            telemetry.goOn(with: module)
            telemetry.look(totals)
            uploads.setup = next
            // It has read what was there before.
            uploads.stop()
        }
        setup = next
        module.noteSettings(configuration.fingerprints)
    }

    /// Ends everything within a bound, and prints the totals.
    func finish(_ failure: CommandFailure?) {
        if !checks.isEmpty { tellGateways() }
        tellRests(at: nil)
        tellLastGaps()
        telemetry.ran(totals)
        telemetry.finished(failure == nil ? .signal : .error, totals)
        saveBindings()
        let lanes = retired.lanes + outputs.lanes
        let late = Set(lanes.finish(within: Self.finishMilliseconds))
        for name in late.sorted() {
            invocation.diagnostics.warning("\(name) was not done with the last alerts")
        }
        if late.contains("command") { telemetry.outputFailed() }
        writeState()
        module.shutdown()
        uploads.finish()
        keeper.finish(within: Int(Self.finishMilliseconds))
        outputs.printLast(StyledText(summaryLine), summaryObject, to: invocation.output)
    }
}
