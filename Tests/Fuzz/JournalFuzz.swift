// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Glibc
import Modules
import SQLite
import Simulation
import Telemetry

/// A sound journal of a process that was killed, overwritten at some places, then adopted, in a
/// home in memory.
///
/// Three bytes say where, one how many bytes follow.
enum JournalFuzz {
    private static let home = "/home"
    private static let disk = SimulatedDisk()
    private static let files = SimulatedFiles(on: disk, owner: getuid())
    private static let sound = makeSound()

    static func feed(_ bytes: [UInt8]) {
        var journal = sound
        var rest = bytes[...]
        while rest.count > 4 {
            let head = Array(rest.prefix(4)).map { Int($0) }
            let place = (head[0] | head[1] << 8 | head[2] << 16) % journal.count
            let patch = rest.dropFirst(4).prefix(head[3])
            for (index, byte) in patch.enumerated() where place + index < journal.count {
                journal[place + index] = byte
            }
            rest = rest.dropFirst(4 + patch.count)
        }
        do {
            try files.replace("\(home)/telemetry/journal/1-1.journal", with: journal)
            _ = try control.status()
        } catch { preconditionFailure("no status: \(error)") }
    }

    private static var seams: TelemetrySeams {
        TelemetrySeams(
            environment: [:], userID: getuid(), logger: Logger(program: "fuzz") { _ in },
            files: files, machineIDPath: "\(home)/none", policyPath: "\(home)/none",
            openDatabase: { path, mode throws(SQLiteError) in try disk.open(path, mode) })
    }

    private static let control = TelemetryControl(
        for: Product("fuzz", version: "1.0"), config: TelemetryModuleConfig(), home: home,
        seams: seams)

    /// Records some events and keeps the journal as it was before it was moved to the store.
    private static func makeSound() -> [UInt8] {
        do {
            try control.enable(control.terms)
            let module = TelemetryModule(
                for: Product("fuzz", version: "1.0"), config: TelemetryModuleConfig(),
                home: home, seams: seams)
            module.initialize(flushMilliseconds: nil)
            for index in 0..<50 {
                module.trackEvent(
                    "feature_usage",
                    ["feature": "replay", "duration_ms": PropertyValue(index)])
            }
            let folder = "\(home)/telemetry/journal"
            let name = try files.names(in: folder).first { $0.hasSuffix(".journal") }
            let bytes = try files.read("\(folder)/\(name ?? "")", bytesMax: 4 << 20)
            module.shutdown(within: 60_000)
            return bytes
        } catch {
            preconditionFailure("no home to fuzz in: \(error)")
        }
    }
}
