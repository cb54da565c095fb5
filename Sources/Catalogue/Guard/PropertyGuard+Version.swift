// SPDX-License-Identifier: Apache-2.0

extension PropertyGuard {
    /// The most digits of a version; cards and telephone numbers have more.
    private static let versionDigitsMax = 12

    /// Whether a text is a version that may be recorded: up to four numbers of up to four digits,
    /// and an optional `-alpha`, `-beta` or `-rc` with up to three digits. The third and fourth
    /// number may have five digits behind a second one of one digit, as Windows' builds have.
    ///
    /// Refused is what could be an IPv4 address (four numbers up to 255, the first 10 or more), a
    /// telephone number (zeros before the first number) or a card (more than twelve digits). No
    /// rule tells dates (`1980.12.24`), addresses below 10.0.0.0 or parts of one from a version.
    public static func isVersion(_ text: String) -> Bool {
        guard text.utf8.count <= 32, text.utf8.count(where: \.isDigit) <= versionDigitsMax else {
            return false
        }
        let halves = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        let numbers = halves[0].split(separator: ".", omittingEmptySubsequences: false)
        guard areNumbers(numbers), !isAddress(numbers) else { return false }
        guard halves.count == 2 else { return true }
        let tail = halves[1].split(separator: ".", omittingEmptySubsequences: false)
        return ["alpha", "beta", "rc"].contains(tail[0])
            && (tail.count == 1 || (tail.count == 2 && isNumber(tail[1], digitsMax: 3)))
    }

    private static func areNumbers(_ numbers: [Substring]) -> Bool {
        guard numbers.count <= 4, numbers[0].utf8.count == 1 || !numbers[0].hasPrefix("0") else {
            return false
        }
        let hasBuild = numbers.count > 2 && numbers[1].utf8.count == 1
        return numbers.enumerated().allSatisfy { place, number in
            isNumber(number, digitsMax: place > 1 && hasBuild ? 5 : 4)
        }
    }

    private static func isAddress(_ numbers: [Substring]) -> Bool {
        let octets = numbers.compactMap { UInt8($0) }
        return octets.count == 4 && octets[0] >= 10
    }

    private static func isNumber(_ text: Substring, digitsMax: Int) -> Bool {
        (1...digitsMax).contains(text.utf8.count) && text.utf8.allSatisfy { $0.isDigit }
    }
}
