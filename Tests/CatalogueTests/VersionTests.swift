// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Testing

/// A version is the one property that holds text of any form at all, so its form is narrow.
@Suite struct VersionTests {
    /// Versions as well-known programs have them, and before them what carries them.
    static let real = [
        "Linux 6.12.9", "WSL's kernel 5.15.167.4", "systemd 257", "glibc 2.40", "musl 1.2.5",
        "Debian 12.8", "Ubuntu 22.04", "Ubuntu 24.04.1", "Fedora 41", "Alpine 3.20.3",
        "openSUSE 15.6", "macOS 15.1.1", "iOS 17.6.1", "Android 14", "Windows 10.0.22631.4460",
        "Windows 10.0.26100", "Windows 6.1.7601.24545", "Internet Explorer 11.0.9600.16384",
        "Chrome 131.0.6778.85", "Edge 131.0.2903.51", "Firefox 133.0.3", "Firefox 128.5.1",
        "Safari 18.1.1", "Thunderbird 128.5.2", "Swift 6.3.1", "Swift 5.10", "GCC 14.2.0",
        "clang 19.1.6", "Rust 1.84.0-beta.2", "Go 1.23.4", "Python 3.13.1", "Perl 5.40.0",
        "Ruby 3.4.1", "PHP 8.4.2", "Node 22.12.0", "npm 10.9.2", "Java 21.0.5", "Java 1.8.0",
        ".NET 9.0.101", ".NET Framework 4.8.9037.0", "PowerShell 5.1.22621.963", "Rails 7.0.8.7",
        "Django 5.1.4", "curl 8.11.1", "OpenSSL 3.4.0", "SQLite 3.47.2", "PostgreSQL 17.2",
        "MySQL 8.0.40", "ClickHouse 24.12.1.1614", "Redis 7.4.1", "nginx 1.27.3", "Apache 2.4.62",
        "Docker 27.4.1", "Kubernetes 1.32.0-rc.1", "Jenkins 2.479.2", "Wireshark 4.4.2",
        "Nmap 7.95", "Snort 3.5.2.0", "Suricata 7.0.8", "OpenSSH 9.9", "Vim 9.1.0948",
        "VS Code 1.96.2", "IntelliJ 2024.3.1", "yt-dlp 2024.12.13", "certifi 2024.01.15",
        "Unity 2022.3.54", "Zoom 6.2.11.5069", "GIMP 3.0.0-rc", "zlib 1.3.1", "zstd 1.5.6",
        "ours 1.0.0-rc.1", "ours 1.2.3.4", "ours 0.1", "ours 1.0-alpha.1",
    ]

    @Test func `versions of well-known programs are versions`() {
        #expect(Self.real.count > 60)
        for name in Self.real {
            let version = String(name.split(separator: " ").last ?? "")
            #expect(PropertyGuard.isVersion(version), "\(name)")
        }
    }

    @Test(arguments: [
        "10.0.0.7", "192.168.17.42", "84.161.23.201", "255.255.255.255", "172.16.0.1",
        "10.0.0.7-rc.1", "192.168.017.042", "10.000.000.007", "84.161.23.201-beta",
    ])
    func `what could be an address of a machine is no version`(text: String) {
        #expect(!PropertyGuard.isVersion(text))
    }

    @Test(arguments: [
        "010.000.000.007", "0171.234.5678", "00.49.171", "4111.1111.1111.1111",
        "4917.1234.5678.9", "4111.1111.1111-rc.1",
    ])
    func `a telephone number or a card is no version`(text: String) {
        #expect(!PropertyGuard.isVersion(text))
    }

    @Test(arguments: [
        "", ".", "1.", ".1", "1..2", "-rc", "1-", "1.0-mallory", "1.0-rc.", "1.0-rc.0.7",
        "1.0-rc.1234", "12345", "1.12345", "1.22.12345", "1.2.123456", "1.2.3.4.5", "1.0+build",
        "v1.0", "1.0 ", "1,0", "\u{661}.0",
    ])
    func `another form is no version`(text: String) {
        #expect(!PropertyGuard.isVersion(text))
    }

    /// The price: with the first number from 10 on nothing tells these from an address.
    @Test(arguments: ["LibreOffice 24.8.3.2", "Java 17.0.8.1", "Json.NET 13.0.0.0"])
    func `versions that could be an address are refused, though programs have them`(name: String) {
        #expect(!PropertyGuard.isVersion(String(name.split(separator: " ").last ?? "")))
    }

    /// What no rule tells; the documents say so.
    @Test(arguments: ["1980.12.24", "24.12.1980", "8.8.8.8", "10.0.7", "49.171.234.5678"])
    func `dates, addresses below 10 and parts of numbers pass`(text: String) {
        #expect(PropertyGuard.isVersion(text))
    }
}
