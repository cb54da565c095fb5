// SPDX-License-Identifier: Apache-2.0

public import CommandLineKit
private import Glibc
public import Modules

extension Flag {
    /// `--home`: whose configuration and data are meant.
    public static let home = Flag(
        "home", .path, value: "DIR",
        default: "\(Home.variable), \(Home.servicePath) for root, or ~/.arpguard",
        help: "Use the configuration and data in this folder")
    /// `--service`: the service's home is meant.
    public static let service = Flag(
        "service", help: "Use the service's folder, \(Home.servicePath)")
    /// What every program accepts at its first level.
    public static let common: [Flag] = [.home, .service, .format, .quiet]
}

/// Where a command works: its home, and the files in it.
public struct ProgramContext: Sendable {
    /// The home; checked, perhaps absent.
    public let home: Home
    /// The machine's files.
    public let files: any FileSystem
    /// The user number under which the program runs.
    public let userID: UInt32

    /// Finds the home by ``HomeRules`` and refuses one that is a link or somebody else's.
    ///
    /// Needs a program whose first level accepts ``CommandLineKit/Flag/common``.
    public init(_ invocation: Invocation) throws(CommandFailure) {
        let home = try Self.home(invocation)
        try home.becomeOwner(userID: geteuid())
        try self.init(at: home)
    }

    /// Works in a home that was found before, perhaps as another user than now.
    public init(at home: Home) throws(CommandFailure) {
        userID = geteuid()
        files = RealFileSystem()
        self.home = home
        try home.check(files, userID: userID)
    }

    /// Whether root gives up its rights when a context is made: then what only root can open has
    /// to be open before.
    public static func becomesOwner(_ invocation: Invocation) throws(CommandFailure) -> Bool {
        try home(invocation).rightfulOwner(userID: geteuid()) != nil
    }

    /// Finds the home, and does not look at it.
    public static func home(_ invocation: Invocation) throws(CommandFailure) -> Home {
        try HomeRules(
            flag: invocation.command.string(.home),
            variable: invocation.environment[Home.variable],
            isService: invocation.command.isOn(.service), userID: geteuid(),
            userFolder: invocation.environment["HOME"], workingFolder: workingFolder(),
            callerID: invocation.environment["SUDO_UID"], isRepaired: GivenBytes.areNoText
        ).home()
    }

    /// The home's configuration file.
    public var configurationFile: ConfigurationFile {
        configurationFile(at: home.configurationPath)
    }

    /// Another file of the same form.
    public func configurationFile(at path: String) -> ConfigurationFile {
        ConfigurationFile(path: path, schema: .standard, files: files)
    }

    /// Makes the home where it is absent; to be called before something is written.
    public func prepareHome() throws(CommandFailure) {
        try home.prepare(files, userID: userID)
    }

    /// The working folder; the root folder where it has been removed meanwhile.
    private static func workingFolder() -> String {
        String(decoding: GivenBytes.workingFolder ?? [UInt8(ascii: "/")], as: UTF8.self)
    }
}
