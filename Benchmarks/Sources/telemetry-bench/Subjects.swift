// SPDX-License-Identifier: Apache-2.0

private import CBenchmark
import Catalogue
import Figures
import Telemetry

/// Something that is done many times over: recording an event, or a floor.
protocol Subject: Sendable {
    /// Does it once; false if it was refused.
    func record(_ index: Int) -> Bool

    /// How often it is done untimed before each pass, so that no cold page is measured.
    static var untimed: Int { get }
}

extension Subject {
    /// The journal has room for few; its flusher has just been at its pages.
    static var untimed: Int { 100 }
}

/// A typed event with three properties.
struct Typed: Subject {
    enum Trigger: String, CaseIterable, Sendable {
        case timer
        case person
        case network
        case start
    }

    static let declaration = Event(
        "scan_finished", since: "0.1", purpose: "What a typed event costs",
        Property.choice("trigger", Trigger.self, since: "0.1", purpose: "What began it"),
        Property<Int>.count("hosts", since: "0.1", purpose: "How many were found"),
        Property<Bool>.bool("is_complete", since: "0.1", purpose: "Whether it came to its end"))

    let module: TelemetryModule
    private let event = Self.declaration

    init(_ module: TelemetryModule) { self.module = module }

    @inline(__always)
    func record(_ index: Int) -> Bool {
        module.track(event, index & 1 == 0 ? .timer : .network, index, index & 2 == 0)
    }
}

/// An untyped event with three properties; the caller's dictionary is part of the cost.
struct Untyped: Subject {
    let module: TelemetryModule

    init(_ module: TelemetryModule) { self.module = module }

    @inline(__always)
    func record(_ index: Int) -> Bool {
        module.trackEvent("feature_usage", Self.properties(index))
    }

    @inline(never)
    static func properties(_ index: Int) -> [String: PropertyValue] {
        [
            "feature": "arp_scan", "duration_ms": .integer(Int64(index)),
            "hosts_found": .integer(Int64(index & 255)),
        ]
    }
}

/// The dictionary that a caller of the untyped form makes, and nothing else.
struct DictionaryAlone: Subject {
    @inline(__always)
    func record(_ index: Int) -> Bool { !Untyped.properties(index).isEmpty }
}

/// A call that does nothing.
struct EmptyCall: Subject {
    @inline(__always)
    func record(_ index: Int) -> Bool {
        cbenchmark_nothing()
        return true
    }
}

/// The coarse clock and a copy of a record of equal length into a mapped file.
@safe struct Copying: Subject {
    // Set once, never freed, and used by the one thread that has the value.
    private nonisolated(unsafe) let ring: UnsafeMutablePointer<cbenchmark_ring>
    // The same.
    private nonisolated(unsafe) let source: UnsafeMutablePointer<UInt8>

    /// Once round the ring: the kernel may have written its pages to the disk.
    static let untimed = Int(CBENCHMARK_RING_RECORDS)

    init(_ path: String) throws {
        unsafe ring = .allocate(capacity: 1)
        unsafe ring.initialize(to: cbenchmark_ring())
        let count = Int(CBENCHMARK_RECORD_BYTES)
        unsafe source = .allocate(capacity: count)
        unsafe source.initialize(repeating: 0x5A, count: count)
        let code = unsafe cbenchmark_ring_open(ring, path)
        if code != 0 { throw BenchmarkError("\(path): errno \(code)") }
    }

    @inline(__always)
    func record(_ index: Int) -> Bool {
        unsafe cbenchmark_ring_record(ring, source)
        return true
    }
}
