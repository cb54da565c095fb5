// SPDX-License-Identifier: Apache-2.0

/// How the configuration that holds now stands to the one under which an upload began.
package enum Reconfiguration: Sendable {
    /// It is the same one.
    case none
    /// It is another one, which allows sending.
    case changed
    /// It is another one, which forbids sending.
    case forbidding
}

extension Outbox {
    /// Whether the configuration is not the one under which this outbox was made: then nothing more
    /// begins to leave by it.
    package var isReconfigured: Bool { gate.seams.reconfiguration() != .none }
}
