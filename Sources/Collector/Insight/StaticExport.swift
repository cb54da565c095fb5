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
    /// wrote there and this one does not, and returns its names.
    @discardableResult
    public func write(
        to folder: String, fileSystem: RealFileSystem
    ) throws(SystemError) -> [String] {
        if try fileSystem.status(of: folder) == nil {
            try fileSystem.createFolder(folder)
            try fileSystem.setMode(Self.folderMode, of: folder)
        }
        let stale = try Self.written(in: folder, fileSystem).subtracting(files.map(\.name))
        func put(_ name: String, _ bytes: [UInt8]) throws(SystemError) {
            try fileSystem.replace("\(folder)/\(name)", with: bytes)
            try fileSystem.setMode(Self.fileMode, of: "\(folder)/\(name)")
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

    /// What earlier exports wrote: names of our form alone, whatever stands in the file.
    private static func written(
        in folder: String, _ fileSystem: RealFileSystem
    ) throws(SystemError) -> Set<String> {
        let path = "\(folder)/\(manifest)"
        guard try fileSystem.status(of: path) != nil else { return [] }
        let bytes = try fileSystem.read(path, bytesMax: manifestBytesMax)
        let names = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
        return Set(names.filter { $0.hasPrefix("insight-") && !$0.contains("/") })
    }
}
