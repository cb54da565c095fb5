// SPDX-License-Identifier: Apache-2.0

import Glibc
import Modules
import TestKit
import Testing

@testable import Telemetry

/// Whatever can't be read, or says no anywhere, is no yes.
@Suite struct FailClosedTests {
    let home: Home
    let files = RealFileSystem()

    init() throws {
        home = try Home()
        try home.enable()
    }

    @Test(
        arguments: [
            (["DO_NOT_TRACK": "1"], [.doNotTrack]), (["DO_NOT_TRACK": "no"], [.doNotTrack]),
            (["DO_NOT_TRACK": "0"], []), (["DO_NOT_TRACK": ""], []),
            (["ARPGUARD_TELEMETRY": "0"], [.environment]), (["ARPGUARD_TELEMETRY": "1"], []),
            (["ARPGUARD_TELEMETRY": "off"], [.environment]),
            (["ARPGUARD_TELEMETRY": "False"], [.environment]), (["ARPGUARD_TELEMETRY": "on"], []),
            (["DO_NOT_TRACK": "1", "ARPGUARD_TELEMETRY": "0"], [.doNotTrack, .environment]),
        ] as [([String: String], [Cause])])
    func `the environment can say no`(environment: [String: String], causes: [Cause]) throws {
        let module = home.module(environment: environment)
        module.initialize()
        defer { module.end() }
        #expect(module.blockedBy == causes)
        #expect(module.trackEvent("app_start") == causes.isEmpty)
    }

    @Test(arguments: [
        ("{\"telemetry\": \"deny\"}", true), ("{\"telemetry\": \"allow\"}", false),
        ("{}", true), ("", true), ("not json", true), ("[]", true),
        ("{\"telemetry\": \"allow\", \"upload\": \"deny\"}", true),
        ("{\"telemetry\": \"allow\", \"enabled\": false}", true),
    ])
    func `the administrator's file denies unless it says allow and nothing else`(
        text: String, denies: Bool
    ) throws {
        try home.folder.write(text, to: "policy.json")
        #expect(home.control().causes(blocking: .recording) == (denies ? [.adminPolicy] : []))
    }

    @Test func `an administrator's file that can't be read as one denies, and is told as that`()
        throws
    {
        try files.createFolder(home.policyPath)
        expectPolicy("can't be read, which forbids it")
        try #require(unsafe rmdir(home.policyPath) == 0)
        try #require(unsafe symlink(home.folder.file("nowhere"), home.policyPath) == 0)
        expectPolicy("can't be read, which forbids it")
        try files.remove(home.policyPath)
        let long = "{\"telemetry\": \"allow\", \"x\": \"\(String(repeating: "x", count: 65_536))\"}"
        try home.folder.write(long, to: "policy.json")
        expectPolicy("can't be read, which forbids it")
        try home.folder.write("{\"telemetry\": \"deny\"}", to: "policy.json")
        expectPolicy("the administrator of this machine forbids it in")
    }

    private func expectPolicy(_ words: String) {
        let control = home.control()
        #expect(control.causes(blocking: .recording) == [.adminPolicy])
        let told = control.words.list([.adminPolicy])
        #expect(told.contains(words), "\(told)")
    }

    @Test(
        .enabled(if: getuid() == 0, "only root can give a file away"),
        arguments: ["consent.page", "consent.json", ""])
    func `consent of another user is no yes`(name: String) throws {
        let path = name.isEmpty ? home.storage : "\(home.storage)/\(name)"
        try #require(unsafe chown(path, 65_534, 65_534) == 0)
        #expect(home.control().causes(blocking: .recording) == [.stateUnreadable])
        #expect(!home.module().trackEvent("app_start"))
        try #require(unsafe chown(path, getuid(), getgid()) == 0)
        #expect(home.control().causes(blocking: .recording).isEmpty)
    }

    @Test(arguments: [0, 1, 7, 100, 4095])
    func `a consent page that is cut short is no yes`(length: Int) throws {
        let page = "\(home.storage)/consent.page"
        try #require(unsafe truncate(page, off_t(length)) == 0)
        #expect(home.control().causes(blocking: .recording) == [.stateUnreadable])
        #expect(!home.module().trackEvent("app_start"))
    }

    @Test func `a consent page with any single byte of its state changed is no yes`() throws {
        let original = try files.read("\(home.storage)/consent.page", bytesMax: 4096)
        for index in 0..<16 {
            var changed = original
            changed[index] ^= 0x01
            try home.folder.write(changed, to: "home/telemetry/consent.page")
            #expect(!home.control().causes(blocking: .recording).isEmpty, "byte \(index)")
        }
    }

    @Test(arguments: ["", "{", "{\"layout\": 1}", "null", "\u{0}\u{0}"])
    func `a consent record that can't be read is no yes, and a new yes mends it`(
        text: String
    ) throws {
        try home.folder.write(text, to: "home/telemetry/consent.json")
        #expect(home.control().causes(blocking: .recording) == [.stateUnreadable])
        try home.enable()
        #expect(home.control().causes(blocking: .recording).isEmpty)
    }

    @Test func `a record of a newer layout is no yes`() throws {
        let path = "home/telemetry/consent.json"
        let text = String(decoding: try home.folder.read(path), as: UTF8.self)
        try home.folder.write(text.replacing("\"layout\": 1", with: "\"layout\": 2"), to: path)
        #expect(home.control().causes(blocking: .recording) == [.stateUnreadable])
    }

