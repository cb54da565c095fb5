// SPDX-License-Identifier: Apache-2.0

import Glibc
import JSON
import Modules
import SQLite
import Synchronization
import Telemetry
import TestKit
import Testing

@testable import Program

/// A decision about a home with two folders, of a process that is killed while it waits at one.
@Suite struct KilledDecisionTests {
    private let arpguard: Arpguard
    private let capture = RepositoryRoot.file("captures/lab-atk-mitm-ettercap.pcap")
    private let stored: Int64
    private var usual: String { arpguard.home + "/telemetry" }
    private var other: String { arpguard.folder.file("other") }

    /// In both folders the same was recorded under a yes.
    init() throws {
        arpguard = try Arpguard()
        #expect(try arpguard("telemetry", "enable", "--confirm").status == 0)
        #expect(try arpguard("replay", capture).status == 1)
        stored = try arpguard.telemetryStatus()["events"]?["recorded"]?.integerValue ?? 0
        #expect(try arpguard.record(capture, in: arpguard.folder.file("other")) == stored)
    }

    /// Has the configuration name the usual folder.
    private func configureUsual() throws {
        #expect(try arpguard("config", "unset", "telemetry.storage_path").status == 0)
    }

    /// Begins a decision, and kills its process once something is so.
    private func kill(_ words: String..., once isTime: () throws -> Bool) throws {
        let process = try RunningProcess(
            Executables.path("arpguard"), ["telemetry"] + words,
            environment: ["ARPGUARD_HOME": arpguard.home, "HOME": arpguard.folder.path])
        let deadline = Deadline.within(.seconds(60))
        while try !isTime() {
            try #require(!deadline.hasPassed)
            sched_yield()
        }
        process.send(signal: SIGKILL)
        _ = try process.waitForEnd()
    }

    /// Kills a deletion that waits for a reader of the configured folder, where telemetry is on
    /// again under another identifier, or as soon as it begins there.
    private func killDeletion(at folder: String, isWaiting: Bool = true) throws {
        let reader = try arpguard.reader(of: folder)
        let identifier = try identifier(in: folder)
        try kill("delete-data", "--confirm") {
            let isBegun = try RealFileSystem().status(of: "\(folder)/deletion.intent") != nil
            guard isBegun, isWaiting else { return isBegun }
            return try owed() == ["delete"] && self.identifier(in: folder) != identifier
                && hasYes(folder)
        }
        try reader.execute("COMMIT")
    }

    private func identifier(in folder: String) throws -> JSONValue? {
        let bytes = try RealFileSystem().read("\(folder)/consent.json", bytesMax: 1 << 16)
        return try JSONValue.parse(bytes: bytes)["installation_id"]
    }

    private func owed() throws -> [String] {
        let list = try JSONValue.parse(bytes: arpguard.folder.read("own/telemetry-places.json"))
        return (list.arrayValue ?? []).flatMap { $0["owed"]?.arrayValue ?? [] }
            .compactMap(\.stringValue)
    }

    private func ends(in text: String) -> Int {
        text.split(separator: "delete-data is done now: deleted \(stored) events").count - 1
    }

    private func expectAllDeleted(whereOn: Bool = true) throws {
        let status = try arpguard.telemetryStatus()
        #expect(status["events"]?["recorded"] == 0 && status["enabled"] == .bool(whereOn))
        let place = try #require(status["other_places"]?.arrayValue?.first)
        #expect(place["recorded"] == 0 && place["enabled"] == true, "consent stays as it is")
        #expect(try owed().isEmpty)
    }

    @Test(arguments: [true, false], [true, false])
    func `a deletion is done in all folders by the next command, and told once for each`(
        isUsual: Bool, isWaiting: Bool
    ) throws {
        if isUsual { try configureUsual() }
        let folder = isUsual ? usual : other
        try killDeletion(at: folder, isWaiting: isWaiting)
        // Who is killed in the middle of it leaves telemetry off.
        let isOn = hasYes(folder)
        #expect(isOn || !isWaiting)
        let told = try arpguard("telemetry", "status").stderr
        #expect(ends(in: told) == 2, "\(told)")
        #expect(try !arpguard("telemetry", "status").stderr.contains("done now"))
        try expectAllDeleted(whereOn: isOn)
    }

    @Test func `nothing is recorded where a deletion is still to be done`() throws {
        try killDeletion(at: other)
        try configureUsual()
        #expect(try arpguard("replay", capture).status == 1)
        #expect(try ends(in: arpguard("telemetry", "status").stderr) == 2)
        try expectAllDeleted()
    }

    @Test func `a usual folder that was moved away owes nothing to the one that is made anew`()
        throws
    {
        try killDeletion(at: other)
        try configureUsual()
        try RealFileSystem().rename(usual, to: usual + ".away")
        #expect(try arpguard("telemetry", "enable", "--confirm").status == 0)
        #expect(try arpguard("replay", capture).status == 1)
        let status = try arpguard.telemetryStatus()
        #expect(status["enabled"] == true && status["events"]?["recorded"] == .integer(stored))
    }

    @Test func `what a usual folder owed that is away ends with a word at the next yes`() throws {
        try killDeletion(at: other)
        try configureUsual()
        try RealFileSystem().rename(usual, to: usual + ".away")
        let told = try arpguard("telemetry", "enable", "--confirm").stderr
        #expect(told.contains("what was decided for an earlier \(usual), which is away, ends"))
        #expect(try owed().isEmpty)
    }

