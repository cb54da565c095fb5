// SPDX-License-Identifier: Apache-2.0

import Hashing
import Modules

/// The consent files of a home, read and held against each other.
struct ConsentState: Sendable {
    let record: ConsentRecord?
    let page: ConsentPage.State?
    let consent: GateFacts.Consent
    let isCopied: Bool
    /// Whose the folder is, if it is another program's: what was decided about that one is nothing
    /// to this one, and none of it is read further.
    var foreignProduct: String?
    /// Why a record that stands is not known; nil where it is, or where none stands.
    var recordFault: RecordFault?

    /// What keeps a record that stands from being known.
    enum RecordFault: Sendable {
        /// It can't be read now, or not as this person's, and may be another time.
        case unread(SystemError)
        /// What stands there is nothing that this program wrote.
        case damaged
    }

    /// The epoch of the yes under which events may be recorded now.
    var epoch: UInt32? { consent == .given ? record?.epoch : nil }

    /// Whether what the yes that stands lets leave would also leave under one to these terms: for
    /// the same place, as coarse. False without a yes.
    func goesOn(under terms: ConsentTerms) -> Bool {
        guard consent == .given, !isCopied, let agreed = record?.terms else { return false }
        return agreed.origin == terms.origin && agreed.anonymizeData == terms.anonymizeData
    }

    /// Why a record that stands can't be read now; nil where that is not so.
    var recordError: SystemError? {
        if case .unread(let error) = recordFault { error } else { nil }
    }

    private static func unreadable(_ fault: RecordFault? = nil) -> ConsentState {
        ConsentState(
            record: nil, page: nil, consent: .unreadable, isCopied: false, recordFault: fault)
    }

    private static let notAsked = ConsentState(
        record: nil, page: nil, consent: .notAsked, isCopied: false)

    /// Whether the page is as it is made, before anything was said: a first yes that was cut short,
    /// such as by a full disk, leaves no more than that.
    private static func isUntouched(
        _ directory: TelemetryDirectory, _ files: any FileSystem
    ) -> Bool {
        let page = try? ConsentPage(opening: directory.consentPage, files)
        return page?.state == ConsentPage.State(epoch: 0, isOn: false)
    }

    /// Reads both files. Never throws: what can't be read is `unreadable`.
    static func read(
        _ directory: TelemetryDirectory, of product: Product, _ seams: TelemetrySeams,
        _ memory: ConsentMemory
    ) -> ConsentState {
        do throws(SystemError) {
            let recordThere = try seams.files.status(of: directory.consentRecord) != nil
            if let fault = try othersFault(directory, seams) {
                return unreadable(recordThere ? fault : nil)
            }
            let isShared = try sharedPath(directory, seams.files) != nil
            let pageThere = try seams.files.status(of: directory.consentPage) != nil
            if !recordThere, !pageThere { return Self.notAsked }
            guard recordThere else {
                return isUntouched(directory, seams.files) ? Self.notAsked : unreadable()
            }
            let bytes = try seams.files.read(
                directory.consentRecord, bytesMax: ConsentRecord.bytesMax)
            guard let record = memory.record(bytes) else { return unreadable(.damaged) }
            guard record.product == product.name else {
                var state = Self.notAsked
                state.foreignProduct = record.product
                return state
            }
            // Without the page, or where others may write, it is no yes; but the identifier and
            // its secret are known.
            let page = try? ConsentPage(opening: directory.consentPage, seams.files)
            let state = page?.state
            let told = isShared ? nil : state.map { consent(record, $0) }
            return ConsentState(
                record: record, page: state, consent: told ?? .unreadable,
                isCopied: isCopied(record, seams))
        } catch {
            return unreadable(error.code == SystemError.tooBig ? .damaged : .unread(error))
        }
    }

    /// Both files say yes to the same epoch, or it is no yes. A page that is off beside a record
    /// that says yes is a `disable` that was cut short, or an `enable` that never finished.
    private static func consent(
        _ record: ConsentRecord, _ page: ConsentPage.State
    ) -> GateFacts.Consent {
        switch (record.isGiven, page.isOn) {
        case (true, true): record.epoch == page.epoch ? .given : .unreadable
        case (_, false): .withdrawn
        case (false, true): .unreadable
        }
    }

    /// What has a folder and what was decided there be its owner's alone again, to read and write;
    /// nil where they are.
    static func remedy(_ directory: TelemetryDirectory, _ seams: TelemetrySeams) -> String? {
        if let remedy = obstacleRemedy(directory, seams) { return remedy }
        let shared = try? sharedPath(directory, seams.files)
        return shared.map { "let nobody but its owner write to \($0)" }
    }

