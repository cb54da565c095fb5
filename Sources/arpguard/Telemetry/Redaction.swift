// SPDX-License-Identifier: Apache-2.0

import JSON
import Program

/// What is left of a text for a report that goes to others: no folder but the system's own, and of
/// a URL where it leads alone.
struct Redaction {
    /// Folders that are the same on every machine.
    private static let publicFolders = ["/etc/", "/run/", "/usr/", "/proc/", Home.servicePath]

    let home: Home

    /// The text without such.
    func text(_ text: String) -> String {
        home.abbreviating(text)
            .replacing(#/([a-z0-9]+://[^\s"/]+)/[^\s"]*/#) { "\($0.1)/..." }
            .replacing(#/(^|[\s"'(=])(/(?!/)[^\s"',;:)]*)/#) { "\($0.1)\(path(String($0.2)))" }
    }

    /// A path by its last name, unless everybody has it.
    private func path(_ path: String) -> String {
        guard !Self.publicFolders.contains(where: path.hasPrefix), path != "/",
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
