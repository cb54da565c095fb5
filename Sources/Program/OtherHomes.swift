// SPDX-License-Identifier: Apache-2.0

public import JSON
package import Modules

/// Programs of ours that run now with another home than the one that is looked at.
public struct OtherHomes: Sendable, Equatable {
    /// One of them.
    public struct User: Sendable, Equatable {
        /// The process.
        public let pid: Int32
        /// Its home, by its arguments and its environment.
        public let home: String
        /// Whether that is so: false where the environment, which only its owner and root may read,
        /// may name another one.
        public let isHomeSeen: Bool
        /// Whether it watches a network, and does not read a capture.
        public let isWatching: Bool
    }

    /// All of them.
    public let users: [User]

    /// Looks at the running processes.
    public init(than home: Home) {
        let names: Set = [Helper.watch.name]
        self.init(than: home, among: ProcessTable.running(names))
    }

    /// - Parameter processes: programs of ours. Of a person's whose environment can't be read there
    ///   is nothing to tell; of root's, that it can't be seen which home it has.
    package init(than home: Home, among processes: [ProcessTable.Entry]) {
        users = processes.compactMap { process in
            // Who captures has no home: its supervisor has.
            guard process.arguments.dropFirst().first != Helper.captureWord,
                let other = Self.home(of: process)
            else { return nil }
            let isSeen = Self.isHomeSeen(of: process)
            if isSeen, RealFileSystem.areSame(other, home.path) { return nil }
            return User(
                pid: process.pid, home: other, isHomeSeen: isSeen,
                isWatching: process.arguments.contains("watch"))
        }
    }

    private static func isHomeSeen(of process: ProcessTable.Entry) -> Bool {
        process.environment != nil || homeFlag(process.arguments) != nil
            || process.arguments.contains("--service")
    }

    private static func home(of process: ProcessTable.Entry) -> String? {
        let flag = homeFlag(process.arguments)
        let isService = process.arguments.contains("--service")
        let variable = isService ? nil : process.environment?[Home.variable]
        // Without the folder from which it is taken a relative path says nothing.
        let path = flag ?? variable ?? ""
        if process.workingFolder == nil, !path.isEmpty, !path.hasPrefix("/") { return nil }
        let rules = HomeRules(
            flag: flag, variable: variable, isService: isService, userID: process.owner,
            userFolder: nil, workingFolder: process.workingFolder ?? "/")
        return try? rules.home().path
    }

    private static func homeFlag(_ words: [String]) -> String? {
        for (index, word) in words.enumerated() {
            if word == "--home", index + 1 < words.count { return words[index + 1] }
            if word.hasPrefix("--home=") { return String(word.dropFirst("--home=".count)) }
        }
        return nil
    }

    /// One line for people for each of them.
    public var warnings: [String] {
        users.map { user in
            user.isHomeSeen
                ? "process \(user.pid) runs with another home: \(user.home)"
                : "process \(user.pid) runs with a home that can't be seen from here"
        }
    }

    /// The same for programs.
    public var json: JSONValue {
        .array(
            users.map { user in
                [
                    "pid": .integer(Int64(user.pid)),
                    "home": user.isHomeSeen ? .string(user.home) : .null,
                ]
            })
    }
}

extension OtherHomes.User {
    /// A line for people of one that watches. What its home is called is somebody else's word: no
    /// command is to be seen in it.
    public var watchLine: String {
        let look = ": sudo \(Program.name) --service status"
        guard isHomeSeen else {
            return "process \(pid) watches with a home that can't be seen from here\(look)"
        }
        return "process \(pid) watches with another home, \(ShellText.word(home))"
            + (home == Home.servicePath ? look : "")
    }
}
