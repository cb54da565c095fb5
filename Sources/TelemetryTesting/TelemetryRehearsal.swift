// SPDX-License-Identifier: Apache-2.0

public import Catalogue
import Glibc
import JSON
public import Modules
public import Telemetry

/// Telemetry for the tests of a host program: records as for real, and shows what was recorded.
///
/// It has a home of its own in memory (a folder below `/dev/shm`, where there is one), in which
/// consent is given. Nothing outside is read or changed: no configuration, no environment, no
/// policy, identifier or name of the machine, and no folder that the configuration names. It sends
/// nothing. All of it is gone with the value.
///
/// ```swift
/// let rehearsal = try TelemetryRehearsal(for: product, catalogue: .mine)
/// Feature(telemetry: rehearsal.telemetry).use()
/// #expect(try rehearsal.events().map(\.name) == ["feature_usage"])
/// ```
public final class TelemetryRehearsal: Sendable {
    /// The module to give to what is tested; it records.
    public let telemetry: TelemetryModule
    private let home: String
    private let refused: Refusals
    private let makeControl: @Sendable () -> TelemetryControl

    /// Makes a home, says yes in it, and starts a module.
    ///
    /// - Parameters:
    ///   - product: the host.
    ///   - catalogue: all that it may record.
    ///   - config: what the host would give; an `uploadURL` is never asked, and a `storagePath` is
    ///     never touched: data lies in the rehearsal's own home.
    ///   - clock: the time that events get, for tests that need their own.
    /// - Throws: if no folder or no journal can be made, or the configuration forbids telemetry.
    public init(
        for product: Product, catalogue: Catalogue = .standard,
        config: TelemetryModuleConfig = TelemetryModuleConfig(),
        clock: any WallClock = SystemClock()
    ) throws {
        let home = try Self.makeFolder()
        self.home = home
        var config = config
        config.storagePath = nil
        var seams = Self.seams(for: product, home: home, clock: clock)
        let refused = Refusals()
        self.refused = refused
        seams.refused = { refused.note($0) }
        makeControl = { [config, seams] in
            TelemetryControl(
                for: product, catalogue: catalogue, config: config, home: home, seams: seams)
        }
        telemetry = TelemetryModule(
            for: product, catalogue: catalogue, config: config, home: home, seams: seams)
        let control = makeControl()
        try control.enable(control.terms)
        telemetry.initialize()
        let status = telemetry.status
        guard status.isRecording else {
            throw TelemetryError(
                .storage, "nothing can be recorded in \(home): \(Self.reasons(status))",
                hint: "make room there: a rehearsal takes 4 MiB")
        }
    }

    private static func reasons(_ status: ModuleStatus) -> String {
        (status.blockedBy.map(\.rawValue) + status.problems).joined(separator: "; ")
    }

    deinit {
        telemetry.shutdown()
        Self.remove(home)
    }

    /// Everything that was recorded so far, oldest first.
    public func events() throws -> [StoredEvent] {
        telemetry.flush()
        return try makeControl().events()
    }

    /// The values of one property over all events of a type, oldest first.
    public func values(of property: String, in event: String) throws -> [PropertyValue] {
        try events().filter { $0.name == event }
            .flatMap(\.properties).filter { $0.name == property }.map(\.value)
    }

    /// What was not recorded, by reason, such as `catalogue` for what is not declared. A number
    /// beyond its bound and a word that is not on a list are recorded, as the bound and as `other`.
    public func losses() throws -> [String: Int64] {
        telemetry.flush()
        let lost = try makeControl().status().lost
        return Dictionary(lost.map { ($0.reason, $0.count) }) { first, _ in first }
    }

    /// Each event and property that was refused, once, in the order in which that happened: what
    /// ``losses()`` counts as `catalogue`. At most 100 are kept.
    public func refusals() -> [EventRefusal] { refused.all }

    /// The next upload as JSON; nil where nothing waits or no `uploadURL` was given.
    public func preview() throws -> String? {
        telemetry.flush()
        guard case .sealed(let batch, _) = try makeControl().preview() else { return nil }
        return batch.json?.serialized(.pretty)
    }

    /// What telemetry takes from outside: the clock, randomness, and files of this home alone.
    package static func seams(
        for product: Product, home: String, clock: any WallClock
    ) -> TelemetrySeams {
        TelemetrySeams(
            environment: [:], userID: geteuid(), logger: Logger(program: product.name) { _ in },
            clock: clock, machineIDPath: home + "/no-machine-id", policyPath: home + "/no-policy",
            ownNames: OwnNames { [] })
    }

    private static func makeFolder() throws -> String {
        for place in ["/dev/shm", "/tmp"] {
            var name = Array("\(place)/telemetry-rehearsal-XXXXXX".utf8CString)
            if unsafe mkdtemp(&name) != nil {
                return String(
                    decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
            }
        }
        throw TelemetryError(.storage, "no folder can be made", hint: "make /tmp writable")
    }

    /// Removes a folder and what telemetry puts into one, two levels deep and no links followed.
    private static func remove(_ folder: String, depth: Int = 3) {
        let files = RealFileSystem()
        for name in (try? files.names(in: folder)) ?? [] {
            let path = "\(folder)/\(name)"
            let kind = try? files.status(of: path)?.kind
            if kind == .folder, depth > 0 { remove(path, depth: depth - 1) }
            if kind != .folder { try? files.remove(path) }
        }
        unsafe rmdir(folder)
    }
}
