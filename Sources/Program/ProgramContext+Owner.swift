// SPDX-License-Identifier: Apache-2.0

import CommandLineKit
import Modules

extension Home {
    /// Has root act as the owner of the service's folder from here on, for good: what it would
    /// write there could otherwise not be read, or be led elsewhere, by that owner.
    ///
    /// Nothing happens for anybody but root, in another home, or where the folder is root's.
    func becomeOwner(userID: UInt32) throws(CommandFailure) {
        guard let owner = rightfulOwner(userID: userID) else { return }
        do throws(SystemError) {
            try Privileges.become(owner)
        } catch {
            throw CommandFailure(
                "can't act as user number \(owner.number), who owns \(path): \(error)",
                hint: "run the command as that user")
        }
    }

    /// As whom root has to act in the service's folder; nil for nobody else.
    func rightfulOwner(userID: UInt32) -> Privileges.User? {
        guard userID == 0, reason == .service else { return nil }
        // A folder that can't be looked at is told by the check that follows.
        let owner = try? Privileges.owner(of: path)
        return owner?.number == 0 ? nil : owner
    }
}
