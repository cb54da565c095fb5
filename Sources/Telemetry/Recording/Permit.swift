// SPDX-License-Identifier: Apache-2.0

/// What a consent lets be recorded: no more than was shown when it was given.
struct Permit: Sendable, Equatable {
    private let terms: Set<String>

    /// - Parameters:
    ///   - current: what catalogue and configuration would record now.
    ///   - agreed: what the person agreed to; nil is nothing.
    init(current: ConsentTerms, agreed: ConsentTerms?) {
        guard let agreed else {
            terms = []
            return
        }
        terms = Set(agreed.properties).intersection(current.properties)
            .subtracting(current.added(to: agreed))
    }

    /// Whether `event` or `event.property` may be recorded.
    func allows(_ term: String) -> Bool { terms.contains(term) }
}
