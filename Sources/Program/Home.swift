// SPDX-License-Identifier: Apache-2.0

public import CommandLineKit

/// The folder that holds the program's configuration and data. Making one touches no disk.
public struct Home: Sendable, Equatable {
    /// Why it is this folder and no other.
    public enum Reason: String, Sendable, CaseIterable {
        /// `--home` names it.
        case flag
        /// The variable `ARPGUARD_HOME` names it.
        case variable
        /// It is the service's, for `--service` and for the user root.
        case service
        /// It is the person's own.
        case user
    }

    /// The home of the service, and of root.
    public static let servicePath = "/var/lib/arpguard"
    /// The variable that names a home.
    public static let variable = "ARPGUARD_HOME"

    /// The folder's absolute path, without a slash at its end.
    public let path: String
    /// Why it is this one.
    public let reason: Reason
    /// The person's own folder (`HOME`), for which `~` stands; nil where there is none.
    public let userFolder: String?
    /// The flag with which a command that is pasted reaches it, in another shell too; nil where it
    /// does without one.
    public internal(set) var flag: String?

    /// The configuration file.
    public var configurationPath: String { path + "/config.json" }

    /// A path for people: `~` stands for the person's own folder, which the service has not.
    public func abbreviated(_ path: String) -> String {
        guard reason != .service, let userFolder, userFolder != "/" else { return path }
        if path == userFolder { return "~" }
        return path.hasPrefix(userFolder + "/") ? "~" + path.dropFirst(userFolder.count) : path
    }

    /// A text for people, in which every path is so; what is the middle of a path stays.
    public func abbreviating(_ text: String) -> String {
        guard reason != .service, let userFolder, userFolder != "/" else { return text }
        let parts = text.split(separator: userFolder + "/", omittingEmptySubsequences: false)
        return zip(parts, parts.dropFirst()).reduce(String(parts[0])) { told, pair in
            told + (Self.endsBeforePath(pair.0) ? "~" : userFolder) + "/" + pair.1
        }
    }

    /// Whether a path can begin behind a text.
    private static func endsBeforePath(_ text: Substring) -> Bool {
        text.last.map { " \t\n`'\"([{<>=:,;|".contains($0) } ?? true
    }
}

/// Decides whose home a program uses.
public struct HomeRules: Sendable, Equatable {
    /// The value of `--home`.
    public var flag: String?
    /// The value of `ARPGUARD_HOME`; empty counts as absent.
    public var variable: String?
    /// Whether `--service` is given.
    public var isService: Bool
    /// The user number under which the program runs.
    public var userID: UInt32
    /// The value of `HOME`; anything but an absolute path counts as absent.
    public var userFolder: String?
    /// The folder from which relative paths are taken.
    public var workingFolder: String
    /// The value of `SUDO_UID`: who called `sudo` pastes what is told as that user.
    public var callerID: String?

    /// Whether one of these texts held bytes that are no UTF-8: Swift puts U+FFFD in their place.
    public var isRepaired: Bool

    /// The facts that decide.
    public init(
        flag: String? = nil, variable: String? = nil, isService: Bool = false, userID: UInt32,
        userFolder: String?, workingFolder: String, callerID: String? = nil,
        isRepaired: Bool = false
    ) {
        self.flag = flag
        self.variable = variable
        self.isService = isService
        self.userID = userID
        self.userFolder = userFolder
        self.workingFolder = workingFolder
        self.callerID = callerID
        self.isRepaired = isRepaired
    }

    /// The home: `--home` or, with `--service`, the service's; else `ARPGUARD_HOME`, else the
    /// service's for root, else `.arpguard` in the person's folder. Throws where none of these
    /// applies, and where both flags are given.
    public func home() throws(CommandFailure) -> Home {
        var home = try meant()
        // What stands in the place of other bytes names another folder.
        guard !isRepaired || !home.path.unicodeScalars.contains("\u{FFFD}") else {
            throw CommandFailure(
                "the home \(home.path) has a name that is no UTF-8",
                hint: "name a folder that has one with --home or \(Home.variable)")
        }
        if isReachedOnlyByFlag(home) { home.flag = Home.flag(for: home.path) }
        return home
    }

    /// Whether a command without a flag reaches another home, here, in another folder, where the
    /// variable is unset, or as the user who called this by `sudo`.
    private func isReachedOnlyByFlag(_ home: Home) -> Bool {
        if userID == 0, let callerID, callerID != "0" { return true }
        if let variable, !variable.isEmpty, !variable.hasPrefix("/") { return true }
        var plain = self
        plain.flag = nil
        plain.isService = false
        var bare = plain
        bare.variable = nil
        return [plain, bare].contains { (try? $0.meant())?.path != home.path }
    }

    private func meant() throws(CommandFailure) -> Home {
        let own = userFolder.flatMap { $0.hasPrefix("/") ? Self.trimmed($0) : nil }
        if let flag {
            guard !isService else {
                throw CommandFailure(
                    "--home and --service exclude each other", hint: "give one of them",
                    status: .usage)
            }
            return Home(path: absolute(flag), reason: .flag, userFolder: own)
        }
        if let variable, !variable.isEmpty, !isService {
            return Home(path: absolute(variable), reason: .variable, userFolder: own)
        }
        if isService || userID == 0 {
            return Home(path: Home.servicePath, reason: .service, userFolder: own)
        }
        guard let own else {
            throw CommandFailure(
                "no home folder: HOME is not set to an absolute path",
                hint: "name a folder with --home or \(Home.variable)")
        }
        let path = own == "/" ? "/.arpguard" : own + "/.arpguard"
        return Home(path: path, reason: .user, userFolder: own)
    }

    private func absolute(_ path: String) -> String {
        Self.trimmed(path.hasPrefix("/") ? path : Self.trimmed(workingFolder) + "/" + path)
    }

    private static func trimmed(_ path: String) -> String {
        var path = path
        while path.count > 1, let ending = ["/", "/."].first(where: path.hasSuffix) {
            path.removeLast(ending.count)
        }
        return path.isEmpty ? "/" : path
    }
}
