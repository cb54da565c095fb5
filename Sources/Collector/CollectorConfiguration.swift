// SPDX-License-Identifier: Apache-2.0

public import HTTPServing

/// Everything that a collector can be told.
public struct CollectorConfiguration: Sendable {
    /// Where clients send to. Only loopback is served: TLS is not built in.
    public var intake: ListenAddress
    /// Where the insight page is read.
    public var admin: ListenAddress
    /// The fewest installations that a shown figure rests on.
    public var k: Int
    /// What the intake admits.
    public var policy: IntakePolicy
    /// How long things are kept.
    public var retention: RetentionPolicy
    /// Bounds of the intake's server; its body limit is the policy's.
    public var intakeLimits: HTTPLimits
    /// Days that the insight covers where no range is asked for, today included.
    public var insightDays: Int

    /// Makes a configuration; the defaults are those of the program.
    public init(
        intake: ListenAddress = .loopback(port: 4318), admin: ListenAddress = .loopback(port: 4319),
        k: Int = 10, policy: IntakePolicy = IntakePolicy(),
        retention: RetentionPolicy = RetentionPolicy(),
        intakeLimits: HTTPLimits = HTTPLimits(threads: 2), insightDays: Int = 30
    ) {
        self.intake = intake
        self.admin = admin
        self.k = k
        self.policy = policy
        self.retention = retention
        self.intakeLimits = intakeLimits
        self.intakeLimits.bodyBytesMax = policy.bodyBytesMax
        self.insightDays = insightDays
    }
}
