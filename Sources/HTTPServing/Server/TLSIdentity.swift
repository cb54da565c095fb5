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
        guard !privateKey.contains("ENCRYPTED") else {
            throw HTTPServerError(.badIdentity, "the private key is encrypted with a passphrase")
        }
        self.certificateChain = certificateChain
        self.privateKey = privateKey
    }

    /// Throws `badIdentity` if no server can show it: a text can't be read, or the key is another
    /// one's. Starts one on a free port of the loopback and ends it, to ask those who will read it.
    public func check() throws(HTTPServerError) {
        let socket = try ListenSocket(.loopback(port: 0))
        let context = ServerContext(
            handler: ClosureHandler { _ in HTTPResponse(.notFound) }, limits: .standard,
            room: BodyRoom(ByteBudget(bytesMax: 0), perNetworkMax: 0))
        guard let daemon = Microhttpd(serving: socket.descriptor, tls: self, context: context)
        else {
            throw HTTPServerError(
                .badIdentity, "the private key is not the certificate's, or one can't be read")
        }
        daemon.stop()
    }
}
