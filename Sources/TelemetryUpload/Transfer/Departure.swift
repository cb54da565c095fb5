// SPDX-License-Identifier: Apache-2.0

#if Upload
/// Asks whether a request may leave, once its connection stands and before its first byte.
final class Departure {
    private let mayLeave: () -> Bool

    /// Whether it was let go, so that a byte may have left.
    private(set) var hasBegun = false

    /// Whether it was to go a second time: libcurl wants to by itself where a connection that was
    /// kept ends without an answer. What goes again goes as an attempt of its own, which is noted
    /// and counted.
    private(set) var isRepetition = false

    init(_ mayLeave: @escaping () -> Bool) { self.mayLeave = mayLeave }

    /// Whether the request goes now.
    func begin() -> Bool {
        guard !hasBegun else {
            isRepetition = true
            return false
        }
        guard mayLeave() else { return false }
        hasBegun = true
        return true
    }
}
#endif
