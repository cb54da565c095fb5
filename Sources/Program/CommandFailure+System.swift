// SPDX-License-Identifier: Apache-2.0

public import CommandLineKit
public import Modules

extension CommandFailure {
    /// Signals that can't be taken for wishes, in the voice of the command line.
    public init(signals error: SystemError) {
        self.init(
            "signals can't be waited for: \(error)", hint: error.shortageHint ?? "try again")
    }
}
