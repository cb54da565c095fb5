// SPDX-License-Identifier: Apache-2.0

public import JSON

extension Setting {
    /// A key that holds a list of up to `entriesMax` entries, each of which is checked by itself: a
    /// fault names the entry, not the list.
    public static func list(
        _ key: String, form: String, example: String? = nil, default defaultValue: JSONValue = [],
        entriesMax: Int = .max, meaning: String,
        admits entry: @escaping @Sendable (JSONValue) -> Bool
    ) -> Setting {
        var setting = Setting(
            key, form: form, example: example, default: defaultValue, meaning: meaning
        ) { value in
            value.arrayValue.map { $0.count <= entriesMax && $0.allSatisfy(entry) } ?? false
        }
        setting.faultyEntry = { value in value.arrayValue?.first { !entry($0) } }
        return setting
    }

    /// A key that holds an object of up to `entriesMax` members, each of which is checked by
    /// itself: a fault names the member, not the object.
    public static func members(
        _ key: String, form: String, example: String? = nil, entriesMax: Int = .max,
        meaning: String, admits entry: @escaping @Sendable (String, JSONValue) -> Bool
    ) -> Setting {
        var setting = Setting(key, form: form, example: example, default: [:], meaning: meaning) {
            $0.objectValue.map { object in
                object.members.count <= entriesMax
                    && object.members.allSatisfy { entry($0.name, $0.value) }
            } ?? false
        }
        setting.faultyEntry = { value in
            value.objectValue?.members.first { !entry($0.name, $0.value) }
                .map { .object(JSONObject([($0.name, $0.value)])) }
        }
        return setting
    }
}
