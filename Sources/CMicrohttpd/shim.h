/* SPDX-License-Identifier: Apache-2.0 */
/* libmicrohttpd, and what Swift can't import of it: the variadic start of a daemon. */
#ifndef CMicrohttpd_SHIM_H
#define CMicrohttpd_SHIM_H

#include <microhttpd.h>

/* Sizes and times of one daemon, as MHD_start_daemon takes them. */
struct ag_mhd_limits {
    unsigned int threads;          /* 1 = one thread without a pool */
    unsigned int connections;
    unsigned int idle_seconds;
    size_t connection_memory_bytes; /* request line and headers have to fit */
};

/* Serves `listen_socket` with epoll on threads of its own. NULL when the daemon can't start.
   The socket stays open when it fails. */
static inline struct MHD_Daemon *ag_mhd_start(
    int listen_socket, struct ag_mhd_limits limits, MHD_AccessHandlerCallback handler,
    MHD_RequestCompletedCallback completed, void *context) {
    struct MHD_OptionItem pool[] = {
        {MHD_OPTION_THREAD_POOL_SIZE, (intptr_t) limits.threads, NULL},
        {MHD_OPTION_END, 0, NULL},
    };
    if (limits.threads < 2) pool[0].option = MHD_OPTION_END;
    return MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC, 0, NULL, NULL, handler, context,
        MHD_OPTION_LISTEN_SOCKET, (MHD_socket) listen_socket,
        MHD_OPTION_NOTIFY_COMPLETED, completed, context,
        MHD_OPTION_CONNECTION_LIMIT, limits.connections,
        MHD_OPTION_CONNECTION_TIMEOUT, limits.idle_seconds,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, limits.connection_memory_bytes,
        MHD_OPTION_STRICT_FOR_CLIENT, 1,
        MHD_OPTION_ARRAY, pool,
        MHD_OPTION_END);
}

#endif
