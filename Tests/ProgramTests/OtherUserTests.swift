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

    /// What a script prints, in a mount namespace and a folder of its own.
    private func run(_ script: String, _ argument: String) throws -> CommandResult {
        let folder = try TemporaryDirectory()
        let result = try CommandRunner.run(
            "/usr/bin/unshare",
            [
                "--mount", "sh", "-c", script, "sh", folder.path, Executables.path("arpguard"),
                argument,
            ])
        try #require(result.status == 0, "\(result.stderr)")
        return result
    }

    @Test(arguments: [("644", []), ("000", ["admin_policy"])] as [(String, [JSONValue])])
    func `an administrator's file that a person may not read denies`(
        mode: String, causes: [JSONValue]
    ) throws {
        let status = try JSONValue.parse(run(Self.script, mode).stdout)
        #expect(status["owner"] == 65_534)
        #expect(status["blocked_by"] == .array(causes))
    }

    /// A person's home whose telemetry somebody else shut or took.
    private static let shut = """
        set -e
        folder=$1 program=$2 what=$3
        mount -t tmpfs none /etc
        mkdir "$folder/other"
        chown -R 65534:65534 "$folder"
        as_person() {
            HOME=$folder setpriv --reuid=65534 --regid=65534 --clear-groups \\
                "$program" "$@" --home "$folder/own"
        }
        as_person config set telemetry.storage_path "$folder/other/t" >/dev/null 2>&1
        as_person telemetry enable --confirm >/dev/null 2>&1
        as_person config unset telemetry.storage_path >/dev/null 2>&1
        as_person telemetry enable --confirm >/dev/null 2>&1
        telemetry=$folder/own/telemetry
        case $what in
        taken) chown -R 0:0 "$telemetry" ;;
        shut) chmod 0 "$telemetry" ;;
        *) chmod 0 "$telemetry/journal" ;;
        esac
        as_person telemetry status >&2
        as_person telemetry status --format json
        """

    @Test(arguments: ["taken", "shut", "journals"])
    func `what can't be entered is told, with all else`(what: String) throws {
        let result = try run(Self.shut, what)
        let status = try JSONValue.parse(result.stdout)
        #expect(status["store_error"]?.stringValue?.contains("enied") == true, "\(status)")
        #expect(status["blocked_by"] == (what == "journals" ? [] : ["state_unreadable"]))
        #expect(status["recorders"] == .null)
        #expect(status["storage_bytes"] == .null)
        let others = status["other_places"]?.arrayValue ?? []
        #expect(others.map { $0["enabled"] } == [true])
        #expect(result.stderr.contains("an unknown size in "), "\(result.stderr)")
    }

    /// A person's home, for which root is told a command; what stands for sudo does with it as sudo
    /// does.
    private static let pasted = """
        set -e
        folder=$1 program=$2
        mkdir "$folder/bin"
        ln -s "$program" "$folder/bin/arpguard"
        cat >"$folder/bin/sudo" <<'END'
        #!/bin/sh
        [ "$1" = -u ] || exit 9
        number=${2#"#"}; shift 2
        exec setpriv --reuid="$number" --regid="$number" --clear-groups "$@"
        END
        chmod 755 "$folder/bin/sudo"
        chown -R 65534:65534 "$folder"
        setpriv --reuid=65534 --regid=65534 --clear-groups \\
            "$program" telemetry enable --confirm --home "$folder/own" >/dev/null 2>&1
        told=$("$program" telemetry status --home "$folder/own" 2>&1 || test $? = 2)
        told=${told#*hint: begin the command with }
        PATH=$folder/bin:$PATH
        eval "${told%, or name *} telemetry status --format json"
        """

    @Test func `root in a person's home is told a command that works`() throws {
        let status = try JSONValue.parse(run(Self.pasted, "").stdout)
        #expect(status["owner"] == 65_534)
        #expect(status["enabled"] == true)
    }

    /// A watch that may not become the owner of its home, as in a container without these rights.
    private static let confined = """
        set -e
        chown -R 65534:65534 "$1"
        setpriv --bounding-set=-setuid,-setgid "$2" --home "$1" test-alert 2>&1 || test $? = 2
        """

    @Test func `root without the right to become the home's owner is told what to do`() throws {
        let told = try run(Self.confined, "").stdout
        #expect(told.contains("error: privileges can't be given up: "), "\(told)")
        #expect(told.contains("hint: let what confines the program "), "\(told)")
    }

    /// A person's home, in which root then runs a command, and the service's, in which that person
    /// does; both are compared before and after.
    private static let mixed = """
        set -e
        folder=$1 program=$2
        shift 2
        mount -t tmpfs none /etc
        mount -t tmpfs none /var/lib
        install -d -m 700 -o 65533 -g 65533 /var/lib/arpguard
        chown -R 65534:65534 "$folder"
        as_person() {
            HOME=$folder setpriv --reuid=65534 --regid=65534 --clear-groups "$program" "$@"
        }
        state() {
            find "$folder/.arpguard" /var/lib/arpguard -type f -exec sha256sum {} + | sort
            find "$folder/.arpguard" /var/lib/arpguard -printf '%p %U %m\\n' | sort
        }
        as_person telemetry enable --confirm >/dev/null 2>&1
        as_person replay --sample >/dev/null 2>&1 || test $? = 1
        as_person telemetry status >/dev/null
        "$program" telemetry enable --confirm >/dev/null 2>&1
        "$program" telemetry status >/dev/null
        state >"$folder/before"
        set +e
        HOME=$folder "$program" telemetry "$@" --home "$folder/.arpguard" 2>&1
        echo "root $?"
        as_person telemetry "$@" --home /var/lib/arpguard 2>&1
        echo "person $?"
        state | diff "$folder/before" - && echo same
        find /var/lib/arpguard ! -user 65533 | wc -l
        """

    @Test(arguments: [
        ["enable", "--confirm"], ["disable"], ["delete-data", "--confirm"],
        ["rotate-id", "--confirm"], ["status"], ["show"], ["upload"],
    ])
    func `root in a person's home, and a person in root's, is refused and leaves all as it was`(
        command: [String]
    ) throws {
        let folder = try TemporaryDirectory()
        let result = try CommandRunner.run(
            "/usr/bin/unshare",
            ["--mount", "sh", "-c", Self.mixed, "sh", folder.path, Executables.path("arpguard")]
                + command)
        try #require(result.status == 0, "\(result.stderr)")
        let lines = result.stdout.split(separator: "\n").map(String.init)
        #expect(lines.suffix(2) == ["same", "0"], "\(result.stdout)")
        #expect(lines.contains("root 2") && lines.contains("person 2"), "\(result.stdout)")
        #expect(lines.count { $0.hasPrefix("arpguard: error: ") } == 2, "\(result.stdout)")
        #expect(lines.count { $0.hasPrefix("arpguard: hint: ") } == 2, "\(result.stdout)")
    }
}
