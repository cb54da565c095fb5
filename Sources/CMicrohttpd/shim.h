/* SPDX-License-Identifier: Apache-2.0 */
/* libmicrohttpd, and what Swift can't import of it: the variadic start of a daemon. */
#ifndef CMicrohttpd_SHIM_H
#define CMicrohttpd_SHIM_H

#include <microhttpd.h>
#include <netinet/in.h>
#include <string.h>

/* Sizes and times of one daemon, as MHD_start_daemon takes them. */
struct ag_mhd_limits {
    unsigned int threads;          /* 1 = one thread without a pool */
    unsigned int connections;
    unsigned int idle_seconds;
    size_t connection_memory_bytes; /* request line and headers have to fit */
};

/* What the library calls, with `context`. */
struct ag_mhd_calls {
    MHD_AcceptPolicyCallback accept;
    MHD_AccessHandlerCallback request;
    MHD_RequestCompletedCallback completed;
    MHD_NotifyConnectionCallback connection;
    void *context;
};

static inline int ag_mhd_digit(char text) {
    if (text >= '0' && text <= '9') return text - '0';
    if (text >= 'a' && text <= 'f') return text - 'a' + 10;
    if (text >= 'A' && text <= 'F') return text - 'A' + 10;
    return -1;
}

/* Decodes %XX in place, and leaves %00 as it is: decoded it would end the text for whoever reads
   it, and a longer path would be taken for a shorter one. */
static inline size_t ag_mhd_unescape(
    void *context, struct MHD_Connection *connection, char *text) {
    char *from = text, *to = text;
    (void) context;
    (void) connection;
    while (*from) {
        int high = *from == '%' ? ag_mhd_digit(from[1]) : -1;
        int low = high < 0 ? -1 : ag_mhd_digit(from[2]);
        if (low < 0 || (high == 0 && low == 0)) {
            *to++ = *from++;
        } else {
            *to++ = (char) (high * 16 + low);
            from += 3;
        }
    }
    *to = 0;
    return (size_t) (to - text);
}

/* Serves `listen_socket` with epoll on threads of its own, TLS with a key and a certificate chain
   (both PEM; NULL = plain HTTP). NULL when the daemon can't start. The socket stays open when it
   fails. */
static inline struct MHD_Daemon *ag_mhd_start(
    int listen_socket, struct ag_mhd_limits limits, struct ag_mhd_calls calls,
    const char *key, const char *certificate) {
    struct MHD_OptionItem options[5] = {{MHD_OPTION_END, 0, NULL}};
    unsigned int flags =
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC | MHD_ALLOW_SUSPEND_RESUME;
    int count = 0;
    if (limits.threads > 1)
        options[count++] = (struct MHD_OptionItem){
            MHD_OPTION_THREAD_POOL_SIZE, (intptr_t) limits.threads, NULL};
    if (key && certificate) {
        flags |= MHD_USE_TLS;
        options[count++] =
            (struct MHD_OptionItem){MHD_OPTION_HTTPS_MEM_KEY, 0, (void *) key};
        options[count++] =
            (struct MHD_OptionItem){MHD_OPTION_HTTPS_MEM_CERT, 0, (void *) certificate};
        /* RFC 8996: no version before 1.2. */
        options[count++] = (struct MHD_OptionItem){
            MHD_OPTION_HTTPS_PRIORITIES, 0,
            (void *) "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"};
    }
    options[count] = (struct MHD_OptionItem){MHD_OPTION_END, 0, NULL};
    return MHD_start_daemon(
        flags, 0, calls.accept, calls.context, calls.request, calls.context,
        MHD_OPTION_LISTEN_SOCKET, (MHD_socket) listen_socket,
        MHD_OPTION_NOTIFY_COMPLETED, calls.completed, calls.context,
        MHD_OPTION_NOTIFY_CONNECTION, calls.connection, calls.context,
        MHD_OPTION_CONNECTION_LIMIT, limits.connections,
        MHD_OPTION_CONNECTION_TIMEOUT, limits.idle_seconds,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, limits.connection_memory_bytes,
        MHD_OPTION_STRICT_FOR_CLIENT, 1,
        MHD_OPTION_UNESCAPE_CALLBACK, ag_mhd_unescape, NULL,
        MHD_OPTION_ARRAY, options,
        MHD_OPTION_END);
}

/* Whether the connection came now; otherwise it is about to be closed. */
static inline int ag_mhd_has_started(enum MHD_ConnectionNotificationCode code) {
    return code == MHD_CONNECTION_NOTIFY_STARTED;
}

/* The connection's socket; -1 if the library does not tell. */
static inline int ag_mhd_socket(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    return info ? (int) info->connect_fd : -1;
}

/* Copies the first bytes of an address that name its network, 3 of IPv4 or 6 of IPv6, and returns
   how many; 0 for this machine, unless that counts as a network too. */
static inline int ag_mhd_network(
    const struct sockaddr *address, int counts_loopback, unsigned char out[6]) {
    static const unsigned char mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    if (!address) return 0;
    if (address->sa_family == AF_INET) {
        memcpy(out, &((const struct sockaddr_in *) address)->sin_addr, 3);
        return out[0] == 127 && !counts_loopback ? 0 : 3;
    }
    if (address->sa_family != AF_INET6) return 0;
    const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *) address;
    const unsigned char *bytes = v6->sin6_addr.s6_addr;
    if (memcmp(bytes, mapped, 12) == 0) {
        memcpy(out, bytes + 12, 3);
        return out[0] == 127 && !counts_loopback ? 0 : 3;
    }
    if (IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr) && !counts_loopback) return 0;
    memcpy(out, bytes, 6);
    return 6;
}

/* The same of a connection's peer. The address itself goes nowhere else. */
static inline int ag_mhd_peer_network(
    struct MHD_Connection *connection, int counts_loopback, unsigned char out[6]) {
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    return info ? ag_mhd_network(info->client_addr, counts_loopback, out) : 0;
}

#endif
