// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Modules
import Telemetry
import TelemetryUpload
import TestKit

extension World {
    /// Lets an action happen. Throws what the product throws.
    func perform(_ action: Action) throws {
        switch action {
        case .advance: clock.advance(by: .seconds(draw.one(of: [1, 60, 3600, 30_000, 90_000])))
        case .jumpClock: jumpClock()
        case .startProgram: if programs.count < 4 { start() }
        case .track: track(undeclared: false)
        case .trackUndeclared: track(undeclared: true)
        case .flush: anyProgram?.module.flush()
        case .stopProgram: takeProgram()?.module.shutdown(within: 60_000)
        case .killProgram: _ = takeProgram()
        case .enable: try enable()
        case .disable: try disable()
        case .deleteData: try deleteData()
        case .rotateIdentifier: try rotate()
        case .preview: try preview()
        case .status: try status()
        case .review: try review()
        case .upload: try upload()
        case .changeURL, .changeAnonymising, .changeReview, .forbidInFile: configure(action)
        case .upgradeCatalogue: version = 2
        case .changeWeather: weather = draw.one(of: Weather.allCases)
        case .restartCollector: (collector, storage) = (nil, nil)
        case .losePower: losePower()
        case .damageFile: try damageFile()
        }
    }

    private var anyProgram: Program? { programs.isEmpty ? nil : draw.one(of: programs) }

    private func takeProgram() -> Program? {
        programs.isEmpty ? nil : programs.remove(at: draw.below(programs.count))
    }

    private func configure(_ action: Action) {
        switch action {
        case .changeURL: config.uploadURL = draw.one(of: Ground.urls)
        case .changeAnonymising: config.anonymizeData.toggle()
        case .changeReview:
            config.uploadReview = config.uploadReview == .manual ? .automatic : .manual
        default: config.enabled = config.enabled == nil ? false : nil
        }
    }

    private func jumpClock() {
        hasJumped = true
        let days = draw.one(of: [-400, -2, -1, 1, 2, 400])
        clock.jump(to: clock.now().advanced(bySeconds: Int64(days) * 86_400))
        // Retention may take what is suddenly old; it counts it, under a day that was never seen.
        if abs(days) > 2 { model.loseCount() }
    }

    // MARK: - Recording

    private func track(undeclared: Bool) {
        guard let program = anyProgram else { return }
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
            guard accepts(program, number, properties) else { continue }
            if model.yes == nil || program.config.enabled == false {
                broke(.consent, "event \(number) was recorded without a yes")
            }
            model.accept(number, extra: program.version == 2)
        }
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
        let control = control()
        try control.enable(control.terms)
        model.agree(
            Model.Yes(
                origin: config.uploadEndpoint?.origin, isAnonymous: config.anonymizeData,
                version: version))
    }

    private func disable() throws {
        try control().disable()
        model.withdraw()
    }

    private func deleteData() throws {
        _ = try control().deleteData()
        model.delete()
        try expectNothingLeft()
    }

    private func rotate() throws {}

    private func preview() throws {
        guard case .sealed(let batch, _) = try control().preview() else { return }
        if let violation = observer.showed(batch.uid, batch.sha256) { violations.append(violation) }
    }

    private func status() throws {
        let status = try control().status()
        if status.isEnabled, model.yes == nil || config.enabled == false {
            broke(.consent, "status says on, and nobody agreed")
        }
        if let problem = status.storeProblem, !disk.wasMet, !isDamaged {
            broke(.progress, "status can't read the store: \(problem)")
        }
        if !disk.wasMet { try audit() }
    }

    private func review() throws {
        let control = control()
        guard control.causes(blocking: .sending).isEmpty else { return }
        let batches = try control.reviewable()
        guard !batches.isEmpty else { return }
        let batch = draw.one(of: batches)
        switch draw.below(6) {
        case 0:
            try control.withhold(batch.uid)
            observer.withdraw(batch.uid)
        case 1:
            _ = try control.drop(.events([1]), from: batch.uid)
            observer.withdraw(batch.uid)
        default:
            // Before it is done: a fault in between leaves open whether it was.
            observer.release(batch.uid)
            try control.release(batch.uid)
        }
    }

    private func upload() throws {
        guard let outbox = try control().outbox() else {
            return broke(.progress, "nobody else uploads, and the lock is taken")
        }
        let round = UploadRound(
            outbox: outbox, clock: clock, random: draw.source, makeTransport: network)
        _ = try round.run()
    }

    // MARK: - The machine

    private func losePower() {
        // Nothing of what the programs still do reaches the disk.
        disk.plan(.death, afterWrites: 0)
        programs = []
        (collector, storage) = (nil, nil)
        disk.clear()
        let lost = disk.losePower(seed: draw.word())
        log.append("  \(lost) writes lost")
        try? seams.files.remove(directory.store + "-shm")
        for name in (try? seams.files.names(in: directory.journals)) ?? [] {
            try? losePages("\(directory.journals)/\(name)")
        }
        model.loseCount()
    }

    private func damageFile() throws {
        let names = try folder.contents().filter { $0.hasPrefix("home/telemetry/") }
        let files = names.filter {
            !$0.hasSuffix("lock") && !$0.hasSuffix("-shm") && !$0.hasSuffix("/journal")
        }
        guard !files.isEmpty else { return }
        let name = draw.one(of: files)
        log.append("  \(name)")
        isDamaged = true
        model.loseCount()
        try damage(folder.file(name))
    }
}
