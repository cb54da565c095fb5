// SPDX-License-Identifier: Apache-2.0

import Catalogue
@testable import Collector
import HTTPServing
import Modules

/// Requests to the collector's intake: the first byte chooses content type and coding.
enum IntakeFuzz {
    private static let types = ["application/x-protobuf", "application/json", "text/plain"]
    private static let codings = [nil, "gzip", "zstd", "br"]
    private static let policy = IntakePolicy()

    static func feed(_ bytes: [UInt8]) {
        guard let first = bytes.first else { return }
        var headers: HTTPHeaders = ["Content-Type": types[Int(first & 3) % types.count]]
        headers["Content-Encoding"] = codings[Int(first >> 2 & 3)]
        let request = HTTPRequest(
            .post, "/v1/logs", headers: headers, body: Array(bytes.dropFirst()))
        let room = BodyRoom(ByteBudget(bytesMax: 256 << 20), perNetworkMax: 0)
        let reader = RequestReader(
            policy: policy,
            room: RequestRoom(room, of: request, network: nil))
        guard let logs = try? reader.read(request) else { return }
        _ = try? policy.decide(logs, on: Day(number: 20_000))
    }
}
