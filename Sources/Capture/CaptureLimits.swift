// SPDX-License-Identifier: Apache-2.0

/// How much a capture file may ask of its reader.
enum CaptureLimits {
    /// The longest frame that is accepted: the largest snapshot length that capture tools set.
    static let frameBytesMax = 262_144
    /// What one read asks the kernel for. Several frames of the largest size fit, so that a
    /// frame never has to be put together from more than two reads.
    static let bufferBytes = 1 << 20
    /// What decides whether the file is a classic capture: its first field.
    static let magicBytes = 4
}
