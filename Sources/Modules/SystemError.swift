// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A system call's refusal: which call, on what, and the kernel's reason.
public struct SystemError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The kernel's error number, as `errno(3)` names it.
    public let code: Int32
    /// The call that failed, for instance `open`.
    public let call: String
    /// What it was about, for instance a path; may be empty.
    public let subject: String

    /// Records a refusal.
    public init(code: Int32, call: String, subject: String = "") {
        self.code = code
        self.call = call
        self.subject = subject
    }

    /// The subject and the kernel's reason in words: `/tmp/x: No space left on device`.
    public var description: String {
        let reason = unsafe String(cString: strerror(code))
        return subject.isEmpty ? "\(call): \(reason)" : "\(subject): \(reason)"
    }

    /// What to do where the machine, or what this program may take of it, has run out, or lets
    /// nothing be written; nil where the reason is another.
    public var shortageHint: String? {
        switch code {
        case EMFILE: "allow this program more open files (ulimit -n), then try again"
        case ENFILE: "end other programs, which have too many files open, then try again"
        case EAGAIN: "end other programs, or allow this user more (ulimit -u), then try again"
        case ENOMEM: "free memory, then try again"
        case EROFS: "mount the file system so that it can be written, then try again"
        case ENOSPC, EDQUOT: "free space on the disk, then try again"
        default: nil
        }
    }

    /// Whether the reason is that something does not exist.
    public var isNotFound: Bool { code == ENOENT || code == ENOTDIR }
}

/// Runs a system call, again as long as signals interrupt it, and returns its result.
///
/// The only place that reads `errno`. Throws what the kernel refused.
@discardableResult
package func systemCall<Result: FixedWidthInteger & SignedInteger>(
    _ call: String, _ subject: @autoclosure () -> String = "", _ body: () -> Result
) throws(SystemError) -> Result {
    while true {
        let result = body()
        if result != -1 { return result }
        let code = errno
        if code != EINTR { throw SystemError(code: code, call: call, subject: subject()) }
    }
}

extension SystemError {
    /// ENOTDIR: something else stands where a folder should.
    public static let notADirectory = ENOTDIR
    /// EISDIR: a folder stands where a file should.
    public static let isFolder = EISDIR
    /// EPERM: not for this user.
    public static let notPermitted = EPERM
    /// EROFS: the file system lets nothing be written.
    public static let readOnly = EROFS
    /// EACCES: the permission bits forbid it.
    public static let accessDenied = EACCES
    /// EINVAL: not of the form that was expected.
    public static let invalid = EINVAL
    /// ENOENT: there is nothing.
    public static let notFound = ENOENT
    /// EFBIG: over a limit.
    public static let tooBig = EFBIG
    /// EBUSY: in use.
    public static let busy = EBUSY
    /// ENOSPC: the disk is full.
    public static let diskFull = ENOSPC
}
