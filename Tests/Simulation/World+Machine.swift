// SPDX-License-Identifier: Apache-2.0

import Modules
@testable import Telemetry
import TestKit

/// What happens to the machine, and who looks after it.
extension World {
    /// Environments in which a person or a program says no.
    static let noes = [["DO_NOT_TRACK": "1"], ["SIMULATED_TELEMETRY": "off"]]
    static let policyPath = "/policy.json"
    static let machineIDPath = "/machine-id"

    func jumpClock() {
        hasJumped = true
        patience = nil
        let days = draw.one(of: [-400, -2, -1, 1, 2, 400])
        clock.jump(to: clock.now().advanced(bySeconds: Int64(days) * 86_400))
        // Retention may take what is suddenly old; it counts it, under a day that was never seen.
        if abs(days) > 2 { model.loseCount() }
    }

    func losePower() {
        // Nothing of what the programs still do reaches the disk.
        disk.plan(.death, afterWrites: 0)
        programs = []
        (collector, storage) = (nil, nil)
        disk.clear()
        let lost = disk.losePower(seed: draw.word())
        log.append("  \(lost) writes lost")
        try? files.remove(directory.store + "-shm")
        for name in (try? files.names(in: directory.journals)) ?? [] {
            losePages("\(directory.journals)/\(name)")
        }
        model.loseCount()
    }

    func damageFile() -> Bool {
        let files = homeFiles.filter { !$0.hasSuffix("lock") && !$0.hasSuffix("-shm") }
        guard !files.isEmpty else { return false }
        let path = draw.one(of: files)
        log.append("  \(path)")
        isDamaged = true
        model.loseCount()
        damage(path)
        return true
    }

    /// Power goes in the middle of an upload: nothing more of it reaches the disk.
    private func failPower() {
        powerFails = true
        disk.plan(.death, afterWrites: 0)
    }

    /// The machine starts again after that.
    func powerIsBack() {
        powerFails = false
        losePower()
        recover(from: .upload)
    }

    /// All of the home goes on on another machine, where no program of this one runs. What the old
    /// machine sent is that one's affair.
    func copyHome() throws -> Bool {
        guard draw.chance(40), try !isChangePending else { return false }
        programs = []
        machine += 1
        disk.replace(Self.machineIDPath, with: Array("machine-\(machine)\n".utf8))
        model.withdraw()
        identifiers.abandon()
        return true
    }

    var policyStands: Bool { disk.file(Self.policyPath) != nil }

    /// The administrator says no, or says it no more.
    func changePolicy() {
        policyChanges += 1
        if policyStands {
            _ = disk.remove(Self.policyPath)
        } else {
            let text = draw.one(of: [#"{"telemetry": "deny"}"#, "{", ""])
            disk.replace(Self.policyPath, with: Array(text.utf8))
        }
    }

    /// A person or a program says no in the environment of what begins now, or says it no more.
    func changeEnvironment() { environment = environment.isEmpty ? draw.one(of: Self.noes) : [:] }

    /// Such a no is seldom said, and soon taken back: under it little happens.
    func reconsider(_ change: (World) -> Void) -> Bool {
        let wasForbidden = policyStands || !environment.isEmpty
        guard wasForbidden || draw.chance(20) else { return false }
        if wasForbidden {
            if policyStands { changePolicy() }
            environment = [:]
        } else {
            change(self)
        }
        return true
    }

    /// Whether a command of now meets a no that is not the person's.
    var isForbidden: Bool { config.enabled == false || policyStands || !environment.isEmpty }

    /// Whether a program began under such a no, and it stands.
    func isMute(_ program: Program) -> Bool {
        program.config.enabled == false || !program.environment.isEmpty
            || program.startedUnderPolicy == policyChanges && policyStands
    }

    /// Once in a while something happens while a batch is on its way: the request has left, and its
    /// answer is not here.
    func meanwhile() {
        guard !isFaultPlanned, !isDamaged, !powerFails, !isCalm, draw.chance(12) else { return }
        let change = draw.one(of: Meanwhile.allCases)
        log.append("  meanwhile: \(change)")
        meanwhiles[change, default: 0] += 1
        do {
            switch change {
            case .disable: _ = try disable()
            case .deleteData: _ = try deleteData()
            case .rotateIdentifier: _ = try rotate()
            case .policy: changePolicy()
            case .losePower: return failPower()
            }
            try auditIdentity()
        } catch {
            broke(.progress, "\(change) failed while a batch was on its way: \(error)")
        }
    }
}
