// SPDX-License-Identifier: Apache-2.0

private import CSystem

/// Where random bytes come from; a test or a simulation puts its own in.
public protocol RandomSource: Sendable {
    /// `count` bytes. Those of the real source are unpredictable and fit for secrets.
    func bytes(_ count: Int) -> [UInt8]
}

extension RandomSource {
    /// A number drawn uniformly from all 64-bit numbers.
    public func uint64() -> UInt64 {
        bytes(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// A number drawn uniformly from `0..<bound`; `bound` must not be 0.
    public func uniform(below bound: UInt64) -> UInt64 {
        precondition(bound > 0)
        // Draws from the incomplete last stretch are refused, else small numbers come more often.
        let refused = (UInt64.max % bound + 1) % bound
        while true {
            let draw = uint64()
            if draw <= UInt64.max - refused { return draw % bound }
        }
    }

    /// A number drawn uniformly from 0 (included) to 1 (not included).
    public func unitInterval() -> Double {
        Double(uint64() >> 11) / Double(UInt64(1) << 53)
    }
}

/// The kernel's random source, `getrandom(2)`.
public struct SystemRandom: RandomSource {
    /// Makes a view of the kernel's random source; costs nothing.
    public init() {}

    /// `count` bytes from `getrandom(2)`.
    public func bytes(_ count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let failure = unsafe bytes.withUnsafeMutableBytes { buffer in
            unsafe csystem_random(buffer.baseAddress, buffer.count)
        }
        // Only a kernel without the call (before 3.17) or a filter can refuse. Going on with
        // predictable bytes would break every promise about identifiers and secrets.
        precondition(failure == 0, "the kernel refused random bytes: errno \(failure)")
        return bytes
    }
}
