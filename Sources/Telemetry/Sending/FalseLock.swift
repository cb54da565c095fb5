// SPDX-License-Identifier: Apache-2.0

import Modules

/// What stands in the place of an uploader's lock and is none.
package enum FalseLock {
    /// What to do about it.
    package static let hint = "remove it while nothing is uploaded; an upload makes it anew"

    /// Says what it is; nil where the lock can be had, as far as that can be seen.
    package static func error(at path: String, _ seams: TelemetrySeams) -> TelemetryError? {
        guard let status = try? seams.files.status(of: path),
            let fault = fault(status, to: seams.userID)
        else { return nil }
        return TelemetryError(.storage, "\(path) can't be locked: \(fault)", hint: hint)
    }

    private static func fault(_ status: FileStatus, to user: UInt32) -> String? {
        switch status.kind {
        case .folder: return "it is a folder"
        case .link: return "it is a link"
        case .file, .other: break
        }
        // As one of a group a user may too, which is not looked at.
        let ways: [UInt32] = status.owner == user ? [0o600] : [0o060, 0o006]
        guard user != 0, !ways.contains(where: { status.mode & $0 == $0 }) else { return nil }
        return status.owner == user
            ? "its permissions forbid that" : "it belongs to user \(status.owner)"
    }
}
