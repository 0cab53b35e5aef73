// listener.c: listening TCP sockets against several scripted peers, in one thread. Plays one case and prints, as
// CSV, every call, every segment of both directions, every change of state, and the counters.
// Linux only; needs CAP_NET_ADMIN in a network namespace of its own (no eth0, no routes) and /dev/net/tun.
//
//   cc -O1 -Wall -static -o lab listener.c
//   ./lab NAME 'tcp_synack_retries=3 ...' 'listen 1, in SYN 0 mss 1460, peer 1, in SYN 0, sleep 100, accept'
//
// The sockets are 10.0.0.1:8000, peer N is 10.0.0.2:9000+N. Operations, separated by commas:
//   peer N           the peer that sends from now on (0)
//   socket N         the listening socket that calls are about from now on (0)
//   set OPTION N     get OPTION     listen [N]     unlisten (close)     accept (reads nothing, keeps the connection)
//   recv N           send N         hangup (close)       on the connection that was accepted last
//   in FLAGS SEQ[/ACK] [len N] [win N] [mss N] [ws N] [sackok] [ts V/E] [nots] [old 1]   the peer sends;
//                    old: ACK counts from the initial number of the SYN-ACK before the last
//   icmp TYPE/CODE SEQ   an ICMP error from the peer that quotes our segment SEQ
//   sleep MS         until MS (of the case)      out [MS]: until a socket sends something, at most MS
//   counters         print the changes so far
// Numbers and timestamps as in connection-timers.c; a line ends with "peer N" if N is not 0, "socket N" likewise.
// While time passes, states are looked at whenever a socket sends, and twice a second, 2 ms after the half second.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <linux/tcp.h>
#include <time.h>
#include <unistd.h>

enum { PEERS = 16, SOCKETS = 4, LOCAL = 8000, REMOTE = 9000, LOCAL_IP = 0x0a000001, REMOTE_IP = 0x0a000002, LOOK_US = 500000, LOOK_AT_US = 2000 };
static const uint32_t peer_isn = 1000000, peer_ts = 1000;
static const char *name;
static int tun, sockets[SOCKETS] = { -1, -1, -1, -1 }, current, child = -1, peer, sent_something;
static int64_t epoch;
static struct flow {
    uint32_t isn, old_isn, ts_base, ts_recent;                   // of the socket; ts_recent: its last TSval
    int ts_ours, ts_peer;
    const char *state;
} flows[PEERS];

static int64_t now_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (t.tv_sec * 1000000000LL + t.tv_nsec - epoch) / 1000;
}

static void line(const char *format, ...) {
    va_list list;
    va_start(list, format);
    printf("%s,%lld,", name, (long long)now_us());
    vprintf(format, list);
    printf("\n");
    va_end(list);
}

// ---- counters -------------------------------------------------------------------------------------------------
struct counter { char name[64]; long long value; };
struct counters { int n; struct counter c[512]; };
static struct counters before, after;

static void read_counters(struct counters *out) {
    static const char *files[] = { "/proc/net/netstat", "/proc/net/snmp" };
    static char keys[16384], values[16384];
    out->n = 0;
    for (int f = 0; f < 2; f++) {
        FILE *in = fopen(files[f], "r");
        while (in && fgets(keys, sizeof keys, in) && fgets(values, sizeof values, in)) {
            char *ks, *vs, *group = strtok_r(keys, " \n", &ks), *k, *v;
            strtok_r(values, " \n", &vs);
            if (strncmp(group, "Tcp", 3) && strcmp(group, "Icmp:")) continue;
            while ((k = strtok_r(NULL, " \n", &ks)) && (v = strtok_r(NULL, " \n", &vs)) && out->n < 512) {
                struct counter *c = &out->c[out->n++];
                snprintf(c->name, sizeof c->name, "%s%s", strcmp(group, "Icmp:") ? "" : "Icmp", k);
                c->value = atoll(v);
            }
        }
        if (in) fclose(in);
    }
}

static void print_deltas(void) {
    read_counters(&after);
    for (int i = 0; i < before.n; i++)
        if (after.c[i].value != before.c[i].value && strcmp(after.c[i].name, "CurrEstab"))
            line("counter %s %lld", after.c[i].name, after.c[i].value - before.c[i].value);
}

