// SPDX-License-Identifier: Apache-2.0

private import Modules

/// Why frames could not be read, and what a person can do about it.
public struct CaptureError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The kind of failure.
    public enum Code: String, CaseIterable, Sendable {
        /// There is nothing under that name.
        case notFound = "not_found"
        /// The person running the program may not read it.
        case permissionDenied = "permission_denied"
        /// The name is that of a folder.
        case isDirectory = "is_directory"
        /// The file holds no bytes at all.
        case emptyFile = "empty_file"
        /// The bytes are compressed.
        case compressed
        /// The bytes are not those of a capture file.
        case notACapture = "not_a_capture"
        /// The file ends inside its own header.
        case truncatedHeader = "truncated_header"
        /// The file ends inside a frame; the frames before it were delivered.
        case truncatedFrame = "truncated_frame"
        /// A frame's record makes no sense; the frames before it were delivered.
        case damagedFrame = "damaged_frame"
        /// The file has become shorter while it was read; the frames up to there were delivered.
        case shrunk = "shrunk"
        /// The frames are of a kind that is not read here.
        case unsupportedLinkType = "unsupported_link_type"
        /// The kernel refused to read on.
        case readFailed = "read_failed"
    }

    /// The kind of failure.
    public let code: Code
    /// What was being read: the path, or `standard input`.
    public let source: String
    /// What exactly was wrong, where the code alone does not say it.
    public let detail: String
    /// The number of the frame at which reading stopped, from 1; `nil` before the first frame.
    public let frame: UInt64?

    /// The error that `code`, `source` and `detail` say.
    public init(code: Code, source: String, detail: String = "", frame: UInt64? = nil) {
        self.code = code
        self.source = source
        self.detail = detail
        self.frame = frame
    }

    /// What went wrong, in one line without a full stop.
    public var description: String {
        switch code {
        case .notFound where isRepaired:
            "a name with bytes that are no UTF-8 can't be opened: \(source)"
        case .notFound: "there is no file \(source)"
        case .permissionDenied: "reading \(source) is not permitted"
        case .isDirectory: "\(source) is a folder, not a capture file"
        case .emptyFile: "\(source) is empty"
        case .compressed: "\(source) is compressed with \(detail)"
        case .notACapture: "\(source) is not a capture file\(trailing)"
        case .truncatedHeader: "\(source) ends inside its file header"
        case .truncatedFrame: "\(source) ends inside frame \(frameText)\(trailing)"
        case .damagedFrame: "\(source) is damaged at frame \(frameText)\(trailing)"
        case .shrunk: "\(source) has become shorter while it was read"
        case .unsupportedLinkType: "\(source) holds frames of a kind not read here\(trailing)"
        case .readFailed: "reading \(source) failed\(trailing)"
        }
    }

    /// What to do about it, in one line without a full stop.
    ///
    /// - Parameter command: what reads captures here, as it was typed but for what it reads.
    public func hint(replaying command: String) -> String {
        switch code {
        case .notFound where isRepaired: "give its bytes: \(command) - <FILE"
        case .notFound: "check the path"
        case .permissionDenied: "run as a user who may read it, or copy it"
        case .isDirectory: "name the files in it, for example \(ShellText.file(source))/*.pcap"
        case .emptyFile: "the capture may not have been written out yet"
        case .compressed:
            (Compression(rawValue: detail)?.command ?? "zcat") + " "
                + (source == InputDescriptor.standardInput ? "<FILE" : ShellText.file(source))
                + " | \(command) -"
        case .notACapture: "give a pcap or pcapng file, as tcpdump -w writes it"
        case .truncatedHeader: "copy the file again, or capture anew"
        case .truncatedFrame: "the frames before it were read; copy the file again for the rest"
        case .damagedFrame: "the frames before it were read; the file cannot be followed beyond"
        case .shrunk: "what was left was read; read it again once nobody writes to it"
        case .unsupportedLinkType: "capture on a wired interface, or on `any`"
        case .readFailed: "check the disk or the pipe that it comes from"
        }
    }

    /// Whether the name holds what Swift puts in the place of bytes that are no UTF-8.
    private var isRepaired: Bool { source.unicodeScalars.contains("\u{FFFD}") }
    private var trailing: String { detail.isEmpty ? "" : ": \(detail)" }
    private var frameText: String { frame.map(String.init) ?? "1" }
}
