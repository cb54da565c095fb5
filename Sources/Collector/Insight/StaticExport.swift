// SPDX-License-Identifier: Apache-2.0

internal import HTTPServing
internal import Hashing
internal import JSON
public import Modules

/// Writes insights as files that need no server and no script, for publishing.
public struct StaticExport: Sendable {
    /// What is written, in this order, as names in the folder.
    public let files: [(name: String, bytes: [UInt8])]

    /// Makes the files of one insight for each service that reported anything; the first is also
    /// `index.html`.
    public init(_ insights: [Insight], retention: RetentionPolicy) {
        var files: [(String, [UInt8])] = [("style.css", Array(pageStyleSheet.utf8))]
        for (index, insight) in insights.enumerated() {
            let links = insights.map { other -> HTML in
                "<a href=\"\(Self.name(other)).html\">\(other.service)</a>"
            }
            let ways: HTML =
                insights.count < 2 ? "" : "<p class=\"ways\">\(HTML.join(links))</p>"
            let page = InsightPage(insight: insight, retention: retention, ways: ways).page
            let bytes = Self.standingAlone(page.document.markup)
            files.append(("\(Self.name(insight)).html", bytes))
            files.append(
                ("\(Self.name(insight)).json", Array("\(insight.json.serialized(.pretty))\n".utf8)))
            if index == 0 { files.append(("index.html", bytes)) }
        }
        self.files = files
    }

    /// The service's name as a file's: letters, digits, dots and hyphens stay, every other byte is
    /// an underscore and two digits. So no two services share a file.
    private static func name(_ insight: Insight) -> String {
        let bytes = insight.service.utf8.map { byte -> String in
            let character = Character(UnicodeScalar(byte))
            let stays = character.isASCII && (character.isLetter || character.isNumber)
            return stays || ".-".contains(character)
                ? String(character) : "_" + Hex.encode([byte])
        }
        return "insight-" + bytes.joined()
    }

    /// The page with its style sheet beside it.
    private static func standingAlone(_ markup: String) -> [UInt8] {
        let parts = markup.split(
            separator: "href=\"\(HTMLPage.stylePath)\"", omittingEmptySubsequences: false)
        return Array(parts.joined(separator: "href=\"style.css\"").utf8)
    }

    /// The file that names what an export wrote, for the next one.
    private static let manifest = ".arpguard-export"
    private static let manifestBytesMax = 1 << 20
    private static let (folderMode, fileMode): (UInt32, UInt32) = (0o755, 0o644)

    /// Writes every file into a folder, each whole or not at all, for everybody to read. A folder
    /// that is missing is made; one that is there keeps its mode. Removes what an earlier export
    /// wrote there and this one does not, and returns its names. Refused before anything changes
    /// where a file would be written over that is of no export.
    @discardableResult
    public func write(
        to folder: String, fileSystem: RealFileSystem
    ) throws(StaticExportError) -> [String] {
        do {
            return try replaceFiles(in: folder, fileSystem)
        } catch let error as StaticExportError {
            throw error
        } catch {
            throw StaticExportError("can't write \(error)", hint: Self.hint(for: error))
        }
    }

    private static func hint(for error: any Error) -> String {
        guard let error = error as? SystemError else { return "try again" }
        if error.code == SystemError.isFolder {
            return "a folder stands where the file goes: move it away, or choose another folder"
        }
        return error.shortageHint ?? "choose a folder that this user may write"
    }

    private func replaceFiles(
        in folder: String, _ fileSystem: RealFileSystem
    ) throws -> [String] {
        if try fileSystem.status(of: folder) == nil {
            try fileSystem.createFolder(folder)
            try fileSystem.setMode(Self.folderMode, of: folder)
        }
        let there = try Self.names(in: folder, fileSystem)
        let listed = try Self.listed(in: folder, fileSystem)
        try checkOwn(there.subtracting(listed), folder)
        let stale = listed.filter(Self.isRemovable).subtracting(files.map(\.name))
        func put(_ name: String, _ bytes: [UInt8]) throws(SystemError) {
            try fileSystem.replace("\(folder)/\(name)", with: bytes)
            try fileSystem.setMode(Self.fileMode, of: "\(folder)/\(name)")
        }
        let names = listed.union(files.map(\.name)).union([Self.manifest])
        for name in there {
            guard let half = UnfinishedFile(name), names.contains(half.file), half.isLeft
            else { continue }
            try fileSystem.remove("\(folder)/\(name)")
        }
        // First, so that an export that is cut short leaves nothing that the next does not know.
        try put(Self.manifest, manifestBytes(and: stale))
        for (name, bytes) in files { try put(name, bytes) }
        for name in stale { try fileSystem.remove("\(folder)/\(name)") }
        try put(Self.manifest, manifestBytes(and: []))
        return stale.sorted()
    }

    private func manifestBytes(and stale: Set<String>) -> [UInt8] {
        Array((files.map(\.name) + stale.sorted()).map { $0 + "\n" }.joined().utf8)
    }

    private static func names(
        in folder: String, _ fileSystem: RealFileSystem
    ) throws -> Set<String> {
        do throws(SystemError) {
            return Set(try fileSystem.names(in: folder))
        } catch {
            guard error.code == SystemError.notADirectory else { throw error }
            throw StaticExportError(
                "\(folder) is no folder", hint: "name a folder, or one that is to be made")
        }
    }

    /// What earlier exports wrote, by their list; nothing where there is none.
    private static func listed(
        in folder: String, _ fileSystem: RealFileSystem
    ) throws(SystemError) -> Set<String> {
        let path = "\(folder)/\(manifest)"
        guard try fileSystem.status(of: path) != nil else { return [] }
        let bytes = try fileSystem.read(path, bytesMax: manifestBytesMax)
        return Set(String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init))
    }

    /// Names of our form alone, whatever stands in the list.
    private static func isRemovable(_ name: String) -> Bool {
        name.hasPrefix("insight-") && !name.contains("/")
    }

    /// Whoever publishes into a folder of other files is told, before one of them is lost.
    private func checkOwn(_ foreign: Set<String>, _ folder: String) throws(StaticExportError) {
        let lost = files.map(\.name).filter(foreign.contains)
        guard let first = lost.first else { return }
        let more = lost.count == 1 ? "" : ", and \(lost.count - 1) more"
        throw StaticExportError(
            "no export wrote \(folder)/\(first)\(more), and this one would write over it",
            hint: "choose another folder, or move it away")
    }
}

/// Why an export wrote nothing, or not all of it.
public struct StaticExportError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What happened, lower-case and without a full stop.
    public let description: String
    /// What to do about it.
    public let hint: String

    init(_ description: String, hint: String) {
        self.description = description
        self.hint = hint
    }
}
