// SPDX-License-Identifier: Apache-2.0

import Telemetry

/// One run, decided by its seed.
package struct Simulation {
    /// Steps of a run.
    package static let steps = 200

    /// What a run did.
    package struct Report: Sendable {
        /// The seed that decides all of it.
        package let seed: UInt64
        /// The first promise that did not hold.
        package var violation: Violation?
        /// How often each action was done.
        package var actions: [Action: Int] = [:]
        /// How often each fault was met.
        package var faults: [SimulatedDisk.Fault: Int] = [:]
        /// How often each weather was met.
        package var weathers = Weathers()
        /// How often each change came while a batch was on its way.
        package var meanwhile: [Meanwhile: Int] = [:]
        /// How many requests left.
        package var requests = 0
        /// How many events were accepted.
        package var events = 0
        /// What happened, step by step, up to the first promise that does not hold.
        package var log: [String] = []
    }

    private let world: World
    private var report: Report

    private init(seed: UInt64) throws {
        world = try World(seed: seed)
        report = Report(seed: seed)
    }

    /// Runs one seed to its end, or to the first promise that does not hold.
    package static func run(seed: UInt64) throws -> Report {
        var simulation = try Simulation(seed: seed)
        simulation.run()
        simulation.report.log = simulation.world.log
        return simulation.report
    }

    private mutating func run() {
        if world.draw.chance(80) { _ = try? world.perform(.enable) }
        world.start()
        for step in 0..<Self.steps {
            let action = world.draw.weighted(Action.allCases.map { ($0, $0.weight) })
            world.log.append("\(step) \(action.rawValue)")
            do {
                try self.step(action)
                if action.isProcess { try world.auditIdentity() }
                try world.auditOften(after: action)
            } catch { world.refused(action, error) }
            if finish() { return }
        }
        world.log.append("calm")
        do { try world.calmDown() } catch {
            world.broke(.progress, "at the end: \(error)")
        }
        _ = finish()
    }

    private mutating func finish() -> Bool {
        report.weathers = world.weathers
        report.meanwhile = world.meanwhiles
        report.requests = world.observer.requests
        report.events = world.model.events.count
        report.violation = world.violations.first
        return report.violation != nil
    }

    /// One action, with a fault on its way once in a while.
    private mutating func step(_ action: Action) throws {
        let fault = action.isProcess && world.draw.chance(15) ? plannedFault() : nil
        world.isFaultPlanned = fault != nil
        defer {
            world.isFaultPlanned = false
            world.disk.clear()
        }
        do {
            if try world.perform(action) { report.actions[action, default: 0] += 1 }
            if let fault, world.disk.wasMet { met(fault, action) }
        } catch {
            guard let fault, world.disk.wasMet else { throw error }
            world.log.append("  failed: \(error)")
            met(fault, action)
        }
    }

    private func plannedFault() -> SimulatedDisk.Fault {
        let fault = world.draw.one(of: SimulatedDisk.Fault.allCases)
        world.disk.plan(fault, afterWrites: world.draw.below(40))
        return fault
    }

    private mutating func met(_ fault: SimulatedDisk.Fault, _ action: Action) {
        report.faults[fault, default: 0] += 1
        world.log.append("  met: \(fault)")
        if fault == .death, action == .flush || action == .stopProgram {
            world.programs = []
        }
        world.disk.clear()
        world.recover(from: action)
    }
}
