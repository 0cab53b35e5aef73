// loopback-handshake.c: run small programs of socket calls on loopback and print one totally ordered log of
// calls, segments and counter deltas. Linux only; needs CAP_NET_RAW and CAP_NET_ADMIN in its network namespace.
//
//   cc -O1 -Wall -pthread -static -o lab loopback-handshake.c
//   unshare -n ./lab [-b] [-g ms] -t 60000  'b8000 l10 w5000 [ a r512 x ]'  '6:c s16 R x'
//
// Every argument is one process (a thread with sockets of its own); "6:" starts six of them. Operations:
//   bP bind port P   lN listen(N)   c connect to port 8000   a accept (the new socket becomes the current one)
//   sN send N bytes  rN recv(N) once   R recv until EOF or error   x close   h shutdown(SHUT_WR)   z SO_LINGER{1,0}
//   m from now on this socket ignores all that arrives (IP_MINTTL 255)   wMS sleep
//   [ ... ] loop until something fails   i print TCP_INFO   q print the counters so far
// Options: -t MS  length of the run   -g MS  process k starts k*MS later   -o MS  all processes start MS later
//          -b     print each segment twice: ">" when it is sent, "<" when it is received
//
// How the order is made certain: call start and end are written as frames to a dummy device. The capture socket
// sees them and the segments of lo in one queue, and it is read only when the run is over, so it disturbs nothing.
// (A frame to a dummy device is dropped by the driver and raises no receive interrupt.)
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { PORT = 8000, MAX_PROC = 64, MARK = 0x88b5 /* local experimental ethertype */ };
struct process { int id; const char *text; };
static struct process proc[MAX_PROC];
static int procs, both_ways, mark_fd, mark_if;
static long run_ms = 60000, stagger_ms, offset_ms;
static int64_t epoch;                                   // ns, time 0 of the log

static int64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void sleep_until(int64_t ns) {
    struct timespec t = { ns / 1000000000, ns % 1000000000 };
    while (clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &t, NULL) == EINTR) {}
}

// ---- the log: a line of text as a frame on the dummy device ---------------------------------------------------
static void mark(const char *format, ...) {
    char frame[14 + 256] = { 0 };
    va_list list;
    va_start(list, format);
    int n = vsnprintf(frame + 14, 256, format, list);
    va_end(list);
    frame[12] = (char)(MARK >> 8), frame[13] = (char)(MARK & 255);
    struct sockaddr_ll to = { .sll_family = AF_PACKET, .sll_ifindex = mark_if, .sll_protocol = htons(MARK), .sll_halen = 6 };
    if (sendto(mark_fd, frame, 14 + n + 1, 0, (void *)&to, sizeof to) < 0) perror("mark");
}

static int open_mark(void) {                            // a dummy device, or where there is none a TAP that nobody reads
    struct ifreq tap = { .ifr_name = "mark0", .ifr_flags = IFF_TAP | IFF_NO_PI };
    if (system("ip link set lo up; ip link add mark0 type dummy 2>/dev/null") != 0)
        if (ioctl(open("/dev/net/tun", O_RDWR), TUNSETIFF, &tap) < 0) return -1;
    if (system("ip link set mark0 arp off up; sysctl -qw net.ipv6.conf.mark0.disable_ipv6=1 2>/dev/null")) {}
    mark_if = (int)if_nametoindex("mark0");
    mark_fd = socket(AF_PACKET, SOCK_RAW, 0);
    return mark_if ? mark_fd : -1;
}

// ---- counters -------------------------------------------------------------------------------------------------
struct counter { char name[64]; long long value; };
struct counters { int n; struct counter c[512]; };

static void read_counters(struct counters *out) {
    static const char *files[] = { "/proc/thread-self/net/netstat", "/proc/thread-self/net/snmp" };
    static char keys[16384], values[16384];
    out->n = 0;
    for (int f = 0; f < 2; f++) {
        FILE *in = fopen(files[f], "r");
        while (in && fgets(keys, sizeof keys, in) && fgets(values, sizeof values, in)) {
            char *ks, *vs, *group = strtok_r(keys, " \n", &ks), *k, *v;
            strtok_r(values, " \n", &vs);
            if (strncmp(group, "Tcp", 3)) continue;
            while ((k = strtok_r(NULL, " \n", &ks)) && (v = strtok_r(NULL, " \n", &vs)) && out->n < 512) {
                struct counter *c = &out->c[out->n++];
                snprintf(c->name, sizeof c->name, "%s%s", group, k);
                c->value = atoll(v);
            }
        }
        if (in) fclose(in);
    }
}

static struct counters before, after;
static void print_deltas(void (*line)(const char *, ...)) {
    read_counters(&after);
    for (int i = 0; i < before.n; i++)
        if (after.c[i].value != before.c[i].value)
            line("#  %s %lld", after.c[i].name, after.c[i].value - before.c[i].value);
}

