// SPDX-License-Identifier: Apache-2.0

/// What a detector is told about the network it watches.
public struct DetectorConfiguration: Sendable {
    /// The router's address, where it is known: claims to it weigh more.
    public var gateway: IPv4Address?
    /// Addresses whose stations are known for certain: any other claim to one is critical.
    public var staticBindings: [IPv4Address: MACAddress]
    /// Findings that are counted and not reported.
    public var suppressions: [Suppression]
    /// Stations that are never accused, such as one's own. Claims against them still are heard,
    /// and so is who wears their addresses.
    public var trustedStations: Set<MACAddress>
    /// The cards of the machine that watches: never accused either, but no owners by that alone, as
    /// anybody on the network can speak in their name.
    public var ownStations: Set<MACAddress>
    /// When the rules speak.
    public var thresholds: Thresholds
    /// How much is remembered.
    public var limits: DetectionLimits
    /// Whether notices (severity info) are reported, and not only counted.
    public var reportsNotices: Bool
    /// What keeps others from choosing addresses that slow the tables down. A live program
    /// gives a random number; results do not depend on it.
    public var tableSeed: UInt64

    /// A configuration with the tested thresholds.
    public init(
        gateway: IPv4Address? = nil, staticBindings: [IPv4Address: MACAddress] = [:],
        suppressions: [Suppression] = [], trustedStations: Set<MACAddress> = [],
        ownStations: Set<MACAddress> = [], thresholds: Thresholds = Thresholds(),
        limits: DetectionLimits = DetectionLimits(),
        reportsNotices: Bool = false, tableSeed: UInt64 = 0x2545_F491_4F6C_DD1D
    ) {
        self.gateway = gateway
        self.staticBindings = staticBindings
        self.suppressions = suppressions
        self.trustedStations = trustedStations
        self.ownStations = ownStations
        self.thresholds = thresholds
        self.limits = limits
        self.reportsNotices = reportsNotices
        self.tableSeed = tableSeed
    }

    /// Whether a station is never accused.
    func trusts(_ station: MACAddress) -> Bool {
        trustedStations.contains(station) || ownStations.contains(station)
    }

    /// Whether the address was declared to be another station's.
    public func contradicts(_ pair: AddressPair) -> Bool {
        staticBindings[pair.ip].map { $0 != pair.mac } ?? false
    }
}

/// How much a detector remembers at most. When a table is full, what was used longest ago goes.
public struct DetectionLimits: Sendable {
    /// Addresses whose owner is known; those of the gateway and of static bindings have as
    /// many places of their own, so that no flood drives them out.
    public var bindingsMax = 65_536
    /// Stations.
    public var stationsMax = 65_536
    /// Questions that wait for an answer.
    public var questionsMax = 16_384
    /// Addresses that are claimed by several stations.
    public var contestsMax = 4_096
    /// Claims that were told to one station, unasked.
    public var repetitionsMax = 16_384
    /// Entries of each of the small tables: leases, shared addresses, scans and their like.
    public var entriesMax = 4_096
    /// Alerts that repeats are folded into.
    public var alertsMax = 16_384

    /// The limits that the product ships with.
    public init() {}
}

