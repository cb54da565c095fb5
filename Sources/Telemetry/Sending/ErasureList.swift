// SPDX-License-Identifier: Apache-2.0

import JSON
import Modules

/// The file of pending erasures, mode 0600, written whole.
struct ErasureList {
    /// The longest file that is read, in bytes.
    static let bytesMax = 1 << 20
    /// How long a change waits for another process's change.
    static let lockMilliseconds: Int32 = 2000

    let directory: TelemetryDirectory
    let files: any FileSystem
    /// Whose the folder is.
    let userID: UInt32
    /// The file.
    let path: String

    init(
        directory: TelemetryDirectory, files: any FileSystem, userID: UInt32, path: String? = nil
    ) {
        self.directory = directory
        self.files = files
        self.userID = userID
        self.path = path ?? directory.erasures
    }

    /// All of them. Throws where the file can't be read, or is not what `update` wrote.
    func all() throws(TelemetryError) -> [PendingErasure] {
        if let erasures = try read() { return erasures }
        throw TelemetryError(
            .storage, "the list of pending erasures is damaged: \(path)",
            hint: "it names what is still to be erased at the collector: restore it from a copy, "
                + "mend it and take the changed entry's check out, or remove it to give that up")
    }

    /// Whether the erasure of what an identifier sent is still asked for.
    func asks(for id: [UInt8]) throws(TelemetryError) -> Bool {
        try all().contains { Array($0.installationID.utf8) == id }
    }

    /// What no command can ask for any more, and what to do about it; nil if all is well.
    func problem() -> TelemetryError? {
        do throws(TelemetryError) {
            _ = try all()
            return Self.problem(setAside: try setAside())
        } catch {
            return error
        }
    }

    private static func problem(setAside paths: [String]) -> TelemetryError? {
        guard let first = paths.first else { return nil }
        let what =
            paths.count == 1
            ? "a damaged list of pending erasures was set aside: \(first)"
            : "\(paths.count) damaged lists of pending erasures were set aside: \(first) ..."
        return TelemetryError(
            .storage, what,
            hint: "it names what is still to be erased at the collector: mend it and rename it to "
                + "erasures.json once none are pending, or remove it to give that up")
    }

    /// Sets a list that can't be understood aside, so that further requests can be kept, and
    /// beside those that were before. One that only can't be reached stays. Call before anything
    /// that has requests to keep.
    func setDamagedAside() throws {
        guard try read() == nil else { return }
        let taken = try setAside()
        guard let free = directory.damagedErasures.first(where: { !taken.contains($0) }) else {
            throw TelemetryError(
                .storage, "\(taken.count) damaged lists of pending erasures wait already",
                hint: "mend or remove \(taken[0]) and those beside it: they name what is still to "
                    + "be erased at the collector")
        }
        try files.rename(path, to: free)
    }

    /// The damaged lists that wait for somebody to mend them.
    private func setAside() throws(TelemetryError) -> [String] {
        do throws(SystemError) {
            var taken: [String] = []
            for path in directory.damagedErasures where try files.status(of: path) != nil {
                taken.append(path)
            }
            return taken
        } catch {
            throw TelemetryError(.storage, error.description, hint: "make the folder readable")
        }
    }

    /// The list; nil if it can't be understood.
    private func read() throws(TelemetryError) -> [PendingErasure]? {
        do throws(SystemError) {
            return try parse()
        } catch {
            let remedy = ConsentState.folderRemedy(directory, files)
            throw TelemetryError(
                .storage, "the list of pending erasures can't be read: \(error)",
                hint: remedy ?? "make it readable for its owner")
        }
    }

    private func parse() throws(SystemError) -> [PendingErasure]? {
        guard let status = try files.status(of: path) else {
            // Where no folder stands it may be anywhere.
            if try isFolderAway() {
                throw SystemError(
                    code: SystemError.notADirectory, call: "stat", subject: directory.path)
            }
            return []
        }
        guard status.kind == .file, status.bytes <= Int64(Self.bytesMax) else { return nil }
        let bytes = try files.read(path, bytesMax: Self.bytesMax)
        guard let list = (try? JSONValue.parse(bytes: bytes))?.arrayValue else { return nil }
        let erasures = list.compactMap(PendingErasure.init(json:))
        return erasures.count == list.count ? erasures : nil
    }

    /// Whether something else stands in the place of the folder, or a link to none that is used.
    private func isFolderAway() throws(SystemError) -> Bool {
        switch try files.status(of: directory.path)?.kind {
        case .folder, nil: false
        case .link: !directory.isUsed(files)
        case .file, .other: true
        }
    }

    /// Changes the list as one step for all processes.
    func update(
        _ change: (inout [PendingErasure]) -> Void
    ) throws(TelemetryError) {
        let lock: FileLock?
        do throws(SystemError) {
            lock = try files.lock(directory.erasuresLock, waiting: Self.lockMilliseconds)
        } catch {
            let path = directory.erasuresLock
            let known = FalseLock.error(at: path, files, of: userID, hint: FalseLock.generalHint)
            throw known
                ?? TelemetryError(.storage, error.description, hint: "make the folder writable")
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
            try directory.removeUnfinished(path, files)
            if erasures.isEmpty { return try files.remove(path) }
            let text = JSONValue.array(erasures.map(\.json)).serialized(.pretty)
            try files.replace(path, with: Array(text.utf8) + [0x0A])
        } catch {
            throw TelemetryError(
                .storage, error.description,
                hint: error.shortageHint ?? "make the folder writable, or free space")
        }
    }
}
