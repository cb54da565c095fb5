// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Descriptors 0, 1 and 2, which a process may be started without.
package enum StandardDescriptors {
    /// The first descriptor that is none of them.
    package static let end: Int32 = 3

    /// Opens something in the place of each that is closed, so that no file which is opened later
    /// takes it and gets what is meant for a person. Reading or writing it fails with EBADF, as it
    /// does while it is closed.
    ///
    /// Throws if that can't be done. To be called first of all in a program.
    package static func fill() throws(SystemError) {
        for number in 0..<end where fcntl(number, F_GETFD) == -1 {
            // open(2) returns the lowest free number: the others below are taken by now.
            let direction = number == STDIN_FILENO ? O_WRONLY : O_RDONLY
            _ = try systemCall("open", "/dev/null") { unsafe open("/dev/null", direction) }
        }
    }
}
