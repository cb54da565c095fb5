// SPDX-License-Identifier: Apache-2.0

import Modules

extension ConfigurationSchema {
    /// The configuration file of this program.
    public static let standard = ConfigurationSchema([
        Program.telemetrySchema, DetectionSettings.schema, WatchSettings.schema,
        OutputSettings.schema,
    ])
}
