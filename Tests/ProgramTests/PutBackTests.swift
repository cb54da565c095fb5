// SPDX-License-Identifier: Apache-2.0

import CommandLineKit
import Glibc
import JSON
import Modules
import SQLite
import TestKit
import Testing

@testable import Program

/// A folder that `storage_path` names is put back as it was before the identifier was changed.
@Suite struct PutBackTests {
    private let arpguard: Arpguard
    private var place: String { arpguard.folder.file("disk") }

    init() throws {
        arpguard = try Arpguard()
        let capture = RepositoryRoot.file("captures/lab-atk-mitm-ettercap.pcap")
        #expect(try arpguard.record(capture, in: arpguard.folder.file("disk")) > 0)
    }

    private func copy(_ from: String, _ to: String) throws {
        let result = try CommandRunner.run("/bin/cp", ["-a", from, to], environment: [:])
        #expect(result.status == 0)
    }

    private func keep() throws { try copy(place, arpguard.folder.file("kept")) }

    private func putBack() throws {
        #expect(try CommandRunner.run("/bin/rm", ["-r", place], environment: [:]).status == 0)
        try copy(arpguard.folder.file("kept"), place)
    }

    private var mark: [UInt8] { get throws { try arpguard.folder.read("disk/place") } }

    private func isTold() throws -> Bool {
        try arpguard("telemetry", "status").stdout.contains("put back as it was before")
    }

    private func expectOff() throws {
        let json = try arpguard("telemetry", "status", "--format", "json").stdout
        #expect(try JSONValue.parse(json)["enabled"] == false)
        #expect(try isTold())
    }

    @Test func `a folder that is put back after rotate-id does not bring the old identifier back`()
        throws
    {
        try keep()
        #expect(try arpguard("telemetry", "rotate-id", "--confirm").status == 0)
        #expect(try !isTold())
        try putBack()
        try expectOff()
    }

    @Test func `nor does one after a rotate-id that another command had to finish`() throws {
        try keep()
        let reader = try arpguard.reader(of: place)
        let cut = try arpguard("telemetry", "rotate-id", "--confirm")
        #expect(cut.status == 2)
        #expect(cut.stderr.contains("the next command finishes the change of identifier"))
        try reader.execute("COMMIT")
        #expect(try arpguard("telemetry", "show").stderr.contains("a change of identifier is done"))
        #expect(try !isTold())
        try putBack()
        try expectOff()
    }

    @Test func `nor does one that was copied while rotate-id waited`() throws {
        let before = try mark
        let reader = try arpguard.reader(of: place)
        let rotation = try RunningProcess(
            Executables.path("arpguard"), ["telemetry", "rotate-id", "--confirm"],
            environment: ["ARPGUARD_HOME": arpguard.home, "HOME": arpguard.folder.path])
        let deadline = Deadline.within(.seconds(60))
        while try mark == before {
            try #require(!deadline.hasPassed)
            sched_yield()
        }
        try keep()
        try RealFileSystem().remove(arpguard.folder.file("kept/rotation.intent"))
        try reader.execute("COMMIT")
        #expect(try rotation.waitForEnd().status == 0)
        try putBack()
        try expectOff()
    }

    @Test func `rotate-id is told of a folder that takes no new mark`() throws {
        let home = Home(path: arpguard.home, reason: .flag, userFolder: nil)
        let files = FailingFiles { $0.hasSuffix("/place") }
        let places = TelemetryPlaces(of: home, files, SystemRandom())
        let error = #expect(throws: CommandFailure.self) { try places.renewMark(at: place) }
        #expect(error?.message == "\(place)/place was not replaced")
        #expect(throws: Never.self) { try places.renewMark(at: arpguard.folder.file("other")) }
    }
}
