// SPDX-License-Identifier: Apache-2.0

public import CommandLineKit
public import JSON
public import Modules

/// What the configuration file says, as far as it is sound.
public struct Configuration: Sendable {
    /// The sound part of the section `telemetry`.
    public let telemetry: JSONObject
    /// The sound part of the section `detection`.
    public let detection: DetectionSettings
    /// The sound part of the section `watch`.
    public let watch: WatchSettings
    /// The sound part of the section `output`.
    public let output: OutputSettings
    /// What is wrong; then telemetry must stay off, with the cause `configuration`.
    public let fault: ConfigurationError?
}

/// The configuration file in a home. Making one touches no disk.
public struct ConfigurationFile: Sendable {
    /// A longer file is refused.
    public static let bytesMax = 1 << 20

    /// Its path.
    public let path: String
    /// What it may hold.
    public let schema: ConfigurationSchema
    private let files: any FileSystem

    /// The file at `path`, reached through `files`.
    public init(path: String, schema: ConfigurationSchema, files: any FileSystem) {
        self.path = path
        self.schema = schema
        self.files = files
    }

    /// Whether something stands at the path, or can't be looked at.
    public var exists: Bool {
        do throws(SystemError) {
            return try files.status(of: path) != nil
        } catch {
            return true
        }
    }

    /// The file's content, which may have faults; empty where there is no file.
    ///
    /// Throws where the file can't be read or is no JSON object.
    public func content() throws(ConfigurationError) -> JSONObject {
        guard let bytes = try bytes() else { return [:] }
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONValue.parse(bytes: bytes)
        } catch {
            throw ConfigurationError(path: path, cause: .malformed("\(error)"))
        }
        guard let object = value.objectValue else {
            throw ConfigurationError(path: path, cause: .malformed("it must be an object"))
        }
        return object
    }

    private func bytes() throws(ConfigurationError) -> [UInt8]? {
        do throws(SystemError) {
            return try files.readIfThere(path, bytesMax: Self.bytesMax)
        } catch {
            throw ConfigurationError(path: path, cause: .unreadable(error))
        }
    }

    /// What holds: the file's sound part and the fault. Never throws, since the program goes on.
    public func load() -> Configuration {
        do throws(ConfigurationError) {
            let content = try content()
            let problems = schema.problems(in: content)
            let fault =
                problems.isEmpty
                ? nil : ConfigurationError(path: path, cause: .faulty(problems))
            return configuration(content, fault)
        } catch {
            return configuration([:], error)
        }
    }

    private func configuration(
        _ content: JSONObject, _ fault: ConfigurationError?
    ) -> Configuration {
        Configuration(
            telemetry: schema.soundPart(of: "telemetry", in: content),
            detection: DetectionSettings(section: schema.soundPart(of: "detection", in: content)),
            watch: WatchSettings(section: schema.soundPart(of: "watch", in: content)),
            output: OutputSettings(section: schema.soundPart(of: "output", in: content)),
            fault: fault)
    }

    /// Puts a new content in the place of the old one, whole and synced; the order of keys stays.
    ///
    /// A link is refused: it would be replaced by a file, and what it points to left as it was.
    public func write(_ content: JSONObject) throws(CommandFailure) {
        let text = JSONValue.object(content).serialized(.pretty) + "\n"
        let isLink: Bool
        do throws(SystemError) {
            isLink = try files.status(of: path)?.kind == .link
            if !isLink { try files.replace(path, with: Array(text.utf8)) }
        } catch {
            throw CommandFailure(
                "the configuration can't be written: \(error)",
                hint: error.shortageHint
                    ?? "make the folder writable, free space, or name another with --home")
        }
        if isLink {
            throw CommandFailure(
                "\(path) is a link", hint: "change the file it points to by hand")
        }
    }
}
