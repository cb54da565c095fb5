// SPDX-License-Identifier: Apache-2.0

private import CSystem
import Glibc

/// What this process may do beyond other programs of its user, and how it gives that up.
///
/// To be called before any thread is started: capabilities belong to threads.
package enum Privileges {
    /// A user and its main group, by their numbers.
    package struct User: Sendable, Equatable {
        /// The user's number.
        package let number: UInt32
        /// The number of its group.
        package let group: UInt32

        /// The user with these numbers.
        package init(number: UInt32, group: UInt32) {
            self.number = number
            self.group = group
        }
    }

    /// Whether the process runs as root.
    package static var isRoot: Bool { geteuid() == 0 }

    /// The user of that name in the machine's own list; nil if there is none.
    package static func user(named name: String) -> User? {
        var group: UInt32 = 0
        let number = unsafe csystem_user_number(name, &group)
        return UInt32(exactly: number).map { User(number: $0, group: group) }
    }

    /// Who owns what stands at `path`, links not followed; nil if nothing does.
    package static func owner(of path: String) throws(SystemError) -> User? {
        try RealFileSystem.inode(at: path).map { User(number: $0.st_uid, group: $0.st_gid) }
    }

    /// Makes what stands at `path` a user's, links not followed.
    package static func give(_ path: String, to user: User) throws(SystemError) {
        try systemCall("lchown", path) { unsafe lchown(path, user.number, user.group) }
    }

    /// Acts as another user until further notice, and says as whom before. Root goes first to a
    /// user, and that one back.
    package static func act(as user: User) throws(SystemError) -> User {
        let before = User(number: geteuid(), group: getegid())
        if before.number == 0 {
            try systemCall("setegid") { setegid(user.group) }
            try systemCall("seteuid") { seteuid(user.number) }
        } else {
            try systemCall("seteuid") { seteuid(user.number) }
            try systemCall("setegid") { setegid(user.group) }
        }
        return before
    }

    /// Becomes another user for good, in no other group than that user's.
    package static func become(_ user: User) throws(SystemError) {
        try check("setresuid", csystem_become(user.number, user.group))
    }

    /// Gives up every capability, and the right to get one back from any program's file.
    package static func drop() throws(SystemError) {
        try check("capset", csystem_drop_capabilities())
        try check("prctl", csystem_no_new_privileges())
    }

    /// Has the kernel kill this process when the process `parent` ends.
    package static func dieWith(parent: Int32) throws(SystemError) {
        try check("prctl", csystem_die_with(parent))
    }

    private static func check(_ call: String, _ code: Int32) throws(SystemError) {
        if code != 0 { throw SystemError(code: code, call: call) }
    }
}
