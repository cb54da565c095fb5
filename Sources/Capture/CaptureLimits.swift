// SPDX-License-Identifier: Apache-2.0

/// How much a capture file may ask of its reader.
enum CaptureLimits {
    /// The longest frame that is accepted: the largest snapshot length that capture tools set.
    static let frameBytesMax = 262_144
    /// What waits to be looked at, at most; several frames of the largest size fit.
    static let bufferBytes = 1 << 20
    /// What one read asks the kernel for: little enough to stay in a processor's cache until it
    /// is looked at, and to leave room there for what is known of the network.
    static let readBytesMax = 1 << 17
    /// What decides whether the file is a classic capture: its first field.
    static let magicBytes = 4
}
