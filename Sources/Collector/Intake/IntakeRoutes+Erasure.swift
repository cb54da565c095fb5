// SPDX-License-Identifier: Apache-2.0

private import Glibc
internal import Hashing
internal import HTTPServing
internal import Modules

extension IntakeRoutes {
    private static let secretBytesMax = 512

    /// Answers a request for erasure: 204 for every installation and secret of the right form.
    func erase(_ request: HTTPRequest, _ later: LaterReply) -> HTTPResponse? {
        let installation = request.parameters["id"] ?? ""
        guard InstallationIdentifier.isValid(installation) else {
            return .text(.badRequest, "the installation must be a UUID in lower case")
        }
        guard let secret = request.bearerToken, secret.utf8.count <= Self.secretBytesMax else {
            return .text(.unauthorized, "a bearer token is needed")
                .with("WWW-Authenticate", "Bearer")
        }
        let start = clock.uptimeNanoseconds()
        guard erasureLimit.admits(of: network(of: request), at: start) else {
            return IntakeAnswer.failure(
                .tooManyRequests, "too many erasures at a time", to: request)
        }
        let hash = SHA256.hash(Array(secret.utf8))
        committer.between {
            let response = self.erased(installation, hash, request)
            self.metrics.count(response.status)
            let rest = Self.rest(
                after: self.clock.uptimeNanoseconds() - start,
                stepMilliseconds: self.configuration.erasureStepMilliseconds)
            guard rest > 0 else { return later.send(response) }
            // A thread for each, which the limit of erasures bounds.
            do {
                try DetachedThread.start {
                    usleep(UInt32(rest / 1000))
                    later.send(response)
                }
            } catch {
                self.logger.log(.warning, "an erasure was answered early: \(error)")
                later.send(response)
            }
        }
        return nil
    }

    /// Nanoseconds until a whole number of steps has passed, one at least; 0 without steps.
    static func rest(after nanoseconds: Int64, stepMilliseconds: Int) -> Int64 {
        let step = Int64(stepMilliseconds) * 1_000_000
        return step > 0 ? step - nanoseconds % step : 0
    }

    private func erased(
        _ installation: String, _ secretHash: [UInt8], _ request: HTTPRequest
    ) -> HTTPResponse {
        do {
            let outcome = try storage.erase(
                installation: installation, secretHash: secretHash, on: clock.now().day)
            succeeded()
            metrics.count(outcome)
            switch outcome {
            case .erased, .refused: return HTTPResponse(.noContent)
            case .full:
                return IntakeAnswer.failure(
                    .serviceUnavailable, "no erasure can be remembered now", to: request)
            }
        } catch {
            return failed(error, request)
        }
    }
}
