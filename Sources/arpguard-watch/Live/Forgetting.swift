// SPDX-License-Identifier: Apache-2.0

import Detection

/// Which owners a person wants to be forgotten while a watch runs; each wish holds once, since what
/// is heard after it is news.
struct Forgetting {
    private let since: Int64
    private var heeded: [String: Int64] = [:]

    /// Wishes from before `since` (nanoseconds since 1970) were followed when the watch began.
    init(since: Int64) {
        self.since = since
    }

    /// The addresses in `notes`, which have the time of each wish, that are new.
    mutating func news(in notes: [String: Int64]) -> Set<IPv4Address> {
        if notes == heeded { return [] }
        let news = notes.filter { $0.value >= since && heeded[$0.key] != $0.value }
        heeded = notes
        return Set(news.keys.compactMap { IPv4Address($0) })
    }
}
