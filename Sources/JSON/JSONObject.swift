// SPDX-License-Identifier: Apache-2.0

/// Named JSON values with unique names, in the order they were added.
///
/// Names are compared as Swift strings: two spellings of the same characters are one name.
/// Lookup walks the members, which suits the small objects of settings and records; building an
/// object of n members through the subscript therefore costs n² comparisons of names.
public struct JSONObject: Sendable {
    /// One name with its value.
    public struct Member: Sendable, Equatable {
        /// The name, unique inside its object.
        public let name: String
        /// What the name stands for.
        public var value: JSONValue

        /// A name with its value.
        public init(name: String, value: JSONValue) {
            self.name = name
            self.value = value
        }
    }

    /// All members, in the order they were added.
    public private(set) var members: [Member]

    /// An object without members.
    public init() {
        members = []
    }

    /// An object of these pairs in their order; of two equal names the later value counts and
    /// the earlier place stays.
    public init(_ pairs: some Sequence<(String, JSONValue)>) {
        self.init()
        for (name, value) in pairs {
            self[name] = value
        }
    }

    /// The parser's way in: it has already refused duplicate names.
    init(uniqueMembers: [Member]) {
        members = uniqueMembers
    }

    /// The value of a name, nil where there is none.
    ///
    /// Setting keeps the place of an existing name and adds a new one at the end; setting nil
    /// removes the member (store `.null` to keep a name without a value).
    public subscript(_ name: String) -> JSONValue? {
        get { members.first { $0.name == name }?.value }
        set {
            let index = members.firstIndex { $0.name == name }
            switch (index, newValue) {
            case (let index?, let value?): members[index].value = value
            case (let index?, nil): members.remove(at: index)
            case (nil, let value?): members.append(Member(name: name, value: value))
            case (nil, nil): break
            }
        }
    }

    /// The names of all members, in their order.
    public var names: [String] {
        members.map(\.name)
    }

    /// Whether there are no members.
    public var isEmpty: Bool {
        members.isEmpty
    }

    /// The number of members.
    public var count: Int {
        members.count
    }
}

extension JSONObject: Equatable {
    /// Equal names with equal values; the order does not count (RFC 8259 section 1).
    public static func == (left: JSONObject, right: JSONObject) -> Bool {
        guard left.count == right.count else { return false }
        if left.members == right.members { return true }
        var values = [String: JSONValue](minimumCapacity: left.count)
        for member in left.members {
            values[member.name] = member.value
        }
        return right.members.allSatisfy { values[$0.name] == $0.value }
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    /// An object in the order written; of two equal names the later value counts.
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self.init(elements)
    }
}
