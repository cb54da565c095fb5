// SPDX-License-Identifier: Apache-2.0

/// How a journal was written. This one and the one before can be read; only this one is written.
enum JournalLayout: UInt64, CaseIterable {
    /// Properties as bytes.
    case second = 0x4152_5047_4A52_4E32  // "ARPGJRN2"
    /// Properties as words.
    case third = 0x4152_5047_4A52_4E33  // "ARPGJRN3"

    static let current = JournalLayout.third

    /// The longest record, in bytes.
    var recordBytesMax: Int {
        switch self {
        case .second: RecordLayout2.bytesMax
        case .third: RecordLayout.bytesMax
        }
    }
}