/// When the rules speak. Lengths of time are in nanoseconds.
public struct Thresholds: Sendable {
    /// The same packet again within this time is a copy of it, and free.
    public var copyWithin: Int64 = 100 * Nanoseconds.millisecond
    /// How long a question may be answered.
    public var questionOpen: Int64 = 5 * Nanoseconds.second
    /// How long after a question a second station's answer still counts as one.
    public var rivalAnswerWithin: Int64 = 1 * Nanoseconds.second
    /// How long a change of owner counts.
    public var changeWindow: Int64 = 120 * Nanoseconds.second
    /// How many changes make an address contested (C2 and C4).
    public var contestedChanges = 2
    /// How many changes it takes when each may be that of an honest station (C2).
    public var weaklyContestedChanges = 4
    /// How many changes it takes when an honest station may stand in for an owner that is away
    /// (C2): the third takes the address from an owner that was just back.
    public var standInChanges = 3
    /// How many owners, just robbed and back, make a station one that stands in for none and
    /// shares with none (C2).
    public var standInOwners = 3
    /// How many changes of the gateway are high without further evidence (C3).
    public var gatewayChanges = 3
    /// How many changes of the gateway are critical with further evidence (C2).
    public var criticalGatewayChanges = 4
    /// How many unsolicited answers for one address betray a forger (C2).
    public var unsolicitedEvidence: UInt32 = 3
    /// How long an address counts as a station's own after it used it, and as taken, where it asks
    /// everybody in its name (U2).
    public var ownAddressWindow: Int64 = 600 * Nanoseconds.second
    /// How long an owner that spoke for itself stands against one that nobody asked (U3), or that
    /// looks for others in its name (U2).
    public var freshOwnerWindow: Int64 = 300 * Nanoseconds.second
    /// How long an unsolicited answer counts (U1, U2, B1, T1), and a sender that another station
    /// speaks for (M2).
    public var unsolicitedWindow: Int64 = 300 * Nanoseconds.second
    /// The same of who took the gateway's address from another station (U1).
    public var takenGatewayWindow: Int64 = 3_600 * Nanoseconds.second
    /// How long apart they may be where the one who is told was never heard (U1, U2): its
    /// questions may be missing, and systems ask again after 15 seconds or more.
    public var unheardPause: Int64 = 12 * Nanoseconds.second
    /// How often a station that took an address may claim it, to everybody or in questions for one,
    /// with pauses of this length at most (U2); at most 8. Clusters that fail over say so for five
    /// seconds; systems ask one station again after 15 seconds or more, and three times then.
    public var insistences = 8
    /// How long these pauses are; shorter ones than 0.8 seconds do not count.
    public var insistencePause: Int64 = 3_300 * Nanoseconds.millisecond
    /// How often it may ask everybody, in the name of what it took, for what it was just told (U2),
    /// with longer pauses: systems keep what they were told, and then ask the one that told them.
    public var askedAgain = 5
    /// How long these pauses are.
    public var askedAgainPause: Int64 = 12 * Nanoseconds.second
    /// How often a station may tell everybody that it has what its owner had taken back by using it
    /// (U2); at most 8.
    public var retakings = 3
    /// How long these pauses are: who defends an address does so every ten seconds at most (RFC
    /// 5227, section 2.4).
    public var retakingPause: Int64 = 9 * Nanoseconds.second
    /// How many stations that were never heard before may take an address from an owner that is
    /// there (C5); at most 8.
    public var strangersMax = 4
    /// How often a station may ask others that were never heard, one by one and within
    /// ``changeWindow``, in the name of an address, and claim none by that; at most 7. Who wakes up
    /// asks two or three times at once, which count as one.
    public var absentAsked = 4
    /// How often one is told the same with other evidence at hand (U1); at most 8.
    public var unsolicitedRepeats = 3
    /// How often one is told the same without (U2); at most 8.
    public var unsolicitedRepeatsAlone = 5
    /// How long apart two claims may be that put a station between two others (B1); unsolicited
    /// answers to both may be further apart.
    public var betweenWindow: Int64 = 5 * Nanoseconds.second
    /// How many contradicting answers show a poisoned cache (T1); at most 8.
    public var poisonedAnswers = 3
    /// How many senders one station may speak for (M2).
    public var spokenForMax = 10
    /// How long a lease explains a change (RFC 2131).
    public var leaseExplains: Int64 = 120 * Nanoseconds.second
    /// How long a router's advertisement explains a change: three of the default interval of
    /// three seconds, and some (HSRP hold time, RFC 2281).
    public var advertExplains: Int64 = 10 * Nanoseconds.second
    /// How long rates of claims and requests are taken (F1, F3).
    public var rateWindow: Int64 = 5 * Nanoseconds.second
    /// How many unasked claims of one station in that time are a flood (F1).
    public var claimsMax = 200
    /// How many requests of one station in that time are a storm (F3).
    public var requestsMax = 500
    /// How long newcomers and scanned addresses are counted (F2, N1).
    public var newcomerWindow: Int64 = 10 * Nanoseconds.second
    /// How many new stations with invented addresses are a flood (F2).
    public var inventedNewcomersMax = 200
    /// How many new stations of any kind are a flood (F2).
    public var newcomersMax = 1_000
    /// How many new stations that take others' addresses are a flood (F2).
    public var takersMax = 20
    /// How many addresses one station may ask for in that time (N1).
    public var scannedMax = 30
    /// With how many addresses one station is told as an attacker, unless it is critical, or as one
    /// side of a conflict; further ones are folded, but the gateway's. And how many stations are
    /// told as thieves of one's traffic, or between that of one address and others.
    public var addressesToldMax = 5
    /// How long after its last repeat an alert is reported anew.
    public var foldWindow: Int64 = 3_600 * Nanoseconds.second

    /// The thresholds that were tested on labelled captures.
    public init() {}
}
