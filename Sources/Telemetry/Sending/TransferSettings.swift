// SPDX-License-Identifier: Apache-2.0

/// What configuration and product say about how requests leave.
package struct TransferSettings: Sendable, Equatable {
    /// The User-Agent of every request: product and version alone.
    package let userAgent: String
    /// The most bytes per second; nil means no limit.
    package let bytesPerSecondMax: Int64?
    /// A file of certificates that are trusted instead of the system's.
    package let caFile: String?
    private let proxy: String?

    init(product: Product, config: TelemetryModuleConfig) {
        userAgent = product.userAgent
        bytesPerSecondMax = config.uploadBytesPerSecondMax
        caFile = config.uploadCAFile
        proxy = config.uploadProxy
    }

    /// The proxy on the way to an endpoint. Plain http goes to this machine alone, and so never
    /// through another one.
    package func proxy(to endpoint: Endpoint) -> String? {
        endpoint.scheme == "https" ? proxy : nil
    }
}