// ---- state ----------------------------------------------------------------------------------------------------
static const char *state_of(int of) {
    static const char *names[] = { "CLOSED", "ESTABLISHED", "SYN-SENT", "SYN-RECEIVED", "FIN-WAIT-1", "FIN-WAIT-2", "TIME-WAIT",
                                   "CLOSED", "CLOSE-WAIT", "LAST-ACK", "LISTEN", "CLOSING", "SYN-RECEIVED" };
    char text[512];
    unsigned local, remote, state, found = 0;
    FILE *in = fopen("/proc/net/tcp", "r");
    while (in && fgets(text, sizeof text, in))
        if (sscanf(text, " %*d: %*x:%x %*x:%x %x", &local, &remote, &state) == 3 && local == LOCAL && remote == REMOTE + (unsigned)of) found = state;
    if (in) fclose(in);
    return names[found < 13 ? found : 0];
}

static const char *suffix(const char *what, int number) {
    static char text[40];
    if (!number) return "";
    snprintf(text, sizeof text, " %s %d", what, number);
    return text;
}

static void look_at_states(void) {
    for (int i = 0; i < PEERS; i++) {
        const char *state = state_of(i);
        if (strcmp(state, flows[i].state ? flows[i].state : "CLOSED")) line("state %s%s", state, suffix("peer", i));
        flows[i].state = state;
    }
}

// ---- segments -------------------------------------------------------------------------------------------------
static uint32_t get32(const uint8_t *b) { return (uint32_t)b[0] << 24 | b[1] << 16 | b[2] << 8 | b[3]; }
static void put16(uint8_t *b, unsigned v) { b[0] = (uint8_t)(v >> 8), b[1] = (uint8_t)v; }
static void put32(uint8_t *b, uint32_t v) { put16(b, v >> 16), put16(b + 2, v & 65535); }
static const struct { char text[4]; int bit; } flag_names[] = { { "SYN", 2 }, { "RST", 4 }, { "FIN", 1 }, { "PSH", 8 }, { "ACK", 16 } };

static uint16_t checksum(const uint8_t *b, int n, uint32_t sum) {
    for (int i = 0; i < n; i++) sum += i & 1 ? b[i] : (uint32_t)b[i] << 8;
    while (sum >> 16) sum = (sum & 65535) + (sum >> 16);
    return (uint16_t)~sum;
}

static void print_segment(const char *direction, const uint8_t *ip, int of, uint32_t own_isn, uint32_t other_isn, int old) {
    const uint8_t *tcp = ip + 20, *option = tcp + 20;
    int header = (tcp[12] >> 4) * 4, length = (ip[2] << 8 | ip[3]) - 20 - header, flags = tcp[13], n = 0;
    char text[400];
    for (int i = 0; i < 5; i++)
        if (flags & flag_names[i].bit) n += sprintf(text + n, "%s%s", n ? "+" : "", flag_names[i].text);
    if ((flags & 4) && get32(tcp + 4) == 0) n += sprintf(text + n, " abs0");     // no number to start from: zero itself
    else n += sprintf(text + n, "%s %d", n ? "" : "-", (int32_t)(get32(tcp + 4) - own_isn));
    if (flags & 16) n += sprintf(text + n, "/%d", (int32_t)(get32(tcp + 8) - other_isn));
    if (length) n += sprintf(text + n, " len %d", length);
    if (!(flags & 4)) n += sprintf(text + n, " win %d", tcp[14] << 8 | tcp[15]);
    for (int left = header - 20, size; left > 0 && option[0]; option += size, left -= size) {
        size = option[0] < 2 ? 1 : option[1];
        if (option[0] == 2) n += sprintf(text + n, " mss %d", option[2] << 8 | option[3]);
        if (option[0] == 3) n += sprintf(text + n, " ws %d", option[2]);
        if (option[0] == 4) n += sprintf(text + n, " sackok");
        for (int i = 2; option[0] == 5 && i < size; i += 8)
            n += sprintf(text + n, " sack %d-%d", (int32_t)(get32(option + i) - other_isn), (int32_t)(get32(option + i + 4) - other_isn));
        if (option[0] == 8) {
            int ours = *direction == 'o';
            uint32_t base = ours ? flows[of].ts_base : 0, other = ours ? 0 : flows[of].ts_base;
            n += sprintf(text + n, " ts %d/%d", (int32_t)(get32(option + 2) - base), get32(option + 6) ? (int32_t)(get32(option + 6) - other) : 0);
        }
    }
    line("%s %s%s%s", direction, text, old ? " old 1" : "", suffix("peer", of));
}

