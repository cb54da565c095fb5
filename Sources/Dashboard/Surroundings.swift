// SPDX-License-Identifier: Apache-2.0

/// What a program knows of its home beside telemetry, for the pages.
public struct Surroundings: Sendable {
    /// Whether a watch runs in the home, which uploads when that is due.
    public var isWatched: Bool
    /// Whether it is the service's home, where a timer may upload.
    public var isService: Bool
    /// Why no upload begins by itself now, in words; nil if any may.
    public var hold: String?

    /// What is known; nothing holds where nothing is said.
    public init(isWatched: Bool = false, isService: Bool = false, hold: String? = nil) {
        self.isWatched = isWatched
        self.isService = isService
        self.hold = hold
    }
}
