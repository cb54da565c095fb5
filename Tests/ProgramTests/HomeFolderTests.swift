// SPDX-License-Identifier: Apache-2.0

import CommandLineKit
import Glibc
import Modules
import TestKit
import Testing

@testable import Program

@Suite struct HomeFolderTests {
    let folder: TemporaryDirectory
    let files = RealFileSystem()

    init() throws { folder = try TemporaryDirectory() }

    @Test func `an absent home is made with mode 0700 when it is needed`() throws {
        let home = try home("new")
        try home.check(files, userID: geteuid())
        #expect(try files.status(of: home.path) == nil)
        try home.prepare(files, userID: geteuid())
        #expect(try files.status(of: home.path)?.mode == 0o700)
        try home.prepare(files, userID: geteuid())
    }

    @Test func `a link is refused`() throws {
        try folder.write("", to: "real/file")
        #expect(unsafe symlink(folder.file("real"), folder.file("link")) == 0)
        #expect(try fault(of: home("link")) == "the home \(folder.file("link")) is a link")
    }

    @Test func `a file is refused`() throws {
        let path = try folder.write("", to: "file")
        #expect(try fault(of: home("file")) == "the home \(path) is no folder")
    }

    @Test func `somebody else's folder is refused`() throws {
        let stranger = geteuid() + 1
        #expect(
            try fault(of: home("."), userID: stranger)
                == "the home \(folder.path) belongs to user number \(geteuid()), not to \(stranger)"
        )
    }

    @Test(
        arguments: [
            (
                "/users/ada/x", UInt32(1001),
                "begin the command with sudo -u '#1001' arpguard --home "
                    + "'/users/ada/x'"
            ),
            ("/users/ada/x", 0, "begin the command with sudo arpguard --home '/users/ada/x'"),
            (nil, 990, "run the command with sudo"),
        ] as [(String?, UInt32, String)])
    func `how the owner's rights are come by is told`(
        path: String?, owner: UInt32, way: String
    ) throws {
        let home = try HomeRules(
            flag: path, isService: path == nil, userID: 1000, userFolder: nil, workingFolder: "/"
        ).home()
        let status = FileStatus(
            kind: .folder, owner: owner, mode: 0o700, bytes: 0, allocatedBytes: 0)
        #expect(
            home.fault(status, userID: 1000)?.hint == "\(way), or name another home with --home")
    }

    @Test func `a home that can't be made is an error that names it`() throws {
        try folder.write("", to: "file")
        let home = try home("file/home")
        let error = #expect(throws: CommandFailure.self) {
            try home.prepare(files, userID: geteuid())
        }
        #expect(error?.message == "the home can't be made: \(home.path): Not a directory")
    }

    @Test(
        arguments: [
            (EACCES, 1000, "run the command with sudo"), (EACCES, 0, "name another with --home"),
            (EROFS, 1000, "mount the file system so that it can be written, then try again"),
        ] as [(Int32, UInt32, String)])
    func `a service's folder that can't be made is told with what helps`(
        code: Int32, user: UInt32, hint: String
    ) throws {
        let home = try HomeRules(
            flag: nil, isService: true, userID: user, userFolder: nil, workingFolder: "/"
        ).home()
        let error = SystemError(code: code, call: "mkdir", subject: home.path)
        #expect(home.hint(against: error, userID: user) == hint)
    }

    private func home(_ name: String) throws -> Home {
        try HomeRules(
            flag: folder.file(name), userID: 1000, userFolder: nil, workingFolder: "/"
        ).home()
    }

    private func fault(of home: Home, userID: UInt32 = geteuid()) -> String? {
        let error = #expect(throws: CommandFailure.self) {
            try home.check(files, userID: userID)
        }
        return error?.message
    }
}
