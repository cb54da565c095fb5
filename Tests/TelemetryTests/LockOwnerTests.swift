// SPDX-License-Identifier: Apache-2.0

import Glibc
import Modules
import Telemetry
import TestKit
import Testing

/// A file in the place of an uploader's lock, and whose it is.
@Suite struct LockOwnerTests {
    private let folder: TemporaryDirectory
    private var path: String { folder.file("upload.lock") }

    init() throws { folder = try TemporaryDirectory() }

    /// Makes the file; a user who owns it, and who is not root.
    private func make(_ mode: UInt32) throws -> UInt32 {
        try folder.write("", to: "upload.lock")
        let owner: UInt32 = geteuid() == 0 ? 4321 : geteuid()
        try #require(unsafe chown(path, owner, .max) == 0 && chmod(path, mode) == 0)
        return owner
    }

    private func fault(of user: UInt32) -> String? {
        let seams = TelemetrySeams(
            environment: [:], userID: user, logger: Logger(program: "test", level: .error),
            clock: ManualClock(), random: SeededRandom(seed: 1), files: RealFileSystem(),
            policyPath: folder.file("policy.json"))
        return FalseLock.error(at: path, seams)?.description
    }

    @Test(arguments: [
        (mode: UInt32(0o600), own: nil, other: "it belongs to user "),
        (0o606, nil, nil), (0o660, nil, nil), (0o644, nil, "it belongs to user "),
        (0o400, "its permissions forbid that", "it belongs to user "),
    ])
    func `a file is a lock for whoever may read and write it`(
        mode: UInt32, own: String?, other: String?
    ) throws {
        let owner = try make(mode)
        let prefix = "\(path) can't be locked: "
        #expect(fault(of: owner) == own.map { prefix + $0 })
        #expect(fault(of: owner + 1) == other.map { "\(prefix)\($0)\(owner)" })
        #expect(fault(of: 0) == nil)
    }

    @Test func `where nothing stands there is nothing to tell`() {
        #expect(fault(of: 4321) == nil)
    }
}
