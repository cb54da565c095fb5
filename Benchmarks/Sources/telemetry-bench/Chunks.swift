// SPDX-License-Identifier: Apache-2.0

import Figures
import Glibc
import Modules

/// Times a subject in chunks, each so short that it is rarely interrupted.
///
/// Only chunks whose every event was accepted count. After one that was refused the journal is
/// full: nothing is timed until the flusher has made room.
struct Chunks {
    static let passes = 5
    /// The most chunks that are tried for one that counts.
    private static let attemptsPerSample = 3

    var events = 100
    var samplesPerPass = 8

    /// Nanoseconds of one call of `subject`, and of `floor`: passes of the one and the other in
    /// turn, each with a median, and the median of those.
    func compare(_ subject: some Subject, _ floor: some Subject) throws -> (Double, Double) {
        var passes: [(subject: Double, floor: Double)] = []
        warmUp(subject)
        warmUp(floor)
        for _ in 0..<Self.passes {
            passes.append((try median(samples(subject)), try median(samples(floor))))
        }
        return (median(passes.map(\.subject)), median(passes.map(\.floor)))
    }

    /// The chunks of one pass.
    private func samples<Tested: Subject>(_ subject: Tested) throws -> [Double] {
        var samples: [Double] = []
        for index in 0..<Tested.untimed { _ = subject.record(index) }
        for _ in 0..<samplesPerPass * Self.attemptsPerSample where samples.count < samplesPerPass {
            if let sample = time(subject) {
                samples.append(sample)
            } else {
                try Self.awaitRoom(subject)
            }
        }
        guard samples.count == samplesPerPass else { throw BenchmarkError("too many refusals") }
        return samples
    }

    /// Touches every page once: until the journal is full, or so often that its ring went round.
    func warmUp(_ subject: some Subject) {
        for _ in 0..<20_000 where !subject.record(0) { break }
    }

    /// Nanoseconds of one call, the clock's own cost taken off; nil if any was refused.
    func time(_ subject: some Subject) -> Double? {
        let clock = SystemClock()
        var accepted = 0
        let start = clock.uptimeNanoseconds()
        for index in 0..<events where subject.record(index) { accepted += 1 }
        let end = clock.uptimeNanoseconds()
        let empty = clock.uptimeNanoseconds()
        guard accepted == events else { return nil }
        return Double(max(0, (end - start) - (empty - end))) / Double(events)
    }

    /// Waits until the journal takes events again.
    static func awaitRoom(_ subject: some Subject) throws {
        for _ in 0..<30_000 {
            if subject.record(0) { return }
            // There is no descriptor that tells when the flusher has been there.
            _ = poll(nil, 0, 1)
        }
        throw BenchmarkError("the journal stays full")
    }
}
