// SPDX-License-Identifier: Apache-2.0

#if Upload
import Synchronization

/// The way to the network: performs one request and tells how it ended.
///
/// Connections may be kept open between the requests of one transport, and are never shared
/// between two transports.
public protocol UploadTransport: Sendable {
    /// Performs `request`, within its limits. Blocks; never throws, failures are outcomes.
    func perform(_ request: UploadRequest) -> TransferOutcome
}

/// The real network, by libcurl; requests of one transport go one after another.
public final class CurlTransport: UploadTransport {
    private let transfer: Mutex<Transfer>
    private let cancellation: Cancellation
    private let mayLeave: @Sendable () -> Bool

    /// A transport without a connection yet, whose requests end when `cancellation` says so, and do
    /// not begin where `mayLeave`, which is asked once a connection stands, says no.
    public init(
        cancellation: Cancellation = Cancellation(),
        mayLeave: @escaping @Sendable () -> Bool = { true }
    ) {
        transfer = Mutex(Transfer())
        self.cancellation = cancellation
        self.mayLeave = mayLeave
    }

    /// Performs `request` over the connection that is open to its host, or a new one.
    public func perform(_ request: UploadRequest) -> TransferOutcome {
        transfer.withLock {
            $0.perform(request, cancellation: cancellation, mayLeave: mayLeave)
        }
    }
}
#endif
