// SPDX-License-Identifier: Apache-2.0

public import CommandLineKit
public import Modules

extension Home {
    /// Refuses a home that is a link, no folder, or somebody else's. One that is absent is fine.
    ///
    /// Whoever owns a folder can put links into it, and so have files written elsewhere.
    public func check(_ files: any FileSystem, userID: UInt32) throws(CommandFailure) {
        let status: FileStatus?
        do throws(SystemError) {
            status = try files.status(of: path)
        } catch {
            throw CommandFailure(
                "the home can't be looked at: \(error)", hint: "name another with --home")
        }
        if let status, let fault = fault(status, userID: userID) { throw fault }
    }

    func fault(_ status: FileStatus, userID: UInt32) -> CommandFailure? {
        if status.kind == .link {
            return CommandFailure(
                "the home \(path) is a link",
                hint: "name the folder it points to with --home")
        }
        guard status.kind == .folder else {
            return CommandFailure(
                "the home \(path) is no folder", hint: "name another with --home")
        }
        guard status.owner == userID else {
            return CommandFailure(
                "the home \(path) belongs to user number \(status.owner), not to \(userID)",
                hint: "\(way(toHomeOf: status.owner)), or name another home with --home")
        }
        return nil
    }

    /// How somebody else works in a home: as its owner, whom root becomes in the service's alone.
    private func way(toHomeOf owner: UInt32) -> String {
        if reason == .service { return "run the command with sudo" }
        let sudo = owner == 0 ? "sudo" : "sudo -u '#\(owner)'"
        return "begin the command with \(sudo) \(Program.name) \(Self.flag(for: path))"
    }

    /// Makes the home with mode 0700 where it is absent; called only when something is written.
    public func prepare(_ files: any FileSystem, userID: UInt32) throws(CommandFailure) {
        try check(files, userID: userID)
        do throws(SystemError) {
            try files.createFolder(path)
        } catch {
            throw CommandFailure(
                "the home can't be made: \(error)", hint: hint(against: error, userID: userID))
        }
    }

    /// What to do where the home can't be made.
    func hint(against error: SystemError, userID: UInt32) -> String {
        let isServices = reason == .service && userID != 0
        return error.shortageHint
            ?? (isServices ? way(toHomeOf: 0) : "name another with --home")
    }
}
