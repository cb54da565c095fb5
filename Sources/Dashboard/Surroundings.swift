// SPDX-License-Identifier: Apache-2.0

public import Modules

/// What a program knows of its home beside telemetry, for the pages.
public struct Surroundings: Sendable {
    /// Whether a watch runs in the home, which uploads when that is due.
    public var isWatched: Bool
    /// Whether it is the service's home, where a timer may upload.
    public var isService: Bool
    /// Why no upload begins by itself now, in words; nil if any may.
    public var hold: String?
    /// What stands in the place of a lock of uploads, so that no batch leaves; nil for nothing.
    public var lockFault: String?
    /// Who is at an upload now, in words; nil for nobody.
    public var uploaders: String?
    /// What stands in the place of locks, so that erasures wait.
    public var erasureFaults: [String] = []
    /// Whether all of these wait for that.
    public var areAllErasuresKept = false
    /// When an upload that nobody types asks for the first erasure; nil where one may now.
    public var erasuresDue: Timestamp?

    /// What is known; nothing holds where nothing is said.
    public init(
        isWatched: Bool = false, isService: Bool = false, hold: String? = nil,
        lockFault: String? = nil, uploaders: String? = nil
    ) {
        self.isWatched = isWatched
        self.isService = isService
        self.hold = hold
        self.lockFault = lockFault
        self.uploaders = uploaders
    }
}
