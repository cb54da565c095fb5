// SPDX-License-Identifier: Apache-2.0

public import Catalogue
public import Modules

/// An event as the store holds it.
public struct StoredEvent: Sendable, Equatable {
    /// One property of it.
    public struct Property: Sendable, Equatable {
        /// The property's name.
        public let name: String
        /// Its value, as the catalogue admitted it.
        public let value: PropertyValue

        package init(_ name: String, _ value: PropertyValue) {
            self.name = name
            self.value = value
        }
    }

    /// The consent epoch under which it was recorded.
    public let epoch: UInt32
    /// When it happened.
    public let time: Timestamp
    /// The event's name.
    public let name: String
    /// Its properties.
    public let properties: [Property]

    package init(epoch: UInt32, time: Timestamp, name: String, properties: [Property]) {
        self.epoch = epoch
        self.time = time
        self.name = name
        self.properties = properties
    }
}
