// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What this machine is called, and the accounts of whoever runs this process.
public enum MachineNames {
    /// The longest name of a host, in bytes (HOST_NAME_MAX of Linux, and its end).
    private static let hostBytesMax = 65
    /// The least number of a person's account (Debian's policy manual, section 9.2.2).
    private static let personsMin: UInt32 = 1000
    /// The most bytes that an entry of the account database may take.
    private static let accountBytesMax = 16_384

    /// The host's name, the accounts', and the persons' as the account database has them; what
    /// can't be read is left out. The accounts are the process's, the one that started it, and the
    /// one that `sudo` was called from.
    ///
    /// - Parameter sudoUID: the variable `SUDO_UID`, in which sudo puts the number of that account.
    public static func read(sudoUID: String? = nil) -> [String] {
        let accounts = [geteuid(), getuid()] + [sudoUID.flatMap { UInt32($0) }].compactMap { $0 }
        return [hostName()].compactMap { $0 } + Set(accounts).sorted().flatMap(names)
    }

    private static func hostName() -> String? {
        var bytes = [CChar](repeating: 0, count: hostBytesMax)
        guard unsafe gethostname(&bytes, bytes.count - 1) == 0 else { return nil }
        return text(bytes)
    }

    private static func names(of account: UInt32) -> [String] {
        var entry = unsafe passwd()
        var found: UnsafeMutablePointer<passwd>?
        var bytes = [CChar](repeating: 0, count: accountBytesMax)
        let code = unsafe getpwuid_r(account, &entry, &bytes, bytes.count, &found)
        guard code == 0, unsafe found != nil else { return [] }
        // The second field holds the person's name first, then rooms and numbers; of an account of
        // the system it says what that is for.
        let isPersons = account >= personsMin
        let names = unsafe [entry.pw_name, isPersons ? entry.pw_gecos : nil].compactMap { name in
            unsafe name.map { unsafe String(cString: $0) }
        }
        return names.map { String($0.prefix { $0 != "," }) }
    }

    private static func text(_ bytes: [CChar]) -> String {
        String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
