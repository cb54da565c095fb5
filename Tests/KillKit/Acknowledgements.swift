// SPDX-License-Identifier: Apache-2.0

package import Modules

/// What writers got told, in a file of the test's own that outlives them.
///
/// One cache line for each writer: how many events were accepted, how many refused, and how many
/// refused while the module shut down.
package struct Acknowledgements: Sendable {
    /// The most writers of one home.
    package static let writersMax = 64
    private static let lineBytes = 64

    private let mapping: SharedMapping

    /// Opens the file, made if needed.
    package init(_ path: String) throws(SystemError) {
        let files = RealFileSystem()
        let isNew = try files.status(of: path) == nil
        mapping = try files.map(path, bytes: Self.writersMax * Self.lineBytes, create: isNew)
    }

    /// Notes that a writer's events up to `number` were accepted.
    package func accept(_ number: Int64, writer: Int) {
        mapping.storeRelease(UInt64(number), at: writer * Self.lineBytes)
    }

    /// Notes that one more event of a writer was refused.
    package func refuse(writer: Int) {
        mapping.add(1, at: writer * Self.lineBytes + 8)
    }

    /// Notes that one more event of a writer was refused while the module shut down: for that
    /// reason, which is no loss, or since the journal was full.
    package func refuseAtEnd(writer: Int) {
        mapping.add(1, at: writer * Self.lineBytes + 16)
    }

    /// Up to which number a writer's events were accepted.
    package func accepted(writer: Int) -> Int64 {
        Int64(mapping.loadAcquire(at: writer * Self.lineBytes))
    }

    /// How many events of a writer may be counted as refused, one that it could not note included.
    package func refused(writer: Int) -> ClosedRange<Int64> {
        let sure = Int64(mapping.loadAcquire(at: writer * Self.lineBytes + 8))
        let atEnd = Int64(mapping.loadAcquire(at: writer * Self.lineBytes + 16))
        return sure...sure + atEnd + 1
    }
}
