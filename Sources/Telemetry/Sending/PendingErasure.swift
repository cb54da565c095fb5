// SPDX-License-Identifier: Apache-2.0

import JSON
package import Modules

/// A request for erasure that the collector has not confirmed: the only thing that outlives
/// `delete-data`.
package struct PendingErasure: Sendable, Equatable {
    /// The installation that is to be erased.
    package let installationID: String
    /// What proves that the request comes from there.
    package let secret: String
    /// Where the request goes: the installation's own URL.
    package let url: String
    /// How often it was tried.
    package var attempts: Int64
    /// Not to be tried before.
    package var nextAttemptAt: Timestamp

    var json: JSONValue {
        [
            "installation_id": .string(installationID), "secret": .string(secret),
            "url": .string(url), "attempts": .integer(attempts),
            "next_attempt_at": .integer(nextAttemptAt.nanoseconds),
        ]
    }
}

extension PendingErasure {
    init?(json: JSONValue) {
        guard let object = json.objectValue,
            let id = object["installation_id"]?.stringValue,
            let secret = object["secret"]?.stringValue, let url = object["url"]?.stringValue,
            let attempts = object["attempts"]?.integerValue,
            let next = object["next_attempt_at"]?.integerValue
        else { return nil }
        self.init(
            installationID: id, secret: secret, url: url, attempts: attempts,
            nextAttemptAt: Timestamp(nanoseconds: next))
    }
}

/// The file of pending erasures, mode 0600, written whole.
struct ErasureList {
    /// The longest file that is read, in bytes.
    static let bytesMax = 1 << 20
    /// How long a change waits for another process's change.
    static let lockMilliseconds: Int32 = 2000

    let directory: TelemetryDirectory
    let files: any FileSystem

    func all() throws(TelemetryError) -> [PendingErasure] {
        do throws(SystemError) {
            guard try files.status(of: directory.erasures) != nil else { return [] }
            let bytes = try files.read(directory.erasures, bytesMax: Self.bytesMax)
            if let list = (try? JSONValue.parse(bytes: bytes))?.arrayValue {
                let erasures = list.compactMap(PendingErasure.init(json:))
                if erasures.count == list.count { return erasures }
            }
        } catch {
            throw TelemetryError(.storage, error.description, hint: "make it readable")
        }
        throw TelemetryError(
            .storage, "\(directory.erasures) can't be read",
            hint: "it names what is still to be erased at the collector; restore or remove it")
    }

    /// Changes the list as one step for all processes.
    func update(
        _ change: (inout [PendingErasure]) -> Void
    ) throws(TelemetryError) {
        let lock: FileLock?
        do throws(SystemError) {
            lock = try files.lock(directory.erasuresLock, waiting: Self.lockMilliseconds)
        } catch {
            throw TelemetryError(.storage, error.description, hint: "make the folder writable")
        }
        guard let lock else {
            throw TelemetryError(
                .busy, "another process holds \(directory.erasuresLock)", hint: "try again")
        }
        defer { withExtendedLifetime(lock) {} }
        var erasures = try all()
        change(&erasures)
        try save(erasures)
    }

    private func save(_ erasures: [PendingErasure]) throws(TelemetryError) {
        do throws(SystemError) {
            if erasures.isEmpty { return try files.remove(directory.erasures) }
            let text = JSONValue.array(erasures.map(\.json)).serialized(.pretty)
            try files.replace(directory.erasures, with: Array(text.utf8) + [0x0A])
        } catch {
            throw TelemetryError(.storage, error.description, hint: "free space on the disk")
        }
    }
}
