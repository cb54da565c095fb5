// SPDX-License-Identifier: Apache-2.0

import Glibc
import Modules
import TestKit
import Testing

@testable import Collector

/// Runs a script as somebody who is not root, in a mount namespace and a folder of their own.
private func run(_ prepare: String, _ command: String) throws -> CommandResult {
    let folder = try TemporaryDirectory()
    func makeStore() throws {
        _ = try SQLiteStorage(
            path: folder.file("store"), random: SeededRandom(seed: 7), fileSystem: RealFileSystem())
    }
    try makeStore()
    return try CommandRunner.run(
        "/usr/bin/unshare",
        [
            "--mount", "sh", "-c",
            """
            set -e
            cd "$1"
            chown -R 65534:65534 "$1"
            \(prepare)
            cd "$1"
            setpriv --reuid=65534 --regid=65534 --clear-groups "$2" \(command) \\
                --store sqlite:store || test $? = 2
            ls
            """, "sh", folder.path, Executables.path("arpguard-collector"),
        ])
}

/// Whether that can be done here.
private let canBeAnother = getuid() == 0 && (try? run("true", "check"))?.status == 0

@Suite(.enabled(if: canBeAnother, "needs root, namespaces, unshare and setpriv"))
struct StoreAccessTests {
    @Test(arguments: ["check", "insight"])
    func `whoever may use a store is kept from nothing`(command: String) throws {
        let result = try run("true", command)
        #expect(result.status == 0 && !result.stderr.contains("error"), "\(result.stderr)")
    }

    @Test(arguments: [
        ("chmod 400 store", "chmod u+rw store"),
        ("chmod 200 store", "chmod u+rw store"),
        ("install -m 400 -o 65534 /dev/null store-wal", "chmod u+rw store-wal"),
        ("install -m 400 -o 65534 /dev/null store-shm", "chmod u+rw store-shm"),
        ("chmod 500 .", "chmod u+wx "),
        ("chown root store", "run this as the collector's user, to whom store and folder"),
        (
            "mount --bind . . && mount -o remount,ro,bind .",
            "name one on a file system that can be written"
        ),
    ])
    func `what can't be written is named before anything is made beside it`(
        prepare: String, hint: String
    ) throws {
        for command in ["check", "insight", "purge", "export-static public"] {
            let result = try run(prepare, command)
            #expect(result.status == 0, "\(command): \(result.stderr)")
            #expect(result.stderr.contains("error: the store can't be written"), "\(result.stderr)")
            #expect(result.stderr.contains("hint: \(hint)"), "\(result.stderr)")
            let made = result.stdout.split(separator: "\n").filter { $0 != "store" }
            #expect(made.allSatisfy { prepare.hasSuffix($0) }, "\(made)")
        }
    }
}
