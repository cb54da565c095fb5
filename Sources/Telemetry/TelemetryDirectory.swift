// SPDX-License-Identifier: Apache-2.0

package import Modules

/// Every path under `storage_path`. Making one touches no disk.
public struct TelemetryDirectory: Sendable, Equatable {
    /// The folder that holds all of telemetry's data.
    public let path: String

    /// Names the folder.
    public init(_ path: String) { self.path = path }

    /// The page that all recording processes share: epoch, and whether to record.
    public var consentPage: String { "\(path)/consent.page" }
    /// What was agreed to, the installation's identifier and its erasure secret.
    public var consentRecord: String { "\(path)/consent.json" }
    /// Taken by whoever changes consent or deletes data.
    public var changeLock: String { "\(path)/change.lock" }
    /// Taken by whoever uploads.
    public var uploadLock: String { "\(path)/upload.lock" }
    /// Taken by whoever replaces a damaged database.
    public var storeLock: String { "\(path)/store.lock" }
    /// The SQLite database.
    public var store: String { "\(path)/store.sqlite" }
    /// A database that could not be read, set aside.
    public var damagedStore: String { "\(path)/store.damaged.sqlite" }
    /// A journal that could not be read, set aside.
    public var damagedJournal: String { "\(path)/journal.damaged" }
    /// Takes room that deleting may need on a full disk.
    public var reserve: String { "\(path)/reserve" }
    /// The journals of recording processes.
    public var journals: String { "\(path)/journal" }
    /// What was lost while the store could not be opened.
    var lossNote: String { "\(path)/losses" }
    /// Taken for each change of that.
    var lossLock: String { "\(path)/losses.lock" }
    /// Requests for erasure that the collector has not confirmed yet.
    public var erasures: String { "\(path)/erasures.json" }
    /// Requests for the erasure of what other homes sent that used the folder before; they are not
    /// made before the data here is deleted.
    var formerErasures: String { "\(path)/erasures.former.json" }
    /// Where requests for erasure that could not be understood are set aside, in this order.
    public var damagedErasures: [String] {
        (1...8).map { "\(path)/erasures.damaged\($0 == 1 ? "" : "-\($0)").json" }
    }
    /// Taken for each change of the pending erasures.
    public var erasuresLock: String { "\(path)/erasures.lock" }
    /// Stands while a deletion that began is not finished.
    public var deletionIntent: String { "\(path)/deletion.intent" }
    /// Stands while a change of identifier that began is not finished.
    public var rotationIntent: String { "\(path)/rotation.intent" }

    /// Whether there is anything of telemetry in the folder, as far as that can be seen.
    package func isUsed(_ files: any FileSystem) -> Bool {
        [consentPage, consentRecord, store, journals, erasures]
            .contains { (try? files.status(of: $0)) != nil }
    }

    /// Whether something stands at the path, or can't be looked at.
    func isThere(_ files: any FileSystem) -> Bool {
        do throws(SystemError) {
            return try files.status(of: path) != nil
        } catch {
            return true
        }
    }

    /// Makes the folders if needed, and refuses one that is a link or belongs to somebody else.
    package func prepare(_ seams: TelemetrySeams) throws(TelemetryError) {
        try prepareFolder(seams)
        try prepare(journals, seams)
    }

    /// The same for the folder alone, without that of the journals.
    func prepareFolder(_ seams: TelemetrySeams) throws(TelemetryError) {
        try prepare(path, seams)
    }

    private func prepare(_ folder: String, _ seams: TelemetrySeams) throws(TelemetryError) {
        do throws(SystemError) {
            if try seams.files.status(of: folder) == nil { try makeFolders(folder, seams.files) }
            try check(folder, seams)
        } catch {
            throw refusal(error, seams)
        }
    }

    /// Refuses a folder that is not there, is a link or belongs to somebody else.
    func check(_ seams: TelemetrySeams) throws(TelemetryError) {
        do throws(SystemError) {
            try check(path, seams)
        } catch {
            throw refusal(error, seams)
        }
    }

    private func refusal(_ error: SystemError, _ seams: TelemetrySeams) -> TelemetryError {
        let remedy = ConsentState.folderRemedy(self, seams.files)
        return TelemetryError(
            .storage, error.description, hint: remedy ?? "make \(path) writable")
    }

    private func makeFolders(_ folder: String, _ files: any FileSystem) throws(SystemError) {
        var partial = ""
        for piece in folder.split(separator: "/") {
            partial += "/\(piece)"
            if try files.status(of: partial) == nil { try files.createFolder(partial) }
        }
    }

    private func check(_ folder: String, _ seams: TelemetrySeams) throws(SystemError) {
        guard let status = try seams.files.status(of: folder), status.kind == .folder else {
            throw SystemError(code: SystemError.notADirectory, call: "mkdir", subject: folder)
        }
        if status.owner != seams.userID {
            throw SystemError(
                code: SystemError.notPermitted, call: "stat",
                subject: "\(folder) belongs to user \(status.owner)")
        }
    }

    /// Removes what processes left that died while they put another file in the place of `path`.
    /// Nobody else may be at that now.
    package func removeUnfinished(
        _ path: String, _ files: any FileSystem
    ) throws(SystemError) {
        for name in try files.names(in: self.path) {
            let leftover = "\(self.path)/\(name)"
            if leftover.hasPrefix("\(path)."), leftover.hasSuffix(".new") {
                try files.remove(leftover)
            }
        }
    }

    /// The space that everything under the folder takes on the disk, in bytes.
    package func allocatedBytes(_ files: any FileSystem) throws(SystemError) -> Int64 {
        var total: Int64 = 0
        for folder in [path, journals] {
            guard try files.status(of: folder)?.kind == .folder else { continue }
            for name in try files.names(in: folder) {
                let status = try files.status(of: "\(folder)/\(name)")
                if status?.kind == .file { total += status?.allocatedBytes ?? 0 }
            }
        }
        return total
    }
}
