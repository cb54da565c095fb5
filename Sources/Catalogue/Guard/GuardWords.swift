// SPDX-License-Identifier: Apache-2.0

/// The words that the guard knows.
enum GuardWords {
    static let all: [(WordTraits, String)] = [
        (
            .domain,
            """
            com org net edu gov mil biz de uk fr nl eu ch us ru cn jp br ca au pl se dk fi be cz \
            es pt gr hu ro bg hr rs sk si lt lv ee ie nz za kr tw hk sg mx ar cl ua tr il ae sa ir \
            pk bd lk vn ph th my ng ke eg ma tn arpa onion xyz online site website shop blog club \
            top icu lan corp intranet localdomain localhost fritz box workgroup ad dmz berlin \
            london tokyo university bank hospital hole lokal intra svc tld hamburg koeln cologne \
            bayern saarland tirol wien swiss zuerich paris bzh amsterdam brussels vlaanderen nyc \
            boston miami vegas moscow istanbul madrid barcelona eus gal cat scot cymru wales \
            quebec sydney melbourne capetown joburg dubai asia africa lat abogado accountants \
            attorney lawyer dentist clinic doctor pharmacy church wedding academy agency \
            consulting holdings ventures ninja guru gmbh ltd llc inc srl immo haus kaufen reise \
            reisen jetzt versicherung schule gratis moda maison immobilien immo rocks family legal \
            photography photo photos pics tattoo florist flowers garden kitchen pizza coffee \
            restaurant beer wine vodka fashion clothing boutique jewelry shoes diamonds toys gifts \
            apartments condos villas realty estate rentals holiday vacations cruises flights taxi \
            football soccer hockey tennis golf yoga fitness bike horse dating singles sexy porn \
            xxx sucks wtf lol solar duckdns ddns dyndns noip synology myfritz
            """
        ),
        (
            .perhapsDomain,
            """
            io in is it me to no at so id co tv ai cc ws fm ly gg sh info name pro app dev cloud \
            test example invalid home local internal private host email live network systems tech \
            digital media news store page link wiki world zone lab office prod stage intern domain \
            house group
            """
        ),
        (
            .rareDomain,
            """
            codes fit gallery health design studio team social software solutions services center \
            company computer energy engineering expert finance fund fyi games gift global gold \
            graphics green guide institute jobs land lease life lighting limited loan management \
            market marketing markets men mobi money movie museum music nrw organic partners party \
            pet phone pictures poker press productions promo properties pub racing radio recipes \
            red rest rip sale salon school science ski space sport surf tax tickets tours town \
            trade trading training travel tube vet video vin vip vision webcam yachts art audio \
            band best bid black blue business buy cab cafe camera camp capital car cards care \
            careers cars casa cash casino chat cheap city cleaning coach college community cool \
            cooking country courses credit dance day deals delivery diet directory discount dog \
            earth education engineer enterprises equipment fan fans farm fish fishing food forsale \
            forum foundation free fun furniture glass guitars hair hosting hot hotel ing ink \
            international love monster network ngo ooo plumbing rehab singles skin supplies \
            surgery theater tires ist ruhr ac af ag al am ao aw ax az ba bb bh bj bm bn bo bs bt \
            bw by bz cd cf cg ci ck cm cr cu cv cw cy dj dm dz ec er et fj fk fo ga gd gf gh gi gl \
            gm gn gp gq gu gy hm hn ht im iq je jm jo kg kh ki km kn kp kw ky la lb lc li lr ls mc \
            mg mh mk ml mn mp mq mr mt mu mv mw mz na nc nf ni np nr nu om pa pe pf pn pr pw py qa \
            rw sb sl sm sn sr sv sx sy sz td tf tg tj tk tl tm tt tz ug uy uz va vc ve vg vi vu wf \
            ye yt zm zw
            """
        ),
        (.address, "addr address ip ipaddr ipaddress ipv4 inet subnet cidr"),
        (
            .surelyDomain,
            """
            org edu gov mil biz de uk fr nl eu ch ru cn jp br au pl cz lan corp intranet \
            localdomain onion icu xyz
            """
        ),
        (.serving, "server"), (.deviceStart, "mac i think chrome one air play"),
        (.onlyHost, "srv nas dc fw gw rtr esx esxi wks prn lnx printer"),
        (.company, "com"), (.onlyDomain, "org edu gov mil corp intranet onion localdomain"),
        (.of, "von de of di van du der del vom"), (.onlySystemFolder, "etc usr mnt volumes"),
        (.serial, "serial sn serialnumber license licence product imei udid vin tag"),
        (
            .branded,
            "macbook iphone ipad imac thinkpad galaxy mbp redmi xiaomi oneplus surface "
                + "xps pc laptop nas kindle"
        ),
        (
            .namespace,
            """
            ui page tab screen view menu setting settings feature features thread threading window \
            dialog panel widget navigation nav toolbar sidebar theme event action command scan \
            preferences typing unit
            """
        ),
        (.telephone, "tel telephone telefon phone mobile mob fax call handy sms whatsapp"),
        (.position, "lat lon lng latitude longitude gps geo pos loc coord coords koordinaten"),
        (.protocol, "ldap smtp imap pop3 dns ftp mail mysql pg redis"),
        (.owned, "mac think play"), (.camera, "img dsc dscn dscf pxl vid screenshot mvi gopro"),
        (
            .always,
            "www arpa localdomain amazonaws googleusercontent cloudapp fritzbox fritz raspberrypi "
                + "diskstation speedport livebox easybox appdata minwinpc"
        ),
        (
            .mailHost,
            """
            gmail googlemail hotmail outlook yahoo icloud protonmail proton gmx posteo mailbox aol \
            yandex fastmail tutanota zoho qq naver
            """
        ),
        (.onlyMailHost, "hotmail googlemail posteo fastmail protonmail tutanota"),
        (.legalForm, "gmbh ltd"),
        (
            .scheme,
            """
            http https ftp sftp ftps ldap ldaps smb nfs mailto ws wss mqtt amqp redis postgres \
            postgresql mysql mongodb ssh git svn rtsp sip url uri href
            """
        ),
        (.at, "at"), (.dot, "dot punkt point"), (.point, "point"),
        (.local, "local home internal"),
        (.member, "host name info page group domain id"),
        (
            .betweenNumbers,
            "dot point x d p o h n punkt colon dash hyphen minus underscore doppelpunkt strich "
                + "bindestrich"
        ),
        (
            .hostKind,
            """
            host srv server web db dc app api mail mx smtp imap ns dns vpn gw fw rtr router sw \
            switch ap node worker master compute storage backup proxy lb cache redis mysql pg ftp \
            filer fs print printer prn nas ws pc wks desktop laptop client win lnx esx esxi vm kvm \
            hv jenkins gitlab jump bastion edge prod prd uat mon ldap ad cam camera iot \
            workstation notebook terminal kiosk rack blade lxc pihole
            """
        ),
        (
            .device,
            """
            macbook iphone ipad imac thinkpad laptop notebook pc nas galaxy mbp workstation \
            chromebook ipod airpods playstation xbox macmini redmi xiaomi oneplus kindle tablet \
            handy
            """
        ),
        (.maker, "desktop laptop win pc win10 win11 minint"),
        (
            .file,
            """
            txt pdf doc docx xls xlsx ppt pptx odt ods odp csv tsv yaml yml toml ini cfg conf cnf \
            bash zsh bat ps1 exe dll dylib sqlite sqlite3 bak swp zip gz tgz bz2 xz zst 7z rar jar \
            war deb rpm apk dmg iso img jpg jpeg png gif bmp svg webp heic tif tiff ico mp3 mp4 \
            m4a wav flac ogg avi mkv mov webm htm css jsx tsx py rb php kt cpp hpp tex md rst rtf \
            pem crt cer der p12 pfx csr asc gpg kdbx ovpn pcap pcapng plist reg lnk ics vcf eml \
            mbox pst torrent epub mobi dwg psd xcf stl ipynb pyc log log1 sav gpx kml backup \
            keystore jks ppk vhd vmdk qcow2 ova ged aac aiff flv wma wmv m4v 3gp cr2 nef arw dng \
            eps indd sketch vsd vsdx mpp dotx docm xlsm xlsb pptm accdb mdb dbf parquet hdf5 rej \
            vbs psm1 msi crx whl nupkg lz4 cpio dmp mdmp hprof har ldif kdb pkpass qif ofx
            """
        ),
        (
            .perhapsFile,
            """
            json xml html key swift java sql db so js ts pl go rs sh env tmp old dat bin lock pid \
            sock cap pub map c h cc m o a lua msg orig lib dump data
            """
        ),
        (.home, "home users user homes"),
        (
            .folder,
            """
            documents document desktop downloads download pictures music videos library appdata \
            ssh config cache local bashrc zshrc gnupg bin src projects project workspace repos \
            dropbox onedrive photos public mail maildir secrets private keys tmp
            """
        ),
        (.systemFolder, "program var usr etc opt mnt proc dev tmp root sys srv boot lib"),
        (
            .inSystemFolder,
            """
            log logs lib run tmp spool www mail local bin share sbin include src passwd shadow \
            hosts hostname ssh ssl sudoers resolv fstab cron systemd data net self cpuinfo meminfo \
            sda sdb null tty shm disk mapper modules firmware ssh_config crontab acme backup \
            backups files dpkg arpguard class kernel fs build folders
            """
        ),
        (.inDrive, "windows users program programdata documents temp programs winnt"),
        (.key, "id"), (.keyKind, "rsa dsa ecdsa ed25519"),
        (
            .tokenPrefix,
            """
            ghp gho ghu ghs ghr github glpat glptt xoxb xoxp xoxa xoxr xapp sk pk rk whsec npm \
            pypi hf dop doo sg shpat shpss dckr lin figd sq0atp sq0csp atatt atctt pmak sntrys \
            glsa tskey nrak r8 gsk xai ya29 tfp bearer basic token secret apikey password passwd
            """
        ),
        (.password, "password passwd passwort kennwort pw pwd secret passphrase"),
        (
            .numbered,
            """
            sha md base argon pbkdf aes des rsa ed hmac utf rfc totp hotp curve attempt try step \
            field form length policy rule version v level page slot key hash part error failure \
            strength score min max after days hours bits retry retries reset changed expired \
            expires
            """
        ),
        (
            .typeEnding,
            """
            error exception kind mode type state status failure code reason result scope storage \
            level event action option options policy source cause command handler manager service \
            controller view model store session task queue client server request response \
            configuration config environment system foundation swift format parser encoder decoder \
            reader writer writer serializer serialization provider builder factory stream socket \
            channel connection context content container collection list set value key node tree \
            token operation process thread lock mutex visibility access domain target category \
            style case setting settings
            """
        ),
        (
            .technical,
            """
            ed25519 windows macos ios is has supports requires users settings devices mode lid \
            error errors model screen support sync view count only type size share detected \
            connected status state name info access class address process previous this as vs \
            pointers args params relative keyboard battery sleep notification ieee80211 ieee802154 \
            ieee8021x speaker lid mount mounted kernel opened closed saved created power dock \
            docked undocked charging version offline online found added removed layout theme \
            vendor cell page tab
            """
        ),
    ]
}
