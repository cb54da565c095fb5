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

    /// Writes every file into a folder, which is made if it is missing; each whole or not at all.
    public func write(to folder: String, fileSystem: any FileSystem) throws(SystemError) {
        try fileSystem.createFolder(folder)
        for (name, bytes) in files { try fileSystem.replace("\(folder)/\(name)", with: bytes) }
    }
}