static void take_from_socket(void) {                    // all that the socket has sent
    static uint8_t b[70000];
    while (read(tun, b, sizeof b) >= 40) {
        if (b[0] >> 4 != 4 || b[9] != IPPROTO_TCP) continue;
        const uint8_t *tcp = b + 20;
        int of = (tcp[2] << 8 | tcp[3]) - REMOTE;
        if (of < 0 || of >= PEERS) continue;
        struct flow *f = &flows[of];
        if ((tcp[13] & 2) && get32(tcp + 4) != f->isn) f->old_isn = f->isn, f->isn = get32(tcp + 4);
        for (int i = 20; i < (tcp[12] >> 4) * 4 && tcp[i]; i += tcp[i] < 2 ? 1 : tcp[i + 1])
            if (tcp[i] == 8) {
                f->ts_recent = get32(tcp + i + 2);
                if ((tcp[13] & 2) && !f->ts_ours) f->ts_base = f->ts_recent - (uint32_t)(now_us() / 1000);
                f->ts_ours |= tcp[13] & 2;
            }
        print_segment("out", b, of, f->isn, peer_isn, 0);
        sent_something = 1;
    }
}

static void peer_sends(char *text) {
    struct flow *f = &flows[peer];
    uint8_t b[2000] = { 0x45 }, *tcp = b + 20, *option = tcp + 20;
    char *save, *flags = strtok_r(text, " ", &save), *numbers = strtok_r(NULL, " ", &save), *word;
    int length = 0, window = 65535, no_ts = 0, old = 0, syn;
    uint32_t value = peer_ts + (uint32_t)(now_us() / 1000), echo = f->ts_recent;
    for (int i = 0; i < 5; i++) if (strstr(flags, flag_names[i].text)) tcp[13] |= (uint8_t)flag_names[i].bit;
    syn = tcp[13] & 2;
    put16(tcp, REMOTE + (unsigned)peer), put16(tcp + 2, LOCAL);
    put32(tcp + 4, peer_isn + (uint32_t)atoi(numbers));
    if (strchr(numbers, '/')) put32(tcp + 8, f->isn + (uint32_t)atoi(strchr(numbers, '/') + 1));
    while ((word = strtok_r(NULL, " ", &save))) {
        if (!strcmp(word, "nots")) { no_ts = 1; continue; }
        if (!strcmp(word, "sackok")) { option[0] = option[1] = 1, option[2] = 4, option[3] = 2, option += 4; continue; }
        char *v = strtok_r(NULL, " ", &save);
        if (!strcmp(word, "len")) length = atoi(v);
        else if (!strcmp(word, "old")) old = 1, put32(tcp + 8, get32(tcp + 8) - f->isn + f->old_isn);
        else if (!strcmp(word, "win")) window = atoi(v);
        else if (!strcmp(word, "mss")) option[0] = 2, option[1] = 4, put16(option + 2, (unsigned)atoi(v)), option += 4;
        else if (!strcmp(word, "ws")) option[0] = 1, option[1] = option[2] = 3, option[3] = (uint8_t)atoi(v), option += 4;
        else if (!strcmp(word, "ts")) {
            if (syn) f->ts_peer = 1;
            if (strcmp(v, "now")) value = (uint32_t)atoi(v), echo = f->ts_base + (uint32_t)atoi(strchr(v, '/') + 1);
        } else { fprintf(stderr, "unknown word: %s\n", word); exit(2); }
    }
    if (f->ts_peer && !no_ts && (syn || f->ts_ours)) {
        option[0] = option[1] = 1, option[2] = 8, option[3] = 10;
        put32(option + 4, value), put32(option + 8, f->ts_ours ? echo : 0), option += 12;
    }
    int header = (int)(option - tcp), total = 20 + header + length;
    tcp[12] = (uint8_t)(header / 4 << 4);
    put16(tcp + 14, (unsigned)window);
    put16(b + 2, (unsigned)total), b[8] = 64, b[9] = IPPROTO_TCP, put32(b + 12, REMOTE_IP), put32(b + 16, LOCAL_IP);
    put16(b + 10, checksum(b, 20, 0));
    put16(tcp + 16, checksum(b + 12, total - 12, IPPROTO_TCP + (uint32_t)(total - 20)));
    print_segment("in", b, peer, peer_isn, old ? f->old_isn : f->isn, old);
    if (write(tun, b, (size_t)total) != total) perror("write");
}

