// SPDX-License-Identifier: Apache-2.0

public import Telemetry

/// What stands in the place of locks of uploads of a home and is none.
public struct FalseLocks: Sendable {
    /// In that of the home's: nothing leaves. Nil where nothing does.
    public let home: TelemetryError?
    /// In that of the configured folder's: no batch leaves. Nil where nothing does.
    public let folder: TelemetryError?
    /// In those of folders from which something is still to be erased: that is not asked for.
    public let erasing: [TelemetryError]
    /// Whether nothing can be asked for from any such folder.
    public let areAllErasing: Bool
}
