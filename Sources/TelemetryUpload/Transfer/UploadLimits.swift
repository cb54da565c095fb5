// SPDX-License-Identifier: Apache-2.0

#if Upload
/// The bounds of one transfer, in time and in size.
public struct UploadLimits: Sendable, Equatable {
    /// How long name lookup, connecting and the TLS handshake may take together.
    public var connectTimeout: Duration

    /// How long the whole transfer may take, without the time that `bytesPerSecondMax` costs.
    public var wholeTimeout: Duration

    /// How many bytes of a response, headers included, are read; a longer one is a failure.
    ///
    /// 64 KiB, as much as the OpenTelemetry Collector's exporter reads.
    public var responseBytesMax: Int

    /// How fast the request's bytes go out on average; nil for as fast as the way allows.
    public var bytesPerSecondMax: Int?

    /// What no transfer may take longer than, the bandwidth limit's share included; nil for none.
    public var deadlineMax: Duration?

    /// Limits with the product's defaults but for what is named.
    public init(
        connectTimeout: Duration = .seconds(10), wholeTimeout: Duration = .seconds(30),
        responseBytesMax: Int = 64 << 10, bytesPerSecondMax: Int? = nil,
        deadlineMax: Duration? = nil
    ) {
        self.connectTimeout = connectTimeout
        self.wholeTimeout = wholeTimeout
        self.responseBytesMax = responseBytesMax
        self.bytesPerSecondMax = bytesPerSecondMax
        self.deadlineMax = deadlineMax
    }

    /// The whole deadline for a body of `bodyBytes` bytes: the bandwidth limit's share is on top.
    public func deadline(bodyBytes: Int) -> Duration {
        var deadline = wholeTimeout
        if let rate = bytesPerSecondMax, rate > 0 {
            deadline += .milliseconds(Int64(bodyBytes) * 1000 / Int64(rate))
        }
        return deadlineMax.map { min($0, deadline) } ?? deadline
    }
}
#endif
