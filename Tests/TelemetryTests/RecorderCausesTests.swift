// SPDX-License-Identifier: Apache-2.0

import Glibc
import Modules
import Telemetry
import TestKit
import Testing

/// What `status` tells of a process that records, by what that process publishes itself.
@Suite struct RecorderCausesTests {
    private let home: Home
    private let module: TelemetryModule
    private let own = Int64(getpid())

    init() throws {
        home = try Home()
        try home.enable()
        module = home.module()
        module.initialize()
    }

    @Test func `a recorder tells its own causes, whatever this shell says`() throws {
        let status = try home.control(environment: ["DO_NOT_TRACK": "1"]).status()
        #expect(status.blockedBy == [.doNotTrack])
        #expect(status.recorders == [own])
        #expect(status.recorderCauses == [own: []])
        module.end()
        #expect(try home.control().status().recorders == [])
    }

    @Test func `what a recorder met is told as it met it, not as this shell would`() throws {
        _ = try home.control().rotateID()
        try home.folder.write("{}", to: "policy.json")
        #expect(!module.trackEvent("app_start"))
        try RealFileSystem().remove(home.policyPath)
        let status = try home.control().status()
        #expect(status.blockedBy == [])
        #expect(status.recorderCauses == [own: [.adminPolicy]])
        module.end()
    }

    /// What would tell of it is a file, and whoever may not record leaves none.
    @Test func `a program that may not record from its start writes nothing, and is no recorder`()
        throws
    {
        module.end()
        _ = try home.control().status()
        let before = try home.folder.contents()
        let forbidden = home.module(environment: ["DO_NOT_TRACK": "1"])
        forbidden.initialize()
        #expect(!forbidden.trackEvent("app_start"))
        #expect(forbidden.status.blockedBy == [.doNotTrack])
        #expect(try home.folder.contents() == before)
        #expect(try home.control().status().recorders == [])
        forbidden.end()
    }

    @Test func `a no holds for every recorder at once`() throws {
        try home.control().disable()
        #expect(try home.control().status().recorderCauses == [own: [.withdrawn]])
        module.end()
    }
}
