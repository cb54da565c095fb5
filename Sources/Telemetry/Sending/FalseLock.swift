// SPDX-License-Identifier: Apache-2.0

import Modules

/// What stands in the place of a lock and is none.
package enum FalseLock {
    /// What to do about that of an uploader.
    package static let hint = "remove it while nothing is uploaded; an upload makes it anew"
    /// What to do about any other.
    package static let generalHint =
        "remove it while no other command is at work here; the next one makes it anew"

    /// Says what it is; nil where the lock can be had, as far as that can be seen.
    package static func error(
        at path: String, _ seams: TelemetrySeams, hint: String = hint
    ) -> TelemetryError? {
        error(at: path, seams.files, of: seams.userID, hint: hint)
    }

    static func error(
        at path: String, _ files: any FileSystem, of user: UInt32, hint: String
    ) -> TelemetryError? {
        guard let status = try? files.status(of: path), let fault = fault(status, to: user) else {
            return nil
        }
        return TelemetryError(.storage, "\(path) can't be locked: \(fault)", hint: hint)
    }

    /// Takes a lock that is no uploader's; nil if another has it for as long as that.
    static func lock(
        _ path: String, waiting milliseconds: Int32, _ seams: TelemetrySeams
    ) throws -> FileLock? {
        do throws(SystemError) {
            return try seams.files.lock(path, waiting: milliseconds)
        } catch {
            throw self.error(at: path, seams, hint: generalHint) ?? error
        }
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
