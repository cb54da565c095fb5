// SPDX-License-Identifier: Apache-2.0

import Detection

/// Compares what is believed about the gateway at the start with who answers a question for it.
///
/// A watch that begins in the middle of an attack hears the forger first; the question, and the
/// kernel's own entry, tell that somebody else says the same of himself.
struct GatewayCheck {
    /// How long an answer may take.
    static let waitNanoseconds: Int64 = 1_000_000_000
    /// The most stations that are told apart.
    private static let answersMax = 4

    let gateway: IPv4Address
    /// Who asks; nil where nobody does.
    let asker: MACAddress?
    /// Who was declared to be the gateway; nil where nobody was. That stands above who it was.
    let declared: MACAddress?
    /// Whom the kernel believes to be the gateway; nil where it has no entry.
    let kernel: MACAddress?
    /// Who was the gateway when a watch last ran; nil where none did, or one was declared.
    let stored: MACAddress?
    private(set) var answers: [MACAddress] = []

    init(
        gateway: IPv4Address, asker: MACAddress?, declared: MACAddress? = nil, kernel: MACAddress?,
        stored: MACAddress?
    ) {
        self.gateway = gateway
        self.asker = asker
        self.declared = declared
        self.kernel = kernel
        self.stored = declared == nil ? stored : nil
    }

    /// Looks whether a packet is an answer.
    mutating func take(_ packet: ARPPacket) {
        guard packet.isReply, packet.sender.ip == gateway, packet.target.mac == asker,
            !answers.contains(packet.sender.mac), answers.count < Self.answersMax
        else { return }
        answers.append(packet.sender.mac)
    }

    /// What came out, for people.
    struct Result: Equatable {
        var text: String
        /// What to do about a contradiction; nil where there is none.
        var hint: String?
    }

    var result: Result {
        let believed = Set(answers + [declared, kernel, stored].compactMap { $0 })
        if believed.count > 1 { return Result(text: contradiction, hint: hint) }
        guard let mac = believed.first else {
            let text =
                asker == nil
                ? "gateway \(gateway), MAC address not known yet"
                : "gateway \(gateway) did not answer, MAC address not known yet"
            return Result(text: text)
        }
        var sources: [String] = []
        if !answers.isEmpty { sources.append("it answered") }
        if declared != nil { sources.append("declared") }
        if kernel != nil { sources.append("the kernel knows it") }
        if stored != nil { sources.append("known from before") }
        let text = "gateway \(gateway) is \(mac) (\(sources.joined(separator: ", ")))"
        return Result(text: text)
    }

    private var hint: String {
        let cause = "an attack may be on, or the router was replaced"
        return stored == nil
            ? cause : "\(cause): if you know that it was, arpguard bindings --forget \(gateway)"
    }

    private var contradiction: String {
        var parts = answers.map { "\($0) answers" }
        if let declared { parts.append("declared is \(declared)") }
        if let kernel { parts.append("the kernel's entry is \(kernel)") }
        if let stored { parts.append("known from before is \(stored)") }
        return "there is more than one gateway \(gateway): " + parts.joined(separator: ", ")
    }
}
