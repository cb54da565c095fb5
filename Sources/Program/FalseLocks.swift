// SPDX-License-Identifier: Apache-2.0

public import Telemetry

/// What stands in the place of locks of a home and is none.
public struct FalseLocks: Sendable {
    /// In that of the home's uploads: nothing leaves. Nil where nothing does.
    public let home: TelemetryError?
    /// In that of the configured folder's uploads: no batch leaves. Nil where nothing does.
    public let folder: TelemetryError?
    /// In those of folders from which something is still to be erased: that is not asked for.
    public let erasing: [TelemetryError]
    /// Whether nothing can be asked for from any such folder.
    public let areAllErasing: Bool
    /// In those that decisions and deletions take in each folder: none can be carried out there.
    public let deciding: [TelemetryError]

    /// All that keep what is still to be erased from being asked for.
    public var keepingErasures: [TelemetryError] { home.map { [$0] } ?? erasing }
}
