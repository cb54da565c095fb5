// SPDX-License-Identifier: Apache-2.0

internal import Modules
private import Synchronization

/// How many bytes each installation had stored today, so that none can fill the disk. Counted by
/// this process alone, so what a client can get from several collectors adds up.
final class InstallationQuota: Sendable {
    /// What rows and indexes take beside the records of a batch, about.
    static let bytesPerBatch = 256

    private let max: Int
    private let random: any RandomSource
    private let counts = Mutex(DailyCounts<UInt32>())

    /// - Parameter max: bytes of one installation and day, at most `UInt32.max`.
    init(max: Int, random: any RandomSource) {
        self.max = Swift.min(max, Int(UInt32.max))
        self.random = random
    }

    /// Bytes that are taken for batches that may turn out not to be stored.
    struct Taken: Sendable {
        fileprivate let beginnings: Int
    }

    /// Takes room for the batches of a request, and marks those whose installation has none left:
    /// their key alone is still needed, to tell one that is kept already. `settle` has to follow.
    func take(_ batches: inout [AdmittedBatch], on today: Day) -> Taken {
        counts.withLock { counts in
            counts.begin(today, random)
            for index in batches.indices {
                let batch = batches[index]
                let bytes = Self.bytes(of: batch)
                guard Int(counts[batch.installation]) + bytes <= max else {
                    batches[index].leaveOut()
                    continue
                }
                counts[batch.installation] += UInt32(bytes)
            }
            return Taken(beginnings: counts.beginnings)
        }
    }

    /// Gives back what batches took that were not stored, those that had been before among them.
    func settle(_ taken: Taken, unstored batches: some Sequence<AdmittedBatch>) {
        counts.withLock { counts in
            guard counts.beginnings == taken.beginnings else { return }
            for batch in batches where !batch.isOverQuota {
                counts[batch.installation] -= UInt32(Self.bytes(of: batch))
            }
        }
    }

    private static func bytes(of batch: AdmittedBatch) -> Int {
        bytesPerBatch + batch.records.count
    }
}
