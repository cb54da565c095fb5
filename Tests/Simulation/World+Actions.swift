// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Modules
import Telemetry
import TelemetryUpload
import TestKit

extension World {
    /// Lets an action happen; false if there was nothing to do. Throws what the product throws.
    func perform(_ action: Action) throws -> Bool {
        switch action {
        case .advance: clock.advance(by: .seconds(draw.one(of: [1, 60, 3600, 30_000, 90_000])))
        case .jumpClock: jumpClock()
        case .startProgram: return startAnother()
        case .track: return track(undeclared: false)
        case .trackUndeclared: return track(undeclared: true)
        case .flood: return flood()
        case .flush: return flush()
        case .stopProgram: return stopProgram()
        case .killProgram: return takeProgram() != nil
        case .enable: try enable()
        case .disable: return try disable()
        case .deleteData: return try deleteData()
        case .rotateIdentifier: return try rotate()
        case .preview: return try preview()
        case .status: try status()
        case .review: return try review()
        case .upload: return try upload()
        case .changeURL, .changeErasureURL, .changeAnonymising, .changeReview, .forbidInFile:
            return configure(action)
        case .upgradeCatalogue: return upgrade()
        case .changeWeather: weather = draw.chance(20) ? .fine : draw.one(of: Weather.allCases)
        case .deliverLate: return deliverLate()
        case .forgeErasure: return try forgeErasure()
        case .restartCollector: try restartCollector()
        case .losePower: losePower()
        case .damageFile: return damageFile()
        case .copyHome: return try copyHome()
        case .changePolicy: return reconsider { $0.changePolicy() }
        case .changeEnvironment: return reconsider { $0.changeEnvironment() }
        }
        return true
    }

    private var anyProgram: Program? { programs.isEmpty ? nil : draw.one(of: programs) }

    private func takeProgram() -> Program? {
        programs.isEmpty ? nil : programs.remove(at: draw.below(programs.count))
    }

    private func startAnother() -> Bool {
        guard programs.count < 4 else { return false }
        start()
        return true
    }

    private func flush() -> Bool {
        guard let program = anyProgram else { return false }
        program.module.flush()
        return true
    }

    private func stopProgram() -> Bool {
        guard let program = takeProgram() else { return false }
        program.module.shutdown(within: 60_000)
        return true
    }

    private func configure(_ action: Action) -> Bool {
        let before = config
        switch action {
        case .changeURL: config.uploadURL = draw.one(of: Ground.urls)
        case .changeErasureURL: config.erasureURL = draw.one(of: Ground.erasureURLs)
        case .changeAnonymising: config.anonymizeData.toggle()
        case .changeReview:
            config.uploadReview = config.uploadReview == .manual ? .automatic : .manual
        default: config.enabled = config.enabled == nil ? false : nil
        }
        return config != before
    }

    private func upgrade() -> Bool {
        defer { version = 2 }
        return version == 1
    }

    /// What it took is on its disk.
    private func restartCollector() throws {
        (collector, storage) = (nil, nil)
        try auditCollector()
    }

    // MARK: - Recording

    private func track(undeclared: Bool) -> Bool {
        guard let program = anyProgram else { return false }
        let before = model.events.count
        for _ in 0..<draw.within(1...12) {
            let number = model.newNumber()
            var properties: [String: PropertyValue] = [
                "number": PropertyValue(number), "mark": .string(Ground.mark),
            ]
            if program.version == 2 { properties["extra"] = true }
            if undeclared {
                properties["name"] = .string(draw.one(of: Ground.personal))
                properties["mark"] = .string(draw.one(of: Ground.personal))
            }
            accept(number, from: program, accepts(program, number, properties))
        }
        return model.events.count > before
    }

    /// More than a small home has room for.
    private func flood() -> Bool {
        guard isSmall, let program = anyProgram else { return false }
        let before = model.events.count
        for _ in 0..<10 {
            for _ in 0..<500 {
                let number = model.newNumber()
                let isAccepted = program.module.track(Ground.tick, number, Ground.mark)
                accept(number, from: program, isAccepted)
            }
            program.module.flush()
        }
        return model.events.count > before
    }

