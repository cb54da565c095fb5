// SPDX-License-Identifier: Apache-2.0

#if Upload
import OTLP

/// What the body of a successful answer adds to its status.
///
/// Nothing in a body turns success into failure: the server has said that it took the batch, and
/// sending it again would only double what it has.
enum PartialSuccess {
    static func verdict(_ response: UploadResponse) -> ResponseVerdict {
        guard !response.body.isEmpty else { return .accepted(rejectedRecords: 0, warning: nil) }
        let type = mediaType(response)
        guard type == "application/x-protobuf" else {
            return unreadable("its type is \(type.isEmpty ? "not given" : printable(type))")
        }
        do throws(OTLPError) {
            let partial = try ExportLogsResponse(decoding: response.body)
            let message = printable(partial.errorMessage)
            return .accepted(
                rejectedRecords: max(0, partial.rejectedLogRecords),
                warning: message.isEmpty ? nil : message)
        } catch {
            return unreadable("\(error)")
        }
    }

    private static func unreadable(_ reason: String) -> ResponseVerdict {
        .accepted(
            rejectedRecords: 0, warning: "the server's answer could not be read: \(reason)")
    }

    /// The media type in lower case, without parameters; empty where the server named none.
    private static func mediaType(_ response: UploadResponse) -> String {
        let value = response.header("content-type") ?? ""
        return String(trimmed(value.prefix { $0 != ";" })).lowercased()
    }

    /// A stranger's text, fit for a terminal and a log: one line, of bounded length, and without
    /// characters that steer either.
    static func printable(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars.prefix(ResponseVerdict.warningCharactersMax) {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse,
                .unassigned:
                result.unicodeScalars.append(" ")
            default:
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
#endif