    /// The same where a decision can't even be read or written; nil where it can.
    static func obstacleRemedy(
        _ directory: TelemetryDirectory, _ seams: TelemetrySeams
    ) -> String? {
        for path in paths(directory) {
            if let remedy = kindRemedy(path, directory, seams.files) { return remedy }
            guard let status = try? seams.files.status(of: path) else { continue }
            if status.owner != seams.userID {
                return "have user \(seams.userID) own \(directory.path) and all in it, so that "
                    + "what was decided there counts"
            }
        }
        if let path = closedPath(directory, seams.files) {
            return "make \(path) readable and writable for its owner"
        }
        let page = directory.consentPage
        return meets(SystemError.readOnly) { _ = try ConsentPage(opening: page, seams.files) }
            ? "mount the file system of \(directory.path) so that it can be written" : nil
    }

    /// The same where no folder stands in the place of that of the data; nil where one does, or
    /// nothing, as far as that can be seen.
    static func folderRemedy(
        _ directory: TelemetryDirectory, _ files: any FileSystem
    ) -> String? {
        kindRemedy(directory.path, directory, files)
    }

    private static func kindRemedy(
        _ path: String, _ directory: TelemetryDirectory, _ files: any FileSystem
    ) -> String? {
        guard let status = try? files.status(of: path) else { return nil }
        if status.kind == .link { return linkRemedy(path, directory) }
        let expected = expectedKind(of: path, directory)
        return status.kind == expected ? nil : "move \(path) away, which is no \(expected)"
    }

    /// What a link to nothing led to is not there to be put in its place.
    private static func linkRemedy(_ path: String, _ directory: TelemetryDirectory) -> String {
        guard RealFileSystem.leadsNowhere(path) else {
            return "put what \(path) leads to in the place of that link"
        }
        let removal = "remove \(path), which is a link to nothing"
        switch path {
        case directory.consentPage: return removal
        case directory.consentRecord:
            return "\(removal) (what was sent before can't be erased then)"
        default: return "\(removal), or bring back what it led to and put that in its place"
        }
    }

    /// What its owner has shut: the folder, or a file in it; nil for nothing.
    private static func closedPath(
        _ directory: TelemetryDirectory, _ files: any FileSystem
    ) -> String? {
        let (record, page) = (directory.consentRecord, directory.consentPage)
        let denial = SystemError.accessDenied
        if meets(denial, { _ = try files.status(of: record) }) { return directory.path }
        if meets(denial, { _ = try files.read(record, bytesMax: ConsentRecord.bytesMax) }) {
            return record
        }
        return meets(denial) { _ = try ConsentPage(opening: page, files) } ? page : nil
    }

    private static func meets(_ code: Int32, _ look: () throws -> Void) -> Bool {
        do {
            try look()
            return false
        } catch {
            return (error as? SystemError)?.code == code
        }
    }

    private static func paths(_ directory: TelemetryDirectory) -> [String] {
        [directory.path, directory.consentRecord, directory.consentPage]
    }

    private static func expectedKind(
        of path: String, _ directory: TelemetryDirectory
    ) -> FileStatus.Kind {
        path == directory.path ? .folder : .file
    }

    /// Why state that somebody else put there is not this person's yes; nil if none is somebody
    /// else's. Given back, or in the place of a link, it counts: until then it is left as it is.
    private static func othersFault(
        _ directory: TelemetryDirectory, _ seams: TelemetrySeams
    ) throws(SystemError) -> RecordFault? {
        for path in paths(directory) {
            guard let status = try seams.files.status(of: path) else { continue }
            let expected = expectedKind(of: path, directory)
            if status.kind == expected, status.owner == seams.userID { continue }
            if path == directory.consentRecord, ![.file, .link].contains(status.kind) {
                return .damaged
            }
            let what =
                status.kind == expected ? "belongs to user \(status.owner)" : "is no \(expected)"
            return .unread(
                SystemError(
                    code: SystemError.notPermitted, call: "stat", subject: "\(path) \(what)"))
        }
        return nil
    }

    /// What others may write to: where they could have put a yes it is none. Nil is nothing. Of a
    /// link the mode says nothing; nobody follows one.
    static func sharedPath(
        _ directory: TelemetryDirectory, _ files: any FileSystem
    ) throws(SystemError) -> String? {
        for path in paths(directory) {
            guard let status = try files.status(of: path), status.kind != .link else { continue }
            if status.mode & 0o022 != 0 { return path }
        }
        return nil
    }

    private static func isCopied(_ record: ConsentRecord, _ seams: TelemetrySeams) -> Bool {
        guard let machine = record.machine, let now = machineHash(record.machineSalt, seams) else {
            return false
        }
        return machine != now
    }

    /// The machine's identifier under a salt; nil where the machine has none.
    static func machineHash(_ salt: String, _ seams: TelemetrySeams) -> String? {
        guard let identifier = try? seams.files.read(seams.machineIDPath, bytesMax: 256),
            !identifier.isEmpty
        else { return nil }
        return Hex.encode(SHA256.hash(Array(salt.utf8) + identifier))
    }
}