    @Test(arguments: [true, false])
    func `a home that was renamed or copied settles its own debt and nobody else's`(
        isCopied: Bool
    ) throws {
        try killDeletion(at: other)
        try configureUsual()
        let (old, new) = (arpguard.home, arpguard.folder.file("renamed"))
        if isCopied {
            let copy = try CommandRunner.run("/bin/cp", ["-a", old, new], environment: [:])
            #expect(copy.status == 0)
            #expect(try ends(in: arpguard("telemetry", "status").stderr) == 2)
        } else {
            try RealFileSystem().rename(old, to: new)
            #expect(try arpguard("telemetry", "enable", "--confirm").status == 0)
        }
        #expect(try arpguard("replay", capture).status == 1)
        let renamed = ["ARPGUARD_HOME": new]
        let told = try arpguard("telemetry", "status", environment: renamed).stderr
        #expect(told.contains("delete-data is done now: deleted \(stored) events"), "\(told)")
        #expect(try arpguard.telemetryStatus(renamed)["events"]?["recorded"] == 0)
        #expect(try arpguard.telemetryStatus()["events"]?["recorded"] == .integer(stored))
    }

    @Test func `while the list can't be read a usual folder takes no yes and records nothing`()
        throws
    {
        try killDeletion(at: other)
        try configureUsual()
        let list = try arpguard.folder.read("own/telemetry-places.json")
        try RealFileSystem().replace("\(arpguard.home)/telemetry-places.json", with: [0x5b])
        let yes = try arpguard("telemetry", "enable", "--confirm")
        #expect(yes.status == 2 && yes.stderr.contains("can't be read"), "\(yes)")
        #expect(try arpguard("replay", capture).status == 1)
        #expect(try arpguard.telemetryStatus()["enabled"] == false)
        try RealFileSystem().replace("\(arpguard.home)/telemetry-places.json", with: list)
        #expect(try ends(in: arpguard("telemetry", "status").stderr) == 2)
        try expectAllDeleted()
    }

    @Test func `a deletion counts what ended processes left in their journals`() throws {
        let seams = TelemetrySeams(
            environment: [:], userID: getuid(), logger: Logger(program: "test") { _ in })
        let module = TelemetryModule(
            for: Program.product, config: config(other), home: arpguard.home, seams: seams)
        module.initialize(flushMilliseconds: nil)
        #expect(module.trackEvent("app_start"))
        let journals = "\(other)/journal"
        let name = try #require(
            try RealFileSystem().names(in: journals).first { $0.hasSuffix(".journal") })
        let bytes = try RealFileSystem().read("\(journals)/\(name)", bytesMax: 1 << 20)
        try RealFileSystem().replace("\(journals)/1-1.journal", with: bytes)
        module.shutdown(within: 30_000)
        let end = try arpguard("telemetry", "delete-data", "--confirm")
        #expect(end.stdout.contains("deleted \(2 * stored + 2) events; no byte"), "\(end)")
    }

    private func config(_ folder: String) -> TelemetryModuleConfig {
        var config = TelemetryModuleConfig()
        config.storagePath = folder
        return config
    }

    private func hasYes(_ folder: String) -> Bool {
        let seams = TelemetrySeams(
            environment: [:], userID: getuid(), logger: Logger(program: "test") { _ in })
        return TelemetryControl(
            for: Program.product, config: config(folder), home: arpguard.home, seams: seams
        ).hasYes
    }

    @Test(arguments: [true, false])
    func `a no holds in all folders at once, and takes back no yes that comes after it`(
        isUsual: Bool
    ) throws {
        if isUsual { try configureUsual() }
        do {
            let locks = try [usual, other].map { try RealFileSystem().lock("\($0)/change.lock") }
            try #require(!locks.contains { $0 == nil })
            try kill("disable") {
                try owed() == ["disable", "disable"] && !hasYes(usual) && !hasYes(other)
            }
            withExtendedLifetime(locks) {}
        }
        #expect(try arpguard("telemetry", "enable", "--confirm").status == 0)
        for _ in 0..<2 { #expect(try arpguard.telemetryStatus()["enabled"] == true) }
        let place = try arpguard.telemetryStatus()["other_places"]?.arrayValue?.first
        #expect(place?["enabled"] == false)
        #expect(try owed().isEmpty)
    }

    @Test(arguments: [true, false])
    func `a no is owed to all folders before it begins in one, and waits for no list`(
        isHeld: Bool
    ) throws {
        let list = "\(arpguard.home)/telemetry-places.json.lock"
        let held = Mutex(isHeld ? try RealFileSystem().lock(list) : nil)
        let seen = Mutex((tries: 0, owed: [[String]]()))
        let files = FailingFiles(
            locking: { path in
                guard path == list else { return }
                let isFirst = seen.withLock { seen in
                    seen.tries += 1
                    return seen.tries == 1
                }
                // Who holds the list lets it go once somebody waits for it.
                if !isFirst { held.withLock { $0 = nil } }
            },
            creating: { [self] path in
                guard path.hasSuffix("/consent.page") else { return }
                let owed = (try? owed()) ?? ["unread"]
                seen.withLock { seen in
                    if seen.tries == 1 { seen.owed.append(owed) }
                }
            })
        #expect(try TelemetrySetup.use(arpguard.home, files) { $0.disable().failure } == nil)
        let both = isHeld ? [] : ["disable", "disable"]
        #expect(seen.withLock(\.owed).prefix(2) == [both, both])
        #expect(try !hasYes(usual) && !hasYes(other) && owed().isEmpty)
    }
}
