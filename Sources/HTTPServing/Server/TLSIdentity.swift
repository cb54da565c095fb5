// SPDX-License-Identifier: Apache-2.0

/// What a server shows to prove who it is: a private key and its certificate, followed by those
/// that lead to a root, both as PEM texts.
public struct TLSIdentity: Sendable {
    let certificateChain: String
    let privateKey: String

    /// Takes the texts of two PEM files. Throws `badIdentity` if one is no such text.
    public init(certificateChain: String, privateKey: String) throws(HTTPServerError) {
        guard certificateChain.contains("-----BEGIN CERTIFICATE-----") else {
            throw HTTPServerError(.badIdentity, "the certificate is no PEM text")
        }
        guard privateKey.contains("PRIVATE KEY-----") else {
            throw HTTPServerError(.badIdentity, "the private key is no PEM text")
        }
        self.certificateChain = certificateChain
        self.privateKey = privateKey
    }
}