    @Test func `one of the two files without the other is no yes`() throws {
        try files.remove("\(home.storage)/consent.page")
        #expect(home.control().causes(blocking: .recording) == [.stateUnreadable])
    }

    @Test func `a change that was cut short leaves no yes, and is told as that`() throws {
        let record = "home/telemetry/consent.json"
        let yes = try home.folder.read(record)
        try home.control().disable()
        try home.folder.write(yes, to: record)
        let control = home.control()
        #expect(control.causes(blocking: .recording) == [.withdrawn])
        let words = control.words.list([.withdrawn])
        #expect(words.contains("or a change was cut short"), "\(words)")
    }

    @Test func `a consent file that is a link, or that others may write, is no yes`() throws {
        let page = "\(home.storage)/consent.page"
        try #require(unsafe chmod(page, 0o666) == 0)
        #expect(home.control().causes(blocking: .recording) == [.stateUnreadable])
        try #require(unsafe chmod(page, 0o600) == 0)
        #expect(home.control().causes(blocking: .recording).isEmpty)
        try files.rename(page, to: home.folder.file("elsewhere"))
        try #require(unsafe symlink(home.folder.file("elsewhere"), page) == 0)
        #expect(home.control().causes(blocking: .recording) == [.stateUnreadable])
    }

    @Test func `a home copied to another machine is no yes, and gets an identifier of its own`()
        throws
    {
        let before = try home.control().status().installationID
        try home.folder.write("machine-two\n", to: "machine-id")
        #expect(home.control().causes(blocking: .recording) == [.copiedHome])
        try home.enable()
        let after = try home.control().status()
        #expect(after.blockedBy.isEmpty)
        #expect(after.installationID != before)
    }

    @Test func `deleting the data of a copied home is no yes, and asks for no erasure`() throws {
        home.record(2)
        try home.haveOneBatchAccepted()
        try home.folder.write("machine-two\n", to: "machine-id")
        #expect(try !home.control().deleteData().erasureRequested)
        #expect(!home.control().causes(blocking: .recording).isEmpty)
        #expect(try home.control().status().pendingErasures == 0)
        #expect(!home.module().trackEvent("app_start"))
    }

    @Test func `a configuration that forbids or has a fault blocks, and enable says so`() throws {
        var config = TelemetryModuleConfig.withURL
        config.enabled = false
        let faulty = home.control(problem: "telemetry.nonsense: no such key")
        for control in [home.control(config), faulty] {
            #expect(control.causes(blocking: .recording) == [.configuration])
            let error = #expect(throws: TelemetryError.self) { try control.enable(control.terms) }
            #expect(error?.code == .configuration)
        }
    }

    @Test func `an administrator's no is told to whoever says yes, with the file`() throws {
        let other = try Home()
        try other.folder.write("{}", to: "policy.json")
        let error = #expect(throws: TelemetryError.self) { try other.enable() }
        #expect(error?.code == .blocked)
        #expect(error?.description.contains(other.policyPath) == true)
        #expect(try !other.folder.contents().contains { $0.hasPrefix("home") })
    }

    @Test func `a consent record that is no file is no yes`() throws {
        try files.remove("\(home.storage)/consent.json")
        try files.createFolder("\(home.storage)/consent.json")
        #expect(home.control().causes(blocking: .recording) == [.stateUnreadable])
    }

    @Test(arguments: ["", "/journal"])
    func `a folder that is a link is used by nobody`(part: String) throws {
        let path = home.storage + part
        try files.rename(path, to: home.folder.file("elsewhere"))
        try #require(unsafe symlink(home.folder.file("elsewhere"), path) == 0)
        try expectUnused(part, "Not a directory")
    }

    @Test(
        .enabled(if: geteuid() == 0, "only root can give a folder away"),
        arguments: ["", "/journal"])
    func `a folder of somebody else is used by nobody`(part: String) throws {
        try #require(unsafe chown(home.storage + part, 65_534, 65_534) == 0)
        try expectUnused(part, "belongs to user 65534")
    }

    /// Neither recording nor a yes uses the home, and the error says why. A no needs no journals.
    private func expectUnused(_ part: String, _ reason: String) throws {
        let module = home.module()
        module.initialize()
        #expect(!module.trackEvent("app_start"))
        module.end()
        let no = { try home.control().disable() }
        for decide in [{ try home.enable() }] + (part.isEmpty ? [no] : []) {
            let error = #expect(throws: TelemetryError.self, performing: decide)
            #expect(error?.description.contains(reason) == true, "\(String(describing: error))")
        }
        guard !part.isEmpty else { return }
        try no()
        #expect(home.control().causes(blocking: .recording) == [.withdrawn])
    }

    @Test(arguments: [true, false])
    func `a first yes that finds no room has decided nothing, and can be said later`(
        hasPage: Bool
    ) throws {
        let home = try Home()
        let disk = FullDiskFiles()
        let control = home.control(files: disk)
        let directory = TelemetryDirectory(home.storage)
        try files.createFolder(home.folder.file("home"))
        try files.createFolder(home.storage)
        if hasPage { _ = try ConsentPage(creating: directory.consentPage, files) }
        disk.isFull = true
        #expect(throws: (any Error).self) { try control.enable(control.terms) }
        #expect(try !control.status().isDecided)
        #expect(control.causes(blocking: .recording) == [.notAsked])
        disk.isFull = false
        try control.enable(control.terms)
        #expect(control.causes(blocking: .recording).isEmpty)
        // What was said once is not forgotten with its record.
        try files.remove(directory.consentRecord)
        #expect(control.causes(blocking: .recording) == [.stateUnreadable])
    }
}
