// SPDX-License-Identifier: Apache-2.0

/// The beginning of a journal that version 0.1 left when it was killed: its table, and the first
/// ten records of its first segment as hexadecimal digits.
enum JournalLayout2Fixture {
    static let table = """
        [["app_start",["os","linux","other"],["arch","x86_64","arm64","other"],["mode","watc\
        h","replay","service","other"]],["app_stop",["uptime_seconds"],["exit","clean","erro\
        r","signal","other"]],["feature_usage",["feature","watch","replay","bindings","dashb\
        oard","test_alert","arp_scan","network_scan","other"],["duration_ms"],["hosts_found"\
        ],["scan_type","default","quick","full","passive","other"]],["detection_run",["mode"\
        ,"watch","replay","service","other"],["duration_ms"],["frames"],["arp_frames"],["ale\
        rts"]],["alert_generated",["alert_type","arp_spoofing","gateway_impersonation","ip_c\
        onflict","address_moved","arp_flood","arp_scan","sender_mismatch","invalid_sender","\
        malformed_packet","other"],["severity","critical","high","medium","low","info","othe\
        r"]],["error",["feature","watch","replay","bindings","dashboard","test_alert","arp_s\
        can","network_scan","other"],["error_type","capture_missing","capture_unreadable","c\
        apture_empty","capture_invalid","capture_truncated","capture_unsupported","interface\
        _unavailable","permission_denied","configuration_invalid","output_failed","other"]],\
        ["config_change",["setting","detection.gateway","detection.static_bindings","other"]\
        ],["scan_finished",["trigger","timer","person","network","start","other"],["hosts"],\
        ["is_complete"]]]
        """

    static let records = """
        3800000003b4fb975caf962a02000400932b97306f0eeb18000001000101cca5
        00000000000002015a000000000000000300000000000000380000005027c966
        5caf962a02000400932b97306f0eeb18000002000101e6eb0000000000000201
        1a000000000000000300000000000000200000000c5e89605caf962a04000200
        932b97306f0eeb1800000600010002003800000018f8af2e5caf962a02000400
        932b97306f0eeb180000040001015c0000000000000002014f00000000000000
        030000000000000020000000f0cbcc2c5caf962a04000200932b97306f0eeb18
        0000060001000000380000009d778b365caf962a02000400932b97306f0eeb18
        0000000001010200000000000000020126000000000000000300000000000000
        38000000d2f08fcf5caf962a02000400932b97306f0eeb18000006000101c975
        01000000000002010f0000000000000003000000000000003800000066c99133
        5caf962a02000400932b97306f0eeb1800000100010129000000000000000201
        0200000000000000030000000000000020000000e21774b75caf962a04000200
        932b97306f0eeb18000003000100040020000000a28bca4a5caf962a04000200
        932b97306f0eeb180000070001000000
        """
}
