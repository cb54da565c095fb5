// SPDX-License-Identifier: Apache-2.0

#if Upload
/// Asks whether a request may leave, once its connection stands and before its first byte.
final class Departure {
    private let mayLeave: () -> Bool

    /// Whether it was let go ever, so that a byte may have left. A connection that was kept and
    /// ends without an answer leads to the same question again, over a new one.
    private(set) var hasBegun = false

    init(_ mayLeave: @escaping () -> Bool) { self.mayLeave = mayLeave }

    /// Whether the request goes now.
    func begin() -> Bool {
        guard mayLeave() else { return false }
        hasBegun = true
        return true
    }
}
#endif
