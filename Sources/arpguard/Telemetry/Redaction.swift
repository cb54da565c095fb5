// SPDX-License-Identifier: Apache-2.0

import JSON
import Program

/// What is left of a text for a report that goes to others: no folder but the system's own, and of
/// a URL where it leads alone.
struct Redaction {
    /// Folders that are the same on every machine.
    private static let publicFolders = [
        "/etc/", "/run/arpguard", "/usr/", "/proc/", Home.servicePath,
    ]

    let home: Home
    /// Paths that are known, whatever signs they hold: they are shortened whole.
    let paths: [String]

    /// The text without such.
    func text(_ text: String) -> String {
        var text = text
        for path in paths.sorted(by: { $0.utf8.count > $1.utf8.count }) where path.count > 1 {
            text = text.replacing(path, with: shortened(path))
        }
        let told = home.abbreviating(text)
            .replacing(#/\b([A-Za-z0-9]+://[^\s"/]+)/[^\s"]*/#) { "\($0.1)/..." }
            .replacing(#/(^|[\s"'(=])(/(?!/)[^\s"',;:)]*)/#) { match in
                "\(match.1)\(shortened(String(match.2)))"
            }
        guard home.reason != .service, let user = home.userFolder, user != "/" else { return told }
        return told.replacing(user + "/", with: "~/")
    }

    /// A path by its last name, unless everybody has it, or it lies below the person's own folder.
    private func shortened(_ path: String) -> String {
        let path = home.abbreviated(path)
        guard path.hasPrefix("/"), !Self.publicFolders.contains(where: path.hasPrefix),
            let name = path.split(separator: "/").last
        else { return path }
        return ".../\(name)"
    }

    /// A value in which all texts are so.
    func value(_ value: JSONValue) -> JSONValue {
        switch value {
        case .string(let text): .string(self.text(text))
        case .array(let values): .array(values.map(self.value))
        case .object(let object):
            .object(JSONObject(object.members.map { ($0.name, self.value($0.value)) }))
        default: value
        }
    }
}