// ---- processes ------------------------------------------------------------------------------------------------
#define CALL(result, name, ...) do { mark("P%d " name " ...", p->id, ##__VA_ARGS__); errno = 0; result; int e_ = errno; \
    mark("P%d " name " = %ld%s%s", p->id, ##__VA_ARGS__, (long)r, r < 0 ? " " : "", r < 0 ? strerrorname_np(e_) : ""); } while (0)

static void print_info(struct process *p, int fd) {
    struct tcp_info t;
    int quick = -1;
    socklen_t n = sizeof t, m = sizeof quick;
    getsockopt(fd, IPPROTO_TCP, TCP_INFO, &t, &n);
    getsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &quick, &m);      // 1: not in pingpong mode
    mark("P%d info state=%d rto=%u ato=%u rtt=%u rttvar=%u pingpong=%d unacked=%u backoff=%u rcv_mss=%u snd_cwnd=%u", p->id,
         t.tcpi_state, t.tcpi_rto, t.tcpi_ato, t.tcpi_rtt, t.tcpi_rttvar, !quick, t.tcpi_unacked, t.tcpi_backoff,
         t.tcpi_rcv_mss, t.tcpi_snd_cwnd);
}

static void *run(void *argument) {
    struct process *p = argument;
    char data[4096] = { 0 };
    int fd = -1, listener = -1;
    const char *loop = NULL;
    struct sockaddr_in to = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    sleep_until(epoch + (offset_ms + p->id * stagger_ms) * 1000000);
    for (const char *op = p->text; *op; op += strcspn(op, " "), op += strspn(op, " ")) {
        long n = atol(op + 1), r = 0;
        if (strchr("bc", *op) && fd < 0) fd = socket(AF_INET, SOCK_STREAM, 0);
        switch (*op) {
        case 'b': to.sin_port = htons((uint16_t)n); CALL(r = bind(fd, (void *)&to, sizeof to), "bind %ld", n); break;
        case 'l': CALL(r = listen(fd, (int)n), "listen %ld", n); listener = fd; break;
        case 'c': to.sin_port = htons(PORT); CALL(r = connect(fd, (void *)&to, sizeof to), "connect"); break;
        case 'a': CALL(r = fd = accept(listener, NULL, NULL), "accept"); break;
        case 's': CALL(r = send(fd, data, (size_t)n, MSG_NOSIGNAL), "send %ld", n); break;
        case 'r': CALL(r = recv(fd, data, (size_t)n, 0), "recv %ld", n); break;
        case 'R': do CALL(r = recv(fd, data, sizeof data, 0), "recv"); while (r > 0); break;
        case 'h': CALL(r = shutdown(fd, SHUT_WR), "shutdown"); break;
        case 'x': CALL(r = close(fd), "close"); fd = -1; break;
        case 'z': { struct linger l = { 1, 0 }; setsockopt(fd, SOL_SOCKET, SO_LINGER, &l, sizeof l); break; }
        case 'm': { int ttl = 255; setsockopt(fd, IPPROTO_IP, IP_MINTTL, &ttl, sizeof ttl); break; }
        case 'w': { struct timespec t = { n / 1000, n % 1000 * 1000000 }; clock_nanosleep(CLOCK_MONOTONIC, 0, &t, NULL); break; }
        case 'i': print_info(p, fd); break;
        case 'q': print_deltas(mark); break;
        case '[': loop = op; break;
        case ']': op = loop; break;
        default: fprintf(stderr, "unknown operation: %s\n", op); exit(2);
        }
        if (r < 0 && *op != 'R' && *op != 'r') break;          // a failed call ends the process, its socket stays open
    }
    mark("P%d end", p->id);
    for (;;) pause();
}

// ---- printing the capture -------------------------------------------------------------------------------------
static uint32_t isn[65536][2];                          // by client port: first sequence number of client, of server
static int owner[65536], last_connect = -1;             // client port -> process
static uint32_t get32(const uint8_t *b) { return (uint32_t)b[0] << 24 | b[1] << 16 | b[2] << 8 | b[3]; }

