// SPDX-License-Identifier: Apache-2.0

import TelemetryUpload
import TestKit
import Testing

/// A server that speaks TLS for real, with a certificate of its own making for one name.
struct TLSServer {
    private let folder: TemporaryDirectory
    private let process: RunningProcess
    let port: Int

    var certificate: String { folder.file("certificate.pem") }

    /// - Parameter lastYear: the year in which the certificate's time is over; nil for two days.
    init(name: String, lastYear: Int? = nil, options: [String] = []) throws {
        folder = try TemporaryDirectory()
        try Self.makeCertificate(name, lastYear, folder)
        process = try RunningProcess(
            "/usr/bin/openssl",
            ["s_server", "-accept", "127.0.0.1:0", "-www", "-key", "key.pem"]
                + ["-cert", "certificate.pem"] + options,
            workingDirectory: folder.path)
        let line = try process.waitForLine(containing: "ACCEPT 127.0.0.1:")
        port = try #require(line.split(separator: ":").last.flatMap { Int($0) })
    }

    private static func makeCertificate(
        _ name: String, _ lastYear: Int?, _ folder: TemporaryDirectory
    ) throws {
        func openssl(_ arguments: [String]) throws {
            let made = try CommandRunner.run(
                "/usr/bin/openssl", arguments, workingDirectory: folder.path)
            try #require(made.status == 0, "\(made.stderr)")
        }
        let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        let subject = ["-subj", "/CN=test", "-addext", "subjectAltName=\(name)"]
        guard let lastYear else {
            return try openssl(
                ["req", "-x509", "-days", "2", "-keyout", "key.pem", "-out", "certificate.pem"]
                    + key + subject)
        }
        // Only a request that an authority signs can have a time of its own in this version.
        try openssl(["req", "-new", "-keyout", "key.pem", "-out", "request.pem"] + key + subject)
        try folder.write("", to: "index.txt")
        try folder.write("01\n", to: "serial")
        try folder.write(
            """
            [ca]
            default_ca = own
            [own]
            dir = .
            new_certs_dir = .
            database = index.txt
            serial = serial
            default_md = sha256
            policy = any
            copy_extensions = copy
            [any]
            commonName = supplied
            """, to: "ca.cnf")
        try openssl(
            ["ca", "-batch", "-config", "ca.cnf", "-selfsign", "-keyfile", "key.pem"]
                + ["-in", "request.pem", "-out", "certificate.pem", "-notext"]
                + ["-startdate", "20200101000000Z", "-enddate", "\(lastYear)0102000000Z"])
    }

    func get(caFile: String?) throws -> TransferOutcome {
        let url = try endpoint("https://127.0.0.1:\(port)/")
        return CurlTransport().perform(UploadRequest(url: url, method: "GET", caFile: caFile))
    }
}
