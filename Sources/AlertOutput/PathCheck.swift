// SPDX-License-Identifier: Apache-2.0

private import Glibc
private import Modules

extension String {
    /// Whether this process may use what stands at the path in a way that access(2) names.
    func check(_ way: Int32) throws(AlertOutputError) {
        do throws(SystemError) {
            try systemCall("access", self) { unsafe access(self, way) }
        } catch {
            throw AlertOutputError("\(error)")
        }
    }
}