static void peer_reports(const char *text) {            // "3/1 SEQ"
    uint8_t b[56] = { 0x45 }, *icmp = b + 20, *quoted = b + 28;
    int type, code, seq;
    if (sscanf(text, "%d/%d %d", &type, &code, &seq) != 3) exit(2);
    line("in ICMP %d/%d %d%s", type, code, seq, suffix("peer", peer));
    put16(b + 2, sizeof b), b[8] = 64, b[9] = IPPROTO_ICMP, put32(b + 12, REMOTE_IP), put32(b + 16, LOCAL_IP);
    put16(b + 10, checksum(b, 20, 0));
    icmp[0] = (uint8_t)type, icmp[1] = (uint8_t)code;
    if (type == 3 && code == 4) put16(icmp + 6, 1400);
    quoted[0] = 0x45, put16(quoted + 2, 40), quoted[8] = 64, quoted[9] = IPPROTO_TCP;
    put32(quoted + 12, LOCAL_IP), put32(quoted + 16, REMOTE_IP);
    put16(quoted + 20, LOCAL), put16(quoted + 22, REMOTE + (unsigned)peer), put32(quoted + 24, flows[peer].isn + (uint32_t)seq);
    put16(icmp + 2, checksum(icmp, 36, 0));
    if (write(tun, b, sizeof b) != sizeof b) perror("write");
}

// ---- waiting --------------------------------------------------------------------------------------------------
static void settle(void) {
    take_from_socket();
    look_at_states();
}

static void wait_until(int64_t us, int until_sent) {
    sent_something = 0;
    for (;;) {
        int64_t now = now_us();
        if (now >= us) break;
        int64_t look = (now + LOOK_US - LOOK_AT_US) / LOOK_US * LOOK_US + LOOK_AT_US, next = look < us ? look : us;
        struct timespec left = { (next - now) / 1000000, (next - now) % 1000000 * 1000 };
        struct pollfd p = { tun, POLLIN, 0 };
        if (ppoll(&p, 1, &left, NULL) > 0) settle();
        else if (next == look) look_at_states();
        if (until_sent && sent_something) return;
    }
    settle();
}

// ---- calls ----------------------------------------------------------------------------------------------------
static const struct { const char *text; int level, option; } options[] = {
    { "SO_REUSEADDR", SOL_SOCKET, SO_REUSEADDR }, { "SO_REUSEPORT", SOL_SOCKET, SO_REUSEPORT },
    { "TCP_SYNCNT", IPPROTO_TCP, TCP_SYNCNT }, { "TCP_DEFER_ACCEPT", IPPROTO_TCP, TCP_DEFER_ACCEPT },
    { "TCP_FASTOPEN", IPPROTO_TCP, TCP_FASTOPEN } };

static void result(const char *op, long r) {
    if (r < 0) line("call %s %s%s", op, strerrorname_np(errno), suffix("socket", current));
    else line("call %s %ld%s", op, r, suffix("socket", current));
}

static void open_socket(void) {
    if (sockets[current] < 0) sockets[current] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
}

static void set_option(const char *op, int get) {
    char which[40];
    int v = 0;
    if (sscanf(op, "%*s %39s %d", which, &v) < 1) exit(2);
    open_socket();
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        if (!strcmp(options[i].text, which)) {
            socklen_t size = sizeof v;
            if (!get) { result(op, setsockopt(sockets[current], options[i].level, options[i].option, &v, size)); return; }
            getsockopt(sockets[current], options[i].level, options[i].option, &v, &size);
            result(op, v);
            return;
        }
    fprintf(stderr, "unknown option: %s\n", op), exit(2);
}

