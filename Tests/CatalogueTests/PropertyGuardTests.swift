// SPDX-License-Identifier: Apache-2.0

import Catalogue
import TestKit
import Testing

@Suite struct PropertyGuardTests {
    private static func rates(_ corpus: LabelledStrings) -> (passed: Double, refused: Double) {
        let personal = corpus.entries.filter(\.isPersonal)
        let harmless = corpus.entries.filter { !$0.isPersonal }
        let passed = personal.count { PropertyGuard.admits($0.text) }
        let refused = harmless.count { !PropertyGuard.admits($0.text) }
        return (
            Double(passed) / Double(max(1, personal.count)),
            Double(refused) / Double(max(1, harmless.count))
        )
    }

    @Test
    func `of personal identifiers three in a hundred pass, of harmless ones hardly any is refused`()
        throws
    {
        let corpus = try LabelledStrings.identifiers()
        #expect(corpus.entries.count { $0.isPersonal } >= 500)
        #expect(corpus.entries.count { !$0.isPersonal } >= 500)
        for entry in corpus.entries {
            #expect(PropertyGuard.suspicion(of: entry.text) != .grammar, "\(entry.kind)")
        }
        let (passed, refused) = Self.rates(corpus)
        #expect(passed <= 0.03)
        #expect(refused <= 0.005)
    }

    @Test func `no kind of personal identifiers passes as a whole`() throws {
        let personal = try LabelledStrings.identifiers().entries.filter(\.isPersonal)
        for (kind, entries) in Dictionary(grouping: personal, by: \.kind) {
            let passed = entries.count { PropertyGuard.admits($0.text) }
            #expect(Double(passed) <= 0.25 * Double(entries.count), "\(kind)")
        }
    }

    @Test(
        arguments: [
            ("ip192.168.1.20", .ipv4), ("n192dot168dot1dot20", .ipv4),
            ("a0xc0.0xa8.0x1.0x14", .ipv4),
            ("addr_192.168.1", .ipv4), ("ip_10.0.3", .ipv4), ("v172_20_5", .ipv4),
            ("h0300_0250_0001_0024", .ipv4), ("ip3232235796", .digits), ("xC0A80114", .hex),
            ("fe80__1ff_fe23_4567_890a", .hex), ("aabb.cc01.ddee", .hex), ("dead.beef.cafe", .hex),
            ("f09fc2_112233", .hex),
            ("card_4111_1111_1111_1111", .digits), ("anna_at_example_de", .host),
            ("host01.corp.example", .host), ("dc01", .host), ("https_www_example_com", .host),
            ("fileserver3", .host), ("sqlnode02", .host), ("SrvMail01", .host),
            ("MacBookVonAnna", .device), ("AnnaMacBook", .device), ("ipv6Fe80_1", .hex),
            ("klaus.codes", .host), ("shop_muster_co_uk", .host), ("raspberrypi4", .host),
            ("anna_pc", .device), ("qptmdxri4l", .token), ("product_VK7JG_NPHTM_C97JM", .token),
            ("peer_nas12_failed", .host), ("anna.lan_failed", .host), ("muster.bayern", .host),
            ("c0_a8_01_2a", .hex), ("fe80.1", .hex), ("esp32_7C9EBD", .hex), ("x3f2a9b1", .hex),
            ("tel_030_12345", .digits), ("service_tag_7XK2M13", .token),
            ("pw_Xk29_qLm4_Zt7P", .token),
            ("macbook_pro_von_anna", .device), ("thinkpad_t480_jan", .device),
            ("PetersIPhone", .device), ("anna_macbook", .device), ("desktop_4f7k2l9", .device),
            ("id_DESKTOP_7GH2K1L", .device), ("D__Projekte_Kunde", .path), ("proc_4711_fd", .path),
            ("annas_macbook", .device), ("DESKTOP_7GH2K1L", .device), ("salaries.xlsx", .file),
            ("home_anna_Documents", .path), ("etc_passwd", .path), ("qzxwvutsrqponmlk", .token),
            ("m_3c___07___54___a1___b2___9f", .hex), ("peer_24.06731___168.33883", .digits),
            ("m_3c_colon_07_colon_54_colon_a1_colon_b2_colon_9f", .hex),
            ("m_3c_dash_07_dash_54_dash_a1_dash_b2_dash_9f", .hex),
            ("m_3c_x_07_x_54_x_a1_x_b2_x_9f", .hex),
            ("v6_2a02_colon_8109_colon_9a3f_colon_1", .hex),
            ("v6_2a02_colon_8109_colon_1234_colon_5678", .digits),
            ("f_3c07_dot_54a1_dot_b29f", .hex), ("h_c0a8_112a", .hex), ("h_0a00_0007", .hex),
            ("hC0A8_112A", .hex), ("h_ac11_0002", .hex), ("c0a8_dash_0120", .hex),
            ("a10_b0_c0_d7", .hex), ("h_192_168_x_17_42", .ipv4), ("h_172_x_17_p_0_2", .ipv4),
            ("n_84_colon_161_colon_23_colon_201", .ipv4), ("n84_______161___23_201", .ipv4),
            ("card_4111_dash_1111_dash_1111_dash_1111", .digits), ("anna__macbook", .device),
            ("peerDesktop103624a", .device), ("hDESKTOP103624A", .device),
            ("hDESKTOP103624AFailed", .hex), ("id_desktop103624a_x", .device),
            ("srv___mail___01", .host), ("printer.local_", .host), ("x__.profile", .path),
            ("notes_..", .path), ("C___Users_anna", .path),
            ("WWW.Muster.De", .host), ("www.mechanize", .host), ("WWW.MUSTER", .host),
            ("README.HTML", .file), ("AnnasPc.local", .host), ("anna.ME", .host),
            ("alice_at_example_point_io", .host),
            ("lat52.520008", .digits), ("lon13.404954", .digits), ("lat_52_520008", .digits),
            ("lat52_5200_lon13_4050", .digits), ("gps_52_5200_13_4050", .digits),
            ("last_geo52.52", .digits), ("Loc13_4050", .digits),
            ("hotmail_anna", .host), ("annaATgmail", .host), ("annaAtGmail", .host),
            ("MeierGmbh", .host), ("kunde_meier_gmbh", .host),
            ("password_hunter2", .token), ("pw_Sommer2024", .token), ("db_passwd_Geheim1", .token),
            ("passwordHunter2", .token), ("user.id", .host),
            ("9abc", .grammar), ("with blank", .grammar),
        ] as [(String, PropertyGuard.Suspicion)])
    func `each form is refused for what it is`(text: String, suspicion: PropertyGuard.Suspicion) {
        #expect(PropertyGuard.suspicion(of: text) == suspicion)
    }

