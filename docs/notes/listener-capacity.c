// listener-capacity.c: how many half-open requests and how many completed connections one listener takes before it
// drops a SYN, and how many of six SYNs at once are answered while its accept queue is full. Prints one line of CSV.
// Linux only; needs CAP_NET_ADMIN in a network namespace of its own (no eth0, no routes) and /dev/net/tun.
//
//   cc -O1 -Wall -static -o capacity listener-capacity.c
//   ./capacity requests|connections|full BACKLOG SYNCOOKIES
//
// The listener is 10.0.0.1:8000. Peers are ports 10000 and up of 10.0.0.2; each sends a bare SYN, and with
// `connections` the final ACK at once. `full` first fills the accept queue.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

enum { MANY = 300, PORT = 8000, FIRST = 10000, LOCAL_IP = 0x0a000001, REMOTE_IP = 0x0a000002 };
static const uint32_t isn = 1000000;
static int tun;

struct packet { struct iphdr ip; struct tcphdr tcp; };

static uint16_t sum(const void *data, size_t octets, uint32_t start) {
    const uint16_t *word = data;
    for (; octets > 1; octets -= 2) start += *word++;
    while (start >> 16) start = (start & 0xffff) + (start >> 16);
    return (uint16_t)~start;
}

static void transmit(int port, uint32_t seq, uint32_t ack, int syn) {
    struct packet p = { 0 };
    p.ip.version = 4, p.ip.ihl = 5, p.ip.ttl = 64, p.ip.protocol = IPPROTO_TCP, p.ip.tot_len = htons(sizeof p);
    p.ip.saddr = htonl(REMOTE_IP), p.ip.daddr = htonl(LOCAL_IP);
    p.ip.check = sum(&p.ip, sizeof p.ip, 0);
    p.tcp.source = htons((uint16_t)port), p.tcp.dest = htons(PORT), p.tcp.doff = 5, p.tcp.window = 65535;
    p.tcp.seq = htonl(seq), p.tcp.ack_seq = htonl(ack), p.tcp.syn = syn != 0, p.tcp.ack = !syn;
    uint32_t pseudo = (p.ip.saddr & 0xffff) + (p.ip.saddr >> 16) + (p.ip.daddr & 0xffff) + (p.ip.daddr >> 16) +
                      htons(IPPROTO_TCP) + htons(sizeof p.tcp);
    p.tcp.check = sum(&p.tcp, sizeof p.tcp, pseudo);
    if (write(tun, &p, sizeof p) != sizeof p) perror("write"), exit(2);
}

// What the listener sends to `port` next, within 20 ms: its SYN-ACK's number, or 0.
static uint32_t syn_ack_to(int port) {
    struct packet p;
    struct pollfd ready = { .fd = tun, .events = POLLIN };
    while (poll(&ready, 1, 20) > 0)
        if (read(tun, &p, sizeof p) >= (ssize_t)sizeof p && p.ip.protocol == IPPROTO_TCP &&
            ntohs(p.tcp.dest) == port && p.tcp.syn && p.tcp.ack)
            return ntohl(p.tcp.seq);
    return 0;
}

static int until_dropped(int first, int complete) {
    for (int i = 0; i < MANY; i++) {
        transmit(first + i, isn, 0, 1);
        uint32_t seq = syn_ack_to(first + i);
        if (!seq) return i;
        if (complete) transmit(first + i, isn + 1, seq + 1, 0);
    }
    return MANY;
}

static void set(const char *key, const char *value) {
    char path[200];
    snprintf(path, sizeof path, "/proc/sys/net/%s", key);
    int f = open(path, O_WRONLY);
    if (f < 0 || write(f, value, strlen(value)) < 0) perror(key), exit(2);
    close(f);
}

int main(int count, char **argument) {
    if (count != 4) return 2;
    struct ifreq r = { .ifr_name = "peer0", .ifr_flags = IFF_TUN | IFF_NO_PI };
    tun = open("/dev/net/tun", O_RDWR);
    if (tun < 0) mknod("/run/tun", S_IFCHR | 0600, makedev(10, 200)), tun = open("/run/tun", O_RDWR);
    if (tun < 0 || ioctl(tun, TUNSETIFF, &r) < 0) perror("tun"), exit(2);
    if (system("ip addr add 10.0.0.1/24 dev peer0; ip link set peer0 up")) exit(2);
    set("ipv4/conf/all/rp_filter", "0"), set("ipv4/conf/peer0/rp_filter", "0"), set("ipv4/tcp_syncookies", argument[3]);
    set("ipv4/tcp_max_syn_backlog", "2048");
    struct sockaddr_in here = { .sin_family = AF_INET, .sin_port = htons(PORT), .sin_addr.s_addr = htonl(LOCAL_IP) };
    int listener = socket(AF_INET, SOCK_STREAM, 0), got;
    if (bind(listener, (void *)&here, sizeof here) < 0 || listen(listener, atoi(argument[2])) < 0) perror("listen"), exit(2);
    if (!strcmp(argument[1], "full")) {
        until_dropped(FIRST, 1);
        for (int i = got = 0; i < 6; i++) transmit(FIRST + MANY + i, isn, 0, 1), got += syn_ack_to(FIRST + MANY + i) != 0;
    } else got = until_dropped(FIRST, *argument[1] == 'c');
    printf("%s,%s,%s,%d\n", argument[1], argument[2], argument[3], got);
    return 0;
}
