// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Glibc
import Modules
import Synchronization
import Telemetry
import TestKit
import Testing

/// A home in a temporary folder, with a clock and a randomness of the test's own.
final class Home: Sendable {
    let folder: TemporaryDirectory
    let clock = ManualClock()
    let random = SeededRandom(seed: 1)
    private let messages = Mutex<[String]>([])

    init() throws {
        folder = try TemporaryDirectory()
        try folder.write("machine-one\n", to: "machine-id")
    }

    var storage: String { folder.file("home/telemetry") }
    var policyPath: String { folder.file("policy.json") }

    /// Everything that was logged.
    var told: String { messages.withLock { $0.joined() } }

    func seams(_ environment: [String: String] = [:]) -> TelemetrySeams {
        TelemetrySeams(
            environment: environment, userID: getuid(),
            logger: Logger(program: "test") { line in self.messages.withLock { $0.append(line) } },
            clock: clock, random: random, machineIDPath: folder.file("machine-id"),
            policyPath: policyPath)
    }

    func module(
        _ config: TelemetryModuleConfig = .withURL, catalogue: Catalogue = .standard,
        environment: [String: String] = [:]
    ) -> TelemetryModule {
        TelemetryModule(
            for: Product("arpguard", version: "0.1.0"), catalogue: catalogue, config: config,
            home: folder.file("home"), seams: seams(environment))
    }

    func control(
        _ config: TelemetryModuleConfig = .withURL, catalogue: Catalogue = .standard,
        environment: [String: String] = [:], problem: String? = nil
    ) -> TelemetryControl {
        TelemetryControl(
            for: Product("arpguard", version: "0.1.0"), catalogue: catalogue, config: config,
            home: folder.file("home"), seams: seams(environment), configurationProblem: problem)
    }

    /// A view that reaches its files through `files`.
    func control(files: any FileSystem) -> TelemetryControl {
        var seams = seams()
        seams.files = files
        return TelemetryControl(
            for: Product("arpguard", version: "0.1.0"), config: .withURL,
            home: folder.file("home"), seams: seams)
    }

    /// One in which somebody agreed, and a batch of two events was sent.
    static func withOneBatchSent() throws -> Home {
        let home = try Home()
        try home.enable()
        home.record(2)
        try home.haveOneBatchAccepted()
        return home
    }

    /// A view to which the record of the consent is shut.
    var shut: TelemetryControl {
        control(files: FailingFiles(unreadable: { $0.hasSuffix("/consent.json") }))
    }

    /// A view of which nobody hears what it tells.
    var unheard: TelemetryControl {
        var seams = seams()
        seams.isHeard = false
        return TelemetryControl(
            for: Product("arpguard", version: "0.1.0"), config: .withURL,
            home: folder.file("home"), seams: seams)
    }

    /// Overwrites all of the store but its first page.
    func damageStore() throws {
        // Whoever looks last puts the log into the database.
        _ = try control().status()
        let bytes = try folder.read("home/telemetry/store.sqlite")
        let damage = [UInt8](repeating: 0xFF, count: bytes.count - 4096)
        try folder.write(bytes[..<4096] + damage, to: "home/telemetry/store.sqlite")
    }

    /// Says yes to what the configuration would do now.
    func enable(
        _ config: TelemetryModuleConfig = .withURL, catalogue: Catalogue = .standard
    ) throws {
        let control = control(config, catalogue: catalogue)
        try control.enable(control.terms)
    }

    /// Records events in a module of their own, from start to shutdown.
    func record(
        _ count: Int, _ config: TelemetryModuleConfig = .withURL, catalogue: Catalogue = .standard
    ) {
        let module = module(config, catalogue: catalogue)
        // As long as the rest of a deletion takes, however busy the machine is.
        module.initialize(flushMilliseconds: nil)
        for index in 0..<count {
            module.trackEvent(
                "feature_usage", ["feature": "replay", "duration_ms": PropertyValue(index)])
        }
        module.end()
    }

    /// Has one batch accepted, so that the collector knows the installation.
    func haveOneBatchAccepted(_ config: TelemetryModuleConfig = .withURL) throws {
        let outbox = try #require(try control(config).outbox())
        guard case .batch(let batch) = try outbox.next(), try outbox.begin(batch) else {
            throw TestKitError("nothing to send")
        }
        try outbox.accepted(batch, rejected: 0, answer: "200")
    }

    /// Whether a string stands anywhere in the bytes of the home's files, but for `except`.
    func holds(_ text: String, except: [String] = []) throws -> Bool {
        let needle = Array(text.utf8)
        for name in try folder.contents() where !except.contains(where: name.hasSuffix) {
            guard let bytes = try? folder.read(name), bytes.count >= needle.count else { continue }
            if bytes.firstRange(of: needle) != nil { return true }
        }
        return false
    }
}

extension TelemetryModuleConfig {
    static var withURL: TelemetryModuleConfig {
        TelemetryModuleConfig(uploadURL: "https://telemetry.example.org/v1/logs")
    }

    /// The same with review by a person.
    static var withReview: TelemetryModuleConfig {
        var config = withURL
        config.uploadReview = .manual
        return config
    }
}

extension TelemetryModule {
    /// Shuts down without haste: on a busy machine the bound of `shutdown` may pass.
    func end() { shutdown(within: 30_000) }
}