static void begin_to_listen(const char *op, int backlog) {
    struct sockaddr_in here = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(LOCAL_IP), .sin_port = htons(LOCAL) };
    struct sockaddr_in bound;
    socklen_t size = sizeof bound;
    open_socket();
    getsockname(sockets[current], (void *)&bound, &size);
    if (!bound.sin_port) result("bind", bind(sockets[current], (void *)&here, sizeof here));
    result(op, listen(sockets[current], backlog));
}

static void run(char *op) {
    static char octets[65536];
    char *space = strchr(op, ' ');
    long n = space ? atol(space + 1) : 0;
    int verb = (int)(space ? (size_t)(space - op) : strlen(op)), e;
#define IS(text) (!strncmp(op, text, sizeof text - 1) && verb == sizeof text - 1)
    if (IS("sleep")) wait_until(now_us() + n * 1000, 0);
    else if (IS("until")) wait_until(n * 1000, 0);
    else if (IS("out")) wait_until(now_us() + (n ? n : 3600000) * 1000, 1);
    else if (IS("peer")) peer = (int)n;
    else if (IS("socket")) current = (int)n;
    else if (IS("in")) peer_sends(space + 1);
    else if (IS("icmp")) peer_reports(space + 1);
    else if (IS("listen")) begin_to_listen(op, space ? (int)n : 10);
    else if (IS("unlisten")) result(op, close(sockets[current])), sockets[current] = -1;
    else if (IS("accept")) {
        e = accept4(sockets[current], NULL, NULL, SOCK_NONBLOCK);
        child = e < 0 ? child : e;
        result(op, e < 0 ? e : 0);
    } else if (IS("set") || IS("get")) set_option(op, *op == 'g');
    else if (IS("recv")) result(op, recv(child, octets, (size_t)n, 0));
    else if (IS("send")) result(op, send(child, octets, (size_t)n, MSG_NOSIGNAL));
    else if (IS("hangup")) result(op, close(child));
    else if (IS("counters")) print_deltas();
    else fprintf(stderr, "unknown operation: %s\n", op), exit(2);
}

// ---- set-up ---------------------------------------------------------------------------------------------------
static void write_sysctl(const char *key, const char *value) {
    char path[200];
    snprintf(path, sizeof path, "/proc/sys/net/ipv4/%s", key);
    int s = open(path, O_WRONLY);
    if (s < 0 || write(s, value, strlen(value)) < 0) fprintf(stderr, "%s: %s\n", key, strerror(errno)), exit(2);
    close(s);
}

static void open_tun(void) {
    struct ifreq r = { .ifr_name = "peer0", .ifr_flags = IFF_TUN | IFF_NO_PI };
    tun = open("/dev/net/tun", O_RDWR | O_NONBLOCK);
    if (tun < 0) mknod("/run/tun", S_IFCHR | 0600, makedev(10, 200)), tun = open("/run/tun", O_RDWR | O_NONBLOCK);
    if (tun < 0 || ioctl(tun, TUNSETIFF, &r) < 0) perror("tun"), exit(2);
    if (system("sysctl -qw net.ipv6.conf.peer0.disable_ipv6=1; ip addr add 10.0.0.1/24 dev peer0; ip link set peer0 up")) exit(2);
    write_sysctl("conf/all/rp_filter", "0"), write_sysctl("conf/peer0/rp_filter", "0");
    write_sysctl("tcp_congestion_control", "reno"), write_sysctl("tcp_no_metrics_save", "1");
}

int main(int count, char **argument) {
    if (count != 4) return 2;
    char *save, *op;
    name = argument[1];
    setvbuf(stdout, NULL, _IOFBF, 1 << 16);
    open_tun();
    for (char *s = strtok_r(argument[2], " ", &save); s; s = strtok_r(NULL, " ", &save)) {
        char *value = strchr(s, '=');
        *value++ = 0;
        write_sysctl(s, value);
        printf("%s,0,sysctl %s %s\n", name, s, value);
    }
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);                  // start on a tick, 1.5 s after boot in virtual time
    epoch = (t.tv_sec + 1) * 1000000000LL + 500000000;
    while (now_us() < 0) wait_until(0, 0);
    read_counters(&before);
    for (op = strtok_r(argument[3], ",", &save); op; op = strtok_r(NULL, ",", &save)) {
        run(op + strspn(op, " "));
        settle();
    }
    print_deltas();
    return 0;
}
