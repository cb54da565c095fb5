/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include "CSystemSandbox.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <netpacket/packet.h>
#include <string.h>

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
