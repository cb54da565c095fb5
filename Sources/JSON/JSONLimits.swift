// SPDX-License-Identifier: Apache-2.0

/// How much a text may ask of the parser.
public struct JSONLimits: Sendable, Equatable {
    /// The deepest nesting any limits can allow; keeps the parser's stack bounded.
    public static let depthCeiling = 512

    /// Most bytes of a whole text.
    public var bytesMax: Int
    /// Most arrays and objects inside one another; never more than `depthCeiling`.
    public var depthMax: Int
    /// Most bytes of one number; the longest exact decimal of a double has about 1,080.
    public var numberBytesMax: Int

    /// Limits for one kind of text; a depth beyond `depthCeiling` is cut to it.
    public init(bytesMax: Int = 16 << 20, depthMax: Int = 64, numberBytesMax: Int = 1_100) {
        self.bytesMax = bytesMax
        self.depthMax = min(depthMax, Self.depthCeiling)
        self.numberBytesMax = numberBytesMax
    }

    /// 16 MiB, 64 levels.
    public static let standard = JSONLimits()
}
