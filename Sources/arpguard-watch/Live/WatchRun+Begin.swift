// SPDX-License-Identifier: Apache-2.0

import Capture
import CommandLineKit
import Detection
import Modules
import Program
import Telemetry
import WatchRecords

extension WatchRun {
    /// Sets detection up, lets the children begin, and says what is watched, and how.
    func begin() throws(CommandFailure) {
        let diagnostics = invocation.diagnostics
        tellConfiguration()
        try telling { try ModuleGroup([module], logger: setup.seams.logger).start() }
        let all = NetworkInterface.all()
        let stored = keeper.load()
        for interface in interfaces {
            try begin(interface, all, stored.filter { $0.interface == interface.name })
        }
        for interface in interfaces {
            try WatchOpening.awaitAnswer(
                interface, all, by: clock, onAlert: { give($0, on: interface.name) },
                until: { $0.level != nil })
            tellSandbox(of: interface)
        }
        telemetry.look(totals)
        telemetry.started(settings: configuration.fingerprints)
        let causes = module.words.list(module.blockedBy)
        diagnostics.notice(causes.isEmpty ? "telemetry is on" : "telemetry is off: \(causes)")
        outputs.probe()
        noteCarriers(all)
        writeState()
    }

    /// Root's configuration is another than a person's own: which one holds is said first.
    private func tellConfiguration() {
        let path = home.abbreviated(home.configurationPath)
        let isThere = (try? setup.seams.files.status(of: home.configurationPath)) != nil
        let diagnostics = invocation.diagnostics
        diagnostics.notice(
            "configuration: \(path)" + (isThere ? "" : ", which is not there: defaults hold"))
        if let fault = setup.fault { diagnostics.error(fault.told, hint: fault.hint) }
    }

    private func begin(
        _ interface: WatchedInterface, _ all: [NetworkInterface], _ stored: [StoredBinding]
    ) throws(CommandFailure) {
        let tables = NeighbourTables(files: setup.seams.files)
        let detection = try detectorConfiguration(
            configuration, for: interface.name, all, tables.routes())
        let gateway = detection.gateway
        gateways[interface.name] = gateway
        let neighbours = tables.neighbours().filter { $0.interface == interface.name }
        let expected = (expectedBindings(stored, gateway) + kernelBinding(of: gateway, neighbours))
            .filter { !detection.contradicts($0.pair) }
        let own = all.ownPair(of: interface.name)
        interface.judge(with: detection, from: clock.now, own: own, knowing: expected)
        var question = GatewayQuestion.none
        if let gateway {
            let isPassive =
                invocation.command.isOn(.passive) || configuration.watch.isPassive
            if let own, !isPassive, own.ip != gateway {
                question = .ask(for: gateway)
            }
            checks[interface.name] = GatewayCheck(
                gateway: gateway, asker: question == .none ? nil : own?.mac,
                declared: detection.staticBindings[gateway],
                kernel: neighbours.first { $0.pair.ip == gateway }?.pair.mac,
                stored: stored.lazy.compactMap(\.known).first { $0.pair.ip == gateway }?.pair.mac)
            interface.onPacket = { [unowned self] in checks[interface.name]?.take($0) }
        }
        tellLearning(interface.name, gateway, expected.count)
        do throws(SystemError) {
            try interface.begin(question)
        } catch {
            throw WatchOpening.failure(.lost("\(error)"), of: interface.name, all)
        }
    }

    /// What the configuration, the command line and the kernel's routes say for one interface.
    func detectorConfiguration(
        _ configuration: Configuration, for interface: String, _ all: [NetworkInterface],
        _ routes: [DefaultRoute]
    ) throws(CommandFailure) -> DetectorConfiguration {
        var detection = try Command.detectorConfiguration(configuration.detection, invocation)
        if detection.gateway == nil {
            detection.gateway = routes.first { $0.interface == interface }?.gateway
        }
        detection.ownStations = Set(
            all.map { MACAddress(bits: $0.hardware) }.filter(\.isUnicast))
        detection.reportsNotices = configuration.output.severityMin == "info"
        detection.tableSeed = setup.seams.random.uniform(below: .max)
        return detection
    }

    /// What a watch before this one knew and what can still be expected.
    private func expectedBindings(
        _ stored: [StoredBinding], _ gateway: IPv4Address?
    ) -> [KnownBinding] {
        let oldest =
            setup.seams.clock.now().nanoseconds - WatchRecordKeeper.expectedNanoseconds
        return stored.compactMap(\.known).filter {
            $0.lastSeen >= oldest || $0.pair.ip == gateway
        }
    }

    private func kernelBinding(
        of gateway: IPv4Address?, _ neighbours: [Neighbour]
    ) -> [KnownBinding] {
        let now = setup.seams.clock.now().nanoseconds
        return neighbours.filter { $0.pair.ip == gateway }.map {
            KnownBinding(pair: $0.pair, lastSeen: now)
        }
    }

    private func tellLearning(_ interface: String, _ gateway: IPv4Address?, _ count: Int) {
        let diagnostics = invocation.diagnostics
        let router = gateway.map { ", gateway \($0)" } ?? ", gateway not known"
        diagnostics.notice("watching \(interface)\(router)")
        diagnostics.notice(
            count == 0
                ? "\(interface): learning, since nothing is known from before: a change of owner "
                    + "is seen once the first owner was heard, mostly within a minute"
                : "\(interface): \(count) known from before; others are learnt as they are heard")
    }

    private func tellSandbox(of interface: WatchedInterface) {
        guard let level = interface.level, let filter = interface.filter else { return }
        let diagnostics = invocation.diagnostics
        diagnostics.notice(
            "\(interface.name): reads \(filter) in process \(interface.processNumber): \(level)")
        guard !level.isWhole else { return }
        diagnostics.warning(
            "the process that reads \(interface.name) is not shut in as far as it could be",
            hint: "a kernel with seccomp and landlock can do more")
    }
}

extension Configuration {
    /// Each setting as a text that changes with it, by the name under which telemetry knows it.
    var fingerprints: [String: String] {
        var texts = detection.fingerprints
        texts["watch.interfaces"] = watch.interfaces.joined(separator: ",")
        texts["watch.passive"] = "\(watch.isPassive)"
        texts["watch.promiscuous"] = "\(watch.isPromiscuous)"
        texts["watch.ring_mib"] = "\(watch.ringMiB)"
        texts["output.severity_min"] = output.severityMin
        texts["output.eve_path"] = output.evePath ?? ""
        texts["output.log"] = output.log
        texts["output.command"] = output.command.joined(separator: "\n")
        texts["output.command_severity_min"] = output.commandSeverityMin
        texts["output.command_per_minute_max"] = "\(output.commandPerMinuteMax)"
        texts["output.command_seconds_max"] = "\(output.commandSecondsMax)"
        return texts
    }
}