    /// A program said whether it recorded an event.
    private func accept(_ number: Int, from program: Program, _ isAccepted: Bool) {
        guard isAccepted else { return }
        if model.yes == nil || isMute(program) {
            broke(.consent, "event \(number) was recorded without a yes")
        }
        model.accept(number, extra: program.version == 2)
    }

    func accepts(
        _ program: Program, _ number: Int, _ properties: [String: PropertyValue]
    ) -> Bool {
        if program.version == 1, properties["name"] == nil, draw.chance(50) {
            return program.module.track(Ground.tick, number, Ground.mark)
        }
        return program.module.trackEvent("tick", properties)
    }

    // MARK: - The person

    private func enable() throws {
        // Whoever wants it on corrects the file first, as the message says; most do.
        if draw.chance(70) { config.enabled = nil }
        let control = control()
        if policyStands { return try enableAgainstPolicy(control) }
        try control.enable(control.terms)
        model.agree(
            Model.Yes(
                origin: config.uploadEndpoint?.origin, isAnonymous: config.anonymizeData,
                version: version))
    }

    /// Nobody can say yes where the administrator says no.
    private func enableAgainstPolicy(_ control: TelemetryControl) throws {
        if config.enabled == false { return }
        do {
            try control.enable(control.terms)
            broke(.consent, "a yes was taken against the administrator's no")
        } catch let error as TelemetryError where error.code == .blocked {}
    }

    func disable() throws -> Bool {
        let before = model.yes
        try control().disable()
        model.withdraw()
        return before != nil
    }

    private func preview() throws -> Bool {
        guard case .sealed(let batch, _) = try control().preview() else { return false }
        if let violation = observer.showed(batch.uid, batch.sha256) { violations.append(violation) }
        return true
    }

    private func status() throws {
        let status = try control().status()
        if status.isEnabled, model.yes == nil || isForbidden {
            broke(.consent, "status says on, and nobody agreed")
        }
        if let problem = status.storeProblem, !disk.wasMet, !isDamaged {
            broke(.progress, "status can't read the store: \(problem)")
        }
        if !disk.wasMet { try audit() }
    }

    private func review() throws -> Bool {
        let control = control()
        guard control.causes(blocking: .sending).isEmpty else { return false }
        let batches = try control.reviewable()
        guard !batches.isEmpty else { return false }
        let batch = draw.one(of: batches)
        do {
            try review(batch.uid, control)
        } catch let error as TelemetryError where error.code == .blocked && isSmall {
            // To seal the batches took room, and the oldest of them gave theirs back.
            return false
        }
        return true
    }

    private func review(_ uid: String, _ control: TelemetryControl) throws {
        switch draw.below(6) {
        case 0:
            try control.withhold(uid)
            observer.withdraw(uid)
        case 1:
            _ = try control.drop(.events([1]), from: uid)
            observer.withdraw(uid)
        default:
            // Before it is done: a fault in between leaves open whether it was.
            observer.release(uid)
            try control.release(uid)
        }
    }

    /// One round; whether anything left.
    private func upload() throws -> Bool {
        let before = observer.requests
        do {
            try sendRound()
        } catch {
            guard powerFails else { throw error }
            log.append("  failed: \(error)")
        }
        if powerFails { powerIsBack() }
        return observer.requests > before
    }

    private func sendRound() throws {
        guard let outbox = try control().outbox() else {
            return broke(.progress, "nobody else uploads, and the lock is taken")
        }
        // What was intended before may have been finished just now.
        try auditIdentity()
        let round = UploadRound(
            outbox: outbox, clock: clock, random: draw.source,
            whileSending: { self.transferring($0, $1) },
            makeTransport: { SimulatedNetwork(of: self) })
        log.append("  \(try round.run().ending)")
    }
}
