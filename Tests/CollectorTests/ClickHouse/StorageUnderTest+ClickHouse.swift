// SPDX-License-Identifier: Apache-2.0

import Modules

@testable import Collector

extension StorageUnderTest {
    /// ClickHouse on two shards of two replicas, and on one server; neither without a cluster.
    static let clickHouse: [StorageUnderTest] =
        TestCluster.current.map { cluster in
            [
                clickHouse(cluster, isCluster: true, "ClickHouse on a cluster"),
                clickHouse(cluster, isCluster: false, "ClickHouse on one server"),
            ]
        } ?? []

    private static func clickHouse(
        _ cluster: TestCluster, isCluster: Bool, _ description: String
    ) -> StorageUnderTest {
        StorageUnderTest(testDescription: description) {
            let database = try TestDatabase(cluster, isCluster: isCluster)
            return Opened(storage: HeldStorage(storage: try database.storage(), held: database)) {
                try database.storage()
            }
        }
    }
}
