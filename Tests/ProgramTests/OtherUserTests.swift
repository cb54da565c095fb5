// SPDX-License-Identifier: Apache-2.0

import Glibc
import JSON
import TestKit
import Testing

/// Whether a person who is not root may be made up here: in a namespace with an `/etc` of its own.
private let canBeAnother =
    getuid() == 0
    && (try? CommandRunner.run(
        "/usr/bin/unshare",
        [
            "--mount", "sh", "-c",
            "mount -t tmpfs none /etc && setpriv --reuid=65534 --clear-groups true",
        ]))?.status == 0

/// Rights, as they bind people who are not root.
@Suite(.enabled(if: canBeAnother, "needs root, namespaces, unshare and setpriv"))
struct OtherUserTests {
    private static let script = """
        set -e
        folder=$1 program=$2 mode=$3
        mount -t tmpfs none /etc
        mkdir -m 755 /etc/arpguard
        echo '{"telemetry": "allow"}' > /etc/arpguard/telemetry-policy.json
        chown -R 65534:65534 "$folder"
        as_person() {
            HOME=$folder setpriv --reuid=65534 --regid=65534 --clear-groups \\
                "$program" telemetry "$@" --home "$folder/own"
        }
        as_person enable --confirm > /dev/null 2>&1
        chmod "$mode" /etc/arpguard/telemetry-policy.json
        as_person status --format json
        """

    @Test(arguments: [("644", []), ("000", ["admin_policy"])] as [(String, [JSONValue])])
    func `an administrator's file that a person may not read denies`(
        mode: String, causes: [JSONValue]
    ) throws {
        let folder = try TemporaryDirectory()
        let result = try CommandRunner.run(
            "/usr/bin/unshare",
            [
                "--mount", "sh", "-c", Self.script, "sh", folder.path,
                Executables.path("arpguard"), mode,
            ])
        try #require(result.status == 0, "\(result.stderr)")
        let status = try JSONValue.parse(result.stdout)
        #expect(status["owner"] == 65_534)
        #expect(status["blocked_by"] == .array(causes))
    }
}
