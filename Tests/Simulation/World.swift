// SPDX-License-Identifier: Apache-2.0

import Catalogue
@testable import Collector
import Glibc
import Modules
import SQLite
@testable import Telemetry
import TelemetryUpload
import TestKit

/// One machine with a home, its programs and its person, and a collector, all decided by one seed.
///
/// The code that runs is the product's own; clock, randomness, disk and network are not.
// Only the one thread of its simulation touches it; it is Sendable to be seen from the seams.
final class World: @unchecked Sendable {
    /// A program that records, as it was configured at its start.
    struct Program {
        let module: TelemetryModule
        let config: TelemetryModuleConfig
        let version: Int
        let environment: [String: String]
        /// Which change of the administrator's file it began after, if that said no then.
        let startedUnderPolicy: Int?
    }

    /// A command's view of the home, as long as nothing that it was made from changes.
    private struct Kept {
        let control: TelemetryControl
        let config: TelemetryModuleConfig
        let version: Int
        let environment: [String: String]
    }

    let draw: Draw
    let clock = ManualClock()
    let disk = SimulatedDisk()
    let files: SimulatedFiles
    /// Where the collector is.
    let folder: TemporaryDirectory
    private let random: SeededRandom

    var config = TelemetryModuleConfig(uploadURL: Ground.urls[0])
    var version = 1
    var weather = Weather.fine
    var programs: [Program] = []
    var model = Model()
    var observer = Observer()
    var identifiers = Identifiers()
    var weathers = Weathers()
    /// Requests that the network holds back.
    var delayed: [UploadRequest] = []
    var violations: [Violation] = []
    var log: [String] = []
    /// Whether something was broken that may cost events.
    var isDamaged = false
    /// Whether the clock ever jumped: then the collector may have refused days.
    var hasJumped = false
    /// Whether an upload was cut short: what it had begun to send needs no release any more.
    var mayHaveBegun = false
    var collector: IntakeRoutes?
    var storage: (any CollectorStorage)?
    /// What commands and programs that begin now find in their environment.
    var environment: [String: String] = [:]
    /// The number of the machine that the home is on, and of changes of the administrator's file.
    var (machine, policyChanges) = (1, 0)
    /// Whether the next write of a process may meet a fault.
    var isFaultPlanned = false
    /// Whether power goes while an upload is at work.
    var powerFails = false
    var meanwhiles: [Meanwhile: Int] = [:]
    /// Whether nothing happens any more but what has to arrive.
    var isCalm = false
    /// Until when a server asked for patience, and under which yes.
    var patience: (until: Timestamp, generation: Int)?
    private var kept: Kept?
    let consent = ConsentMemory()

    init(seed: UInt64) throws {
        draw = Draw(seed: seed)
        random = SeededRandom(seed: ~seed)
        folder = try TemporaryDirectory(inMemory: true)
        files = SimulatedFiles(on: disk, owner: getuid())
        disk.replace(Self.machineIDPath, with: Array("machine-1\n".utf8))
        weather = draw.one(of: Weather.allCases)
        config.anonymizeData = draw.chance(25)
        if draw.chance(25) { config.uploadReview = .manual }
        if draw.chance(10) { config.storageBytesMax = 1 << 20 }
        config.maxEventsPerBatch = draw.one(of: [1, 3, 10, 100])
        config.compression = draw.one(of: ["gzip", "zstd", "none"])
    }

    /// Whether the home has little room, so that what is old makes some.
    var isSmall: Bool { config.storageBytesMax < 2 << 20 }
    private static let home = "/home"
    var directory: TelemetryDirectory { TelemetryDirectory("\(Self.home)/telemetry") }
    /// The paths of all files of the home, sorted.
    var homeFiles: [String] { disk.paths.filter { $0.hasPrefix(directory.path + "/") } }
    var catalogue: Catalogue { version == 1 ? Ground.first : Ground.second }

    var seams: TelemetrySeams {
        TelemetrySeams(
            environment: environment, userID: getuid(),
            logger: Logger(program: "simulated") { [weak self] line in
                self?.log.append("  said: \(line)")
            },
            clock: clock, random: random, files: files,
            machineIDPath: Self.machineIDPath, policyPath: Self.policyPath,
            openDatabase: { [disk] path, mode throws(SQLiteError) in try disk.open(path, mode) })
    }

    /// What a command of the person works with. It keeps nothing of the home in memory but what
    /// still stands there: the same serves as long as the file of settings does.
    func control() -> TelemetryControl {
        if let kept, kept.config == config, kept.version == version,
            kept.environment == environment
        {
            return kept.control
        }
        let control = TelemetryControl(
            for: Ground.product, catalogue: catalogue, config: config, home: Self.home, seams: seams
        )
        kept = Kept(
            control: control, config: config, version: version, environment: environment)
        return control
    }

    /// Starts a program.
    func start() {
        let module = TelemetryModule(
            for: Ground.product, catalogue: catalogue, config: config, home: Self.home, seams: seams
        )
        // Moves are steps of the simulation; neither the machine's clock nor another thread has a
        // part in it.
        module.initialize(flushMilliseconds: nil)
        programs.append(
            Program(
                module: module, config: config, version: version, environment: environment,
                startedUnderPolicy: policyStands ? policyChanges : nil))
    }

    /// The collector's intake, opened if it is not open.
    func intake() throws -> IntakeRoutes {
        if let collector { return collector }
        let storage = try SQLiteStorage(
            path: folder.file("collector.sqlite"), random: random, fileSystem: RealFileSystem())
        var configuration = CollectorConfiguration(policy: Ground.policy)
        configuration.erasureStepMilliseconds = 0
        // The clock stands still for many steps.
        configuration.erasuresPerMinuteMax = 10_000
        let routes = IntakeRoutes(
            configuration: configuration, storage: storage, clock: clock, random: random,
            logger: Logger(program: "collector") { [weak self] line in
                self?.log.append("  collector: \(line)")
            })
        (collector, self.storage) = (routes, storage)
        return routes
    }

    /// Keeps a promise that was broken.
    func broke(_ promise: Violation.Promise, _ detail: String) {
        violations.append(Violation(promise, detail))
    }
}