static void print_segment(const uint8_t *ip, char direction) {
    const uint8_t *tcp = ip + (ip[0] & 15) * 4, *option = tcp + 20;
    int header = (tcp[12] >> 4) * 4, length = (ip[2] << 8 | ip[3]) - (int)(tcp - ip) - header;
    int source = tcp[0] << 8 | tcp[1], target = tcp[2] << 8 | tcp[3], from_server = source == PORT;
    int port = from_server ? target : source, flags = tcp[13];
    uint32_t seq = get32(tcp + 4), ack = get32(tcp + 8);
    if (!from_server && (flags & 2)) isn[port][0] = seq;
    if (from_server && (flags & 2)) isn[port][1] = seq;
    if (!from_server && !owner[port]) owner[port] = last_connect + 1;
    char name[16], text[9] = { 0 };
    snprintf(name, sizeof name, "C%d", owner[port] - 1);
    for (int i = 0, n = 0; i < 8; i++) if (flags >> i & 1) text[n++] = "FSRPAUEC"[i];
    printf("   %c %s>%s %-3s seq=%u ack=%u len=%d win=%d", direction, from_server ? "S" : name, from_server ? name : "S", text,
           seq - isn[port][from_server], flags & 16 ? ack - isn[port][!from_server] : 0, length, tcp[14] << 8 | tcp[15]);
    for (int left = header - 20; left > 0;) {
        int n = option[0] < 2 ? 1 : option[1];
        if (option[0] == 1) printf(" nop");
        else if (option[0] == 2) printf(" mss=%d", option[2] << 8 | option[3]);
        else if (option[0] == 3) printf(" wscale=%d", option[2]);
        else if (option[0] == 4) printf(" sackOK");
        else if (option[0] == 5) printf(" sack=%u-%u", get32(option + 2) - isn[port][!from_server], get32(option + 6) - isn[port][!from_server]);
        else if (option[0] == 8) printf(" ts=%u/%u", get32(option + 2), get32(option + 6));
        else printf(" opt%d", option[0]);
        if (n <= 0) break;
        option += n, left -= n;
    }
    printf("\n");
}

static void print_capture(int fd) {
    static uint8_t frame[70000];
    static char control[256];
    for (;;) {
        struct sockaddr_ll from;
        struct iovec v = { frame, sizeof frame };
        struct msghdr m = { .msg_name = &from, .msg_namelen = sizeof from, .msg_iov = &v, .msg_iovlen = 1,
                            .msg_control = control, .msg_controllen = sizeof control };
        if (recvmsg(fd, &m, MSG_DONTWAIT) < 0) break;
        struct timespec stamp = { 0, 0 };
        for (struct cmsghdr *c = CMSG_FIRSTHDR(&m); c; c = CMSG_NXTHDR(&m, c))
            if (c->cmsg_type == SCM_TIMESTAMPNS) memcpy(&stamp, CMSG_DATA(c), sizeof stamp);
        int64_t at = stamp.tv_sec * 1000000000LL + stamp.tv_nsec - epoch;
        int type = frame[12] << 8 | frame[13];
        int is_mark = type == MARK && from.sll_ifindex == mark_if;
        if (!is_mark && (type != ETH_P_IP || frame[14 + 9] != IPPROTO_TCP)) continue;
        if (!is_mark && from.sll_pkttype != PACKET_OUTGOING && !both_ways) continue;
        printf("%12.6f", (double)at / 1e9);
        if (!is_mark) { print_segment(frame + 14, from.sll_pkttype == PACKET_OUTGOING ? '>' : '<'); continue; }
        const char *text = (char *)frame + 14;
        if (strstr(text, "connect ...")) last_connect = atoi(text + 1);
        printf(" %s\n", text);
    }
}

static void print_line(const char *format, ...) {
    va_list list;
    va_start(list, format);
    vprintf(format, list);
    va_end(list);
    printf("\n");
}

static void print_jiffies(void) {                       // where the timer wheel stands at this moment
    char line[256];
    FILE *in = fopen("/proc/timer_list", "r");
    while (in && fgets(line, sizeof line, in))
        if (strstr(line, "jiffies:")) { printf("# at %.6f s%s", (double)(now_ns() - epoch) / 1e9, line); break; }
    if (in) fclose(in);
}

int main(int count, char **argument) {
    int c, on = 1, size = 32 << 20;
    while ((c = getopt(count, argument, "+t:g:o:b")) != -1) {
        if (c == 't') run_ms = atol(optarg);
        else if (c == 'g') stagger_ms = atol(optarg);
        else if (c == 'o') offset_ms = atol(optarg);
        else if (c == 'b') both_ways = 1;
        else return 2;
    }
    for (; optind < count; optind++) {
        char *colon = strchr(argument[optind], ':');
        for (int n = colon ? atoi(argument[optind]) : 1; n > 0 && procs < MAX_PROC; n--, procs++)
            proc[procs] = (struct process){ procs - 1, colon ? colon + 1 : argument[optind] };
    }
    if (procs) proc[0].id = 0;
    for (int i = 1; i < procs; i++) proc[i].id = i;     // P0 is the server, P1.. are the clients
    setvbuf(stdout, NULL, _IOFBF, 1 << 16);
    int capture = socket(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL));
    if (open_mark() < 0 || capture < 0) { perror("AF_PACKET, dummy or TAP device"); return 2; }
    setsockopt(capture, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
    if (setsockopt(capture, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size)) perror("SO_RCVBUFFORCE");
    read_counters(&before);
    epoch = (now_ns() / 1000000000 + 1) * 1000000000 + 500000000;
    print_jiffies();
    for (int i = 0; i < procs; i++) {
        pthread_t thread;
        pthread_create(&thread, NULL, run, &proc[i]);
    }
    sleep_until(epoch + run_ms * 1000000);
    print_capture(capture);
    print_jiffies();
    print_deltas(print_line);
    return 0;
}