    @Test(arguments: [
        "DecodingError.keyNotFound", "NIOConnectionError", "errno_104", "Foundation.URLError",
        "ISO8601DateFormatter", "java.net.SocketTimeoutException", "System.IO.IOException",
        "v2.23.3.116", "release_10.0.3", "net_4.8.1", "Swift_6.3.1", "dead_beef",
        "subprocess.run", "SQLServer2019", "operator.ge", "MacBookModelError", "error.codes",
        "MYSQL_2006", "WKWebView", "surface_mesh", "utf8mb4_bin",
        "SMTP_550", "server_error_500", "user_profile", "wake_on_lan", "page.home", "enp0s31f6",
        "chrome_120.0.6099.109", "ieee80211_scan", "net.core", "ast.Lt", "win11_23h2",
        "db_migration_12", "http.cookiejar.request_host", "dev_mode", "pc_speaker", "e1000e",
        "NIOError.internal", "http2.stream.reset", "ed25519", "docker0", "ConnectionLost.host",
        "WWW.Mechanize", "IO.HTML", "logging.INFO", "EC_R_POINT_IS_NOT_ON_CURVE", "operator.is_",
        "des_ede3_cfb8", "SE_2000_A500", "grade1_2024", "code12_2024", "dead___beef",
        "lat_52_5", "geo_2024", "geo_4326", "loc_404", "pos_12", "geo_1.12.10", "latency_12_500",
        "outlook_addin", "gmail_sync", "mailbox_full", "formatGmx", "look_at_this", "gmbh",
        "password_sha256", "secret.utf8", "password_argon2id", "password_attempt3", "pw_ok2",
        "password_length12", "password_reset", "secret_key_2048", "password_v2",
        "user_id",
        "Desktop2024New", "GL_x_800_600", "matrix_3_x_4", "ContextVar.name",
    ])
    func `names of types, errors and techniques pass`(text: String) {
        #expect(PropertyGuard.suspicion(of: text) == nil)
    }
}
