// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What kept a test's own machinery from doing its work; never a finding about the product.
package struct TestKitError: Error, CustomStringConvertible {
    /// One sentence for the person who reads the test's output.
    package let description: String

    /// An error that says `description`.
    package init(_ description: String) {
        self.description = description
    }

    /// An error of the system call that has just failed; reads `errno`, so call it at once.
    static func ofSystemCall(_ call: String) -> TestKitError {
        let number = errno
        return TestKitError("\(call): \(unsafe String(cString: strerror(number)))")
    }
}
