// SPDX-License-Identifier: Apache-2.0

/// What a detector goes by, once for all its parts.
///
/// It is apart from them since the compiler looks at each field of what can't be copied, however
/// deep, wherever one is used: with these among them that took most of the time of compiling.
final class Settings: Sendable {
    let configuration: DetectorConfiguration

    init(_ configuration: DetectorConfiguration) { self.configuration = configuration }
}
