// SPDX-License-Identifier: Apache-2.0

private import Glibc

/// What a home is found from, as this process was given it: bytes, which need not be UTF-8.
public enum GivenBytes {
    /// Whether words of the command line, variables or the working folder hold what is no UTF-8.
    public static var areNoText: Bool {
        let words = (0..<Int(CommandLine.argc)).map { unsafe bytes(of: CommandLine.unsafeArgv[$0]) }
        let variables = [Home.variable, "HOME"].map { (name: String) in
            unsafe bytes(of: getenv(name))
        }
        return (words + variables + [workingFolder ?? []]).contains {
            String(validating: $0, as: UTF8.self) == nil
        }
    }

    /// The path of the working folder; nil where it has been removed meanwhile.
    static var workingFolder: [UInt8]? {
        var path = [CChar](repeating: 0, count: Int(PATH_MAX))
        guard unsafe getcwd(&path, path.count) != nil else { return nil }
        return path.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    }

    @unsafe
    private static func bytes(of text: UnsafePointer<CChar>?) -> [UInt8] {
        guard let text = unsafe text else { return [] }
        return unsafe UnsafeBufferPointer(start: text, count: strlen(text))
            .map { UInt8(bitPattern: $0) }
    }
}
