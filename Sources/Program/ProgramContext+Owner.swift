// SPDX-License-Identifier: Apache-2.0

import CommandLineKit
private import Glibc

extension Home {
    /// Has root act as the owner of the service's folder from here on, for good: what it would
    /// write there could otherwise not be read, or be led elsewhere, by that owner.
    ///
    /// Nothing happens for anybody but root, in another home, or where the folder is root's.
    func becomeOwner(userID: UInt32) throws(CommandFailure) {
        guard userID == 0, reason == .service else { return }
        var status = stat()
        guard unsafe lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR,
            status.st_uid != 0
        else { return }
        let (owner, group) = (status.st_uid, status.st_gid)
        guard setgroups(0, nil) == 0, setgid(group) == 0, setuid(owner) == 0 else {
            throw CommandFailure(
                "can't act as user number \(owner), who owns \(path)",
                hint: "run the command as that user")
        }
    }
}
