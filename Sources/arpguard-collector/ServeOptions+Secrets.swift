// SPDX-License-Identifier: Apache-2.0

internal import CommandLineKit
internal import HTTPServing
internal import Modules

/// What a collector proves itself by, and what opens its admin listener.
extension ServeOptions {
    private static let pemBytesMax = 1 << 20

    /// The certificate and its key, checked; nil where neither is named.
    func identity() throws(CommandFailure) -> TLSIdentity? {
        let certificate = text(.tlsCertificate, "tls_certificate")
        let key = text(.tlsKey, "tls_key")
        guard certificate != nil || key != nil else { return nil }
        guard let certificate, let key else {
            throw CommandFailure(
                "TLS takes a certificate and a key", hint: "give --tls-cert and --tls-key",
                status: .usage)
        }
        let chain = try Self.contents(of: certificate, bytesMax: Self.pemBytesMax)
        let secret = try Self.contents(of: key, bytesMax: Self.pemBytesMax)
        do {
            let identity = try TLSIdentity(
                certificateChain: String(decoding: chain, as: UTF8.self),
                privateKey: String(decoding: secret, as: UTF8.self))
            try identity.check()
            return identity
        } catch {
            throw CommandFailure(
                "--tls-cert, --tls-key: \(error)",
                hint: "give two PEM files, as most tools write: a certificate and its own key, "
                    + "without a passphrase")
        }
    }

    /// The first line of the token file; nil where none is named.
    func adminToken() throws(CommandFailure) -> String? {
        guard let path = text(.adminToken, "admin_token_file") else { return nil }
        let bytes = try Self.contents(of: path, bytesMax: 4096)
        let line = String(decoding: bytes.prefix { $0 != 0x0A && $0 != 0x0D }, as: UTF8.self)
        guard line.utf8.count >= 16 else {
            throw CommandFailure(
                "\(path): the token has fewer than 16 characters",
                hint: "write a random one into the file's first line")
        }
        // Others end a bearer token, or reach no header field as they are.
        guard line.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw CommandFailure(
                "\(path): the token has a blank, or a character that is not of ASCII",
                hint: "write a random one of letters and digits into the file's first line")
        }
        return line
    }

    /// Says which secrets every user of this machine may read, by the mode of their files: the
    /// store is one, since its key and identifiers that somebody knows tell what those sent. Of one
    /// that can't be asked there is nothing to say here; who uses it says it.
    func warnOfOpenSecrets(_ diagnostics: Diagnostics) {
        let store: String? =
            if case .sqlite(let path) = try? StoreLocation(self.store) { path } else { nil }
        for path in [text(.tlsKey, "tls_key"), text(.adminToken, "admin_token_file"), store] {
            guard let path, let status = try? RealFileSystem().status(of: path),
                status.kind == .file, status.mode & 0o004 != 0
            else { continue }
            diagnostics.warning(
                "\(path) is a secret, and every user of this machine may read it",
                hint: "as the user that serves: chmod 600 \(ShellText.file(path))")
        }
    }
}
