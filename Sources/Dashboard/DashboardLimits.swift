// SPDX-License-Identifier: Apache-2.0

public import HTTPServing

/// What bounds the dashboard.
public enum DashboardLimits {
    /// How long the code for the first page is good.
    public static let codeSecondsMax: Int64 = 600
    /// Events on one page.
    public static let eventsPerPage = 100
    /// Batches on one page.
    public static let batchesPerPage = 50
    /// Ledger rows on one page.
    public static let ledgerRowsPerPage = 100
    /// Rows of one table of the usage page; further ones are summed up.
    public static let usageRowsMax = 25
    /// The days that the usage page can show.
    public static let dayChoices: [Int32] = [7, 30, 90, 365]

    /// The server's own: one person, forms of a few words.
    public static let http = HTTPLimits(
        bodyBytesMax: 16 << 10, bodyBytesInFlightMax: 256 << 10, discardedBytesMax: 1 << 20,
        connectionsMax: 32)
}
