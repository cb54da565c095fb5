// SPDX-License-Identifier: Apache-2.0

extension TelemetryModule {
    /// The consent under which this process records now, as a number that no other yes of the home
    /// has; nil while nothing may be recorded. Costs two loads.
    ///
    /// Whoever sums up over a while, and tells the sum later, begins anew when it changes: what
    /// happened before a yes is never recorded.
    package var consentNumber: UInt32? {
        onWord.flatMap { ConsentPage.State(word: $0)?.epoch }
    }
}
