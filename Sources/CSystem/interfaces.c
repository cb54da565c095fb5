/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "CSystemSandbox.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <netpacket/packet.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* The place of an interface; a new one where there is room, else NULL. */
static csystem_interface *place(csystem_interface *interfaces, int *used, int count,
                                const char *name) {
    for (int each = 0; each < *used; each++)
        if (strcmp(interfaces[each].name, name) == 0) return &interfaces[each];
    if (*used == count || strlen(name) >= sizeof interfaces->name) return NULL;
    csystem_interface *added = &interfaces[(*used)++];
    memset(added, 0, sizeof *added);
    strcpy(added->name, name);
    return added;
}

static void take_hardware(csystem_interface *interface, const struct sockaddr *address) {
    const struct sockaddr_ll *link = (const void *)address;
    interface->index = (uint32_t)link->sll_ifindex;
    interface->hardware = link->sll_hatype;
    interface->mac = 0;
    for (int octet = 0; link->sll_halen == 6 && octet < 6; octet++)
        interface->mac = interface->mac << 8 | link->sll_addr[octet];
}

int csystem_interfaces(csystem_interface *interfaces, int count) {
    struct ifaddrs *list;
    if (getifaddrs(&list) != 0) return -1;
    int used = 0;
    for (struct ifaddrs *entry = list; entry; entry = entry->ifa_next) {
        csystem_interface *found = place(interfaces, &used, count, entry->ifa_name);
        if (!found) continue;
        found->flags |= entry->ifa_flags;
        if (!entry->ifa_addr) continue;
        if (entry->ifa_addr->sa_family == AF_PACKET) take_hardware(found, entry->ifa_addr);
        if (entry->ifa_addr->sa_family == AF_INET && found->address == 0) {
            found->address = ntohl(((struct sockaddr_in *)entry->ifa_addr)->sin_addr.s_addr);
            if (entry->ifa_netmask)
                found->mask = ntohl(((struct sockaddr_in *)entry->ifa_netmask)->sin_addr.s_addr);
        }
    }
    freeifaddrs(list);
    return used;
}

/* Asks the kernel for one interface; whether all of it was sent. */
static bool ask_link(int descriptor, uint32_t index) {
    struct {
        struct nlmsghdr head;
        struct ifinfomsg link;
    } question = {.head = {.nlmsg_len = sizeof question,
                           .nlmsg_type = RTM_GETLINK,
                           .nlmsg_flags = NLM_F_REQUEST},
                  .link = {.ifi_family = AF_UNSPEC, .ifi_index = (int)index}};
    struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
    ssize_t sent = sendto(descriptor, &question, sizeof question, 0, (struct sockaddr *)&kernel,
                          sizeof kernel);
    return sent == sizeof question;
}

/* What a message about an interface says of its lost carriers; -1 if it says nothing. */
static int64_t carrier_losses(const struct nlmsghdr *message, size_t bytes) {
    if (!NLMSG_OK(message, bytes) || message->nlmsg_type != RTM_NEWLINK) return -1;
    if (message->nlmsg_len < NLMSG_SPACE(sizeof(struct ifinfomsg))) return -1;
    int left = (int)IFLA_PAYLOAD(message);
    const struct rtattr *each = IFLA_RTA(NLMSG_DATA(message));
    for (; RTA_OK(each, left); each = RTA_NEXT(each, left)) {
        uint32_t count;
        if (each->rta_type != IFLA_CARRIER_DOWN_COUNT || RTA_PAYLOAD(each) != sizeof count)
            continue;
        memcpy(&count, RTA_DATA(each), sizeof count);
        return count;
    }
    return -1;
}

int64_t csystem_carrier_losses(uint32_t index) {
    int descriptor = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    if (descriptor < 0) return -1;
    _Alignas(struct nlmsghdr) char answer[32768];
    struct sockaddr_nl sender = {0};
    socklen_t length = sizeof sender;
    ssize_t got = -1;
    /* The kernel has answered when it has taken the question. */
    if (ask_link(descriptor, index))
        got = recvfrom(descriptor, answer, sizeof answer, MSG_DONTWAIT, (struct sockaddr *)&sender,
                       &length);
    close(descriptor);
    if (got < 0 || sender.nl_pid != 0) return -1;
    return carrier_losses((const void *)answer, (size_t)got);
}

int csystem_link_socket(void) {
    int descriptor = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);
    if (descriptor < 0) return -1;
    struct sockaddr_nl address = {.nl_family = AF_NETLINK, .nl_groups = RTMGRP_LINK};
    if (bind(descriptor, (struct sockaddr *)&address, sizeof address) == 0) return descriptor;
    int failure = errno;
    close(descriptor);
    errno = failure;
    return -1;
}

bool csystem_next_link_change(int descriptor, csystem_link_change *change) {
    for (;;) {
        /* The kernel tells each change in a datagram of its own; the rest of it is cut off. */
        struct {
            struct nlmsghdr head;
            struct ifinfomsg link;
        } message;
        struct sockaddr_nl sender = {0};
        socklen_t length = sizeof sender;
        ssize_t got = recvfrom(descriptor, &message, sizeof message, 0,
                               (struct sockaddr *)&sender, &length);
        if (got < 0 && errno != EINTR && errno != ENOBUFS) return false;
        /* A bridge tells of its ports in the same way, as another family. */
        if (got != sizeof message || sender.nl_pid != 0 || message.link.ifi_family != AF_UNSPEC)
            continue;
        int type = message.head.nlmsg_type;
        if (type != RTM_NEWLINK && type != RTM_DELLINK) continue;
        *change = (csystem_link_change){.index = (uint32_t)message.link.ifi_index,
                                        .flags = message.link.ifi_flags,
                                        .is_gone = type == RTM_DELLINK};
        return true;
    }
}
