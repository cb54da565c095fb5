// SPDX-License-Identifier: Apache-2.0

import CommandLineKit
import Modules
import Program

/// Whom a watch that root has started becomes, once the interfaces are open.
enum ServiceAccount: Equatable {
    /// The user that packages make for the service.
    static let name = "arpguard"

    /// What helps where what confines the program keeps root from becoming somebody else.
    private static let rightsHint =
        "let what confines the program (a container, a policy) leave root CAP_SETUID and "
        + "CAP_SETGID, or run it as the owner of the home"

    /// It was not started by root: it stays who it is.
    case unchanged
    /// This user, who owns the home or is to own it.
    case user(Privileges.User)
    /// Nobody is there to become: root without any of its powers.
    case powerlessRoot

    /// Decides from the facts: who owns the home (nil where there is none), and whether the
    /// machine has a user for the service.
    static func deciding(
        isRoot: Bool, homeOwner: Privileges.User?, service: Privileges.User?
    ) -> ServiceAccount {
        if !isRoot { return .unchanged }
        if let homeOwner { return homeOwner.number == 0 ? .powerlessRoot : .user(homeOwner) }
        return service.map { .user($0) } ?? .powerlessRoot
    }

    /// Decides for a home. A new home is made here, for the service's user.
    static func of(
        _ home: Home, _ files: any FileSystem
    ) throws(CommandFailure) -> ServiceAccount {
        guard Privileges.isRoot else { return .unchanged }
        do throws(SystemError) {
            let owner = try Privileges.owner(of: home.path)
            let account = deciding(
                isRoot: true, homeOwner: owner, service: Privileges.user(named: name))
            if owner == nil, case .user(let user) = account {
                try files.createFolder(home.path)
                try Privileges.give(home.path, to: user)
            }
            return account
        } catch {
            throw CommandFailure(
                "the home can't be made ready: \(error)", hint: "name another with --home")
        }
    }

    /// Runs `body` as the user that it will become: what a user can put in root's way is not read
    /// with root's rights.
    func acting<Result>(
        _ body: () throws(CommandFailure) -> Result
    ) throws(CommandFailure) -> Result {
        guard case .user(let user) = self else { return try body() }
        let root: Privileges.User
        do throws(SystemError) {
            root = try Privileges.act(as: user)
        } catch {
            throw CommandFailure(
                "the home's owner can't be acted for: \(error)", hint: Self.rightsHint)
        }
        let result = Swift.Result { () throws(CommandFailure) in try body() }
        do throws(SystemError) {
            _ = try Privileges.act(as: root)
        } catch {
            throw CommandFailure(
                "root can't be gone back to: \(error)", hint: Self.rightsHint)
        }
        return try result.get()
    }

    /// Becomes that, and gives up every capability.
    func become() throws(CommandFailure) {
        do throws(SystemError) {
            if case .user(let user) = self { try Privileges.become(user) }
            try Privileges.drop()
        } catch {
            throw CommandFailure(
                "privileges can't be given up: \(error)", hint: Self.rightsHint)
        }
    }
}
