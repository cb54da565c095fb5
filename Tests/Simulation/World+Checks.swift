// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Telemetry
import TestKit

extension World {
    /// Overwrites some bytes in the middle of a file, in place, as a failing disk does.
    func damage(_ path: String) {
        guard let file = disk.file(path), file.count > 0 else { return }
        for _ in 0..<draw.within(1...8) {
            let bytes = (0..<draw.within(1...32)).map { _ in
                UInt8(truncatingIfNeeded: draw.word())
            }
            let place = draw.below(file.count)
            let count = min(bytes.count, file.count - place)
            // There the store says which program wrote it: damage looks like a newer one.
            if path == directory.store, (60 - count..<64).contains(place) { continue }
            file.overwrite(bytes.prefix(count), at: place)
        }
    }

    /// Some pages of a mapped file never reached the disk: they read as zeros.
    func losePages(_ path: String) {
        let page = 4096
        guard let file = disk.file(path) else { return }
        let zeros = [UInt8](repeating: 0, count: page)
        let lost = draw.one(of: [0, 0, 1, 5])
        for index in 0..<file.count / page where draw.below(10) < lost {
            file.overwrite(zeros, at: index * page)
        }
    }

    /// What is agreed to by what stands in the home; nil without a yes.
    private var standing: ConsentTerms? {
        let control = control()
        let causes: Set<Cause> = [.notAsked, .withdrawn, .stateUnreadable, .copiedHome]
        let isOff = !causes.isDisjoint(with: control.causes(blocking: .recording))
        return isOff ? nil : control.agreedTerms
    }

    /// After a change that was cut short: whatever the gate says now is what was decided.
    private func learn(from action: Action) {
        guard let terms = standing else { return model.learn(nil) }
        if model.yes == nil, action != .enable {
            broke(.consent, "a yes stands after \(action), and nobody gave it")
        }
        model.learn(
            Model.Yes(
                origin: terms.origin, isAnonymous: terms.anonymizeData,
                version: terms.properties.contains("tick.extra") ? 2 : 1))
    }

    /// Goes on after a fault was met in the middle of an action.
    func recover(from action: Action) {
        if action == .upload {
            mayHaveBegun = true
            patience = nil
        }
        if isDamaged {
            // A yes that was cut short may stand there as well, to more than the one before. Where
            // none can be read, a program that runs goes on by the one that it read.
            if action == .enable, standing != nil { learn(from: action) }
            return
        }
        switch action {
        case .enable, .disable, .rotateIdentifier: learn(from: action)
        case .deleteData:
            learn(from: action)
            model.loseCount()
        // Whoever comes next finishes what was cut short, and may be cut short at that.
        default: if (try? isChangePending) ?? true { learn(from: action) }
        }
    }

    /// An action failed though no fault was planned.
    func refused(_ action: Action, _ error: any Error) {
        log.append("  refused: \(error)")
        if isDamaged { return model.loseCount() }
        if action == .enable, config.enabled == false { return }
        broke(.progress, "\(action) failed without a fault: \(error)")
    }

    /// Without faults, in fine weather, what is recorded now arrives.
    func calmDown() throws {
        programs = []
        if policyStands { changePolicy() }
        (weather, config.enabled, config.uploadReview) = (.fine, nil, .automatic)
        (environment, isCalm) = ([:], true)
        (config.uploadURL, config.anonymizeData) = (Ground.urls[0], false)
        let control = control()
        try control.disable()
        model.withdraw()
        try control.enable(control.terms)
        model.agree(
            Model.Yes(
                origin: config.uploadEndpoint?.origin, isAnonymous: false, version: version))
        // What is recorded first may go aside with a store whose damage shows only then.
        var attempts = isDamaged ? 2 : 1
        while attempts > 0, try !arrives(recordSome()) { attempts -= 1 }
        if attempts == 0 { broke(.progress, "nothing arrives: \(try control.status().json)") }
        guard violations.isEmpty else { return }
        try audit()
        try auditCollector()
    }

    /// Records three events and ends the program; their numbers.
    private func recordSome() throws -> [Int] {
        start()
        let numbers = (0..<3).map { _ in model.newNumber() }
        for number in numbers {
            guard accepts(programs[0], number, ["number": PropertyValue(number)]) else {
                broke(.progress, "event \(number) is not recorded: \(programs[0].module.status)")
                continue
            }
            model.accept(number, extra: false)
        }
        programs.removeLast().module.shutdown(within: 60_000)
        return numbers
    }

    private var arrived: Set<Int> { Set(observer.taken.values.flatMap(\.numbers)) }

    /// Uploads for some days; whether events arrive.
    private func arrives(_ numbers: [Int]) throws -> Bool {
        for _ in 0..<8 {
            // The round that meets damage sets the store aside; the next one works.
            do { _ = try perform(.upload) } catch  where isDamaged { log.append("  \(error)") }
            if arrived.isSuperset(of: numbers) { return true }
            clock.advance(by: .seconds(90_000))
        }
        return false
    }
}
