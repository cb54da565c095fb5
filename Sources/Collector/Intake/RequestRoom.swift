// SPDX-License-Identifier: Apache-2.0

internal import HTTPServing

/// Memory that handling one request takes beside its body, out of the share of its network.
struct RequestRoom {
    private let room: BodyRoom
    private let network: Int?
    /// Bytes that the server holds for the body until the request is answered, of the same share.
    private let bodyBytes: Int

    init(_ room: BodyRoom, of request: HTTPRequest, network: Int?) {
        self.room = room
        self.network = network
        bodyBytes = request.body.count
    }

    /// Takes bytes; what can never be taken is too large, and `busy` says what to wait for.
    func take(_ bytes: Int, busy: String) throws(IntakeRefusal) {
        guard bytes <= room.bytesMax - bodyBytes else {
            throw IntakeRefusal(
                cause: .tooLarge, message: "it takes more memory than there is for all requests")
        }
        guard room.take(bytes, of: network, beside: bodyBytes) else {
            throw IntakeRefusal(cause: .unavailable, message: busy)
        }
    }

    /// Gives bytes back.
    func giveBack(_ bytes: Int) { room.giveBack(bytes, of: network) }
}
