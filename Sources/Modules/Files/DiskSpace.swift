// SPDX-License-Identifier: Apache-2.0

private import Glibc

/// Room on the disks of the machine.
public enum DiskSpace {
    /// Bytes that a file at `path`, which exists, could grow by for who is not root.
    public static func freeBytes(at path: String) throws(SystemError) -> Int64 {
        var status = statvfs()
        guard unsafe statvfs(path, &status) == 0 else {
            throw SystemError(code: errno, call: "statvfs", subject: path)
        }
        let bytes = UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize))
        return bytes.overflow ? .max : Int64(clamping: bytes.partialValue)
    }
}
