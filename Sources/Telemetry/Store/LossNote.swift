// SPDX-License-Identifier: Apache-2.0

import Hashing
import Modules

/// A file beside the journals: how many events a process lost for want of a journal that could not
/// open the store either. The next process that can takes it in.
enum LossNote {
    static let suffix = ".losses"
    private static let bytesMax = 64

    /// Writes the note of an ending process.
    static func write(
        _ count: Int64, _ directory: TelemetryDirectory, _ seams: TelemetrySeams
    ) throws(SystemError) {
        let name = Hex.encode(seams.random.bytes(8)) + suffix
        try seams.files.replace("\(directory.journals)/\(name)", with: Array("\(count)".utf8))
    }

    /// The count in a note; nil if it can't be understood.
    static func read(_ path: String, _ seams: TelemetrySeams) throws(SystemError) -> Int64? {
        let text = String(
            decoding: try seams.files.read(path, bytesMax: bytesMax), as: UTF8.self)
        return Int64(text).flatMap { (1...Int64(Journal.countMax)).contains($0) ? $0 : nil }
    }
}
