// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Detection
import Telemetry

extension TelemetryModule {
    /// Records an alert. The one place where an alert becomes an event: addresses and texts stop
    /// here, and only its family and its severity go on.
    func track(_ alert: Alert) {
        trackEvent(
            "alert_generated",
            [
                "alert_type": PropertyValue(alert.kind),
                "severity": .string("\(alert.severity)"),
            ])
    }
}
