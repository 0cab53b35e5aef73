#!/usr/bin/env python3
# orphans.py: connections whose descriptor is closed, against tcp_max_orphans. One listening socket, a
# scripted peer on a TUN device, one thread. Prints CSV: case, microseconds, what happened. The setting
# is global: run it as root of a machine of its own (docs/notes/2026-11-orphans.md).
import fcntl, os, select, socket, struct, subprocess, sys, time

LOCAL, PEER, PORT = 0x0A000001, 0x0A000002, 8000
FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def ip(proto, payload):
    head = struct.pack("!BBHHHBBHII", 0x45, 0, 20 + len(payload), 0, 0, 64, proto, 0, PEER, LOCAL)
    return head[:10] + struct.pack("!H", checksum(head)) + head[12:] + payload


class Lab:
    def __init__(self, name, limit):
        self.name, self.conns = name, {}
        open("/proc/sys/net/ipv4/tcp_max_orphans", "w").write(str(limit))
        self.tun = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
        fcntl.ioctl(self.tun, 0x400454CA, struct.pack("16sH22x", b"tun0", 0x1001))
        for command in ("addr add 10.0.0.1/24 dev tun0", "link set tun0 up"):
            subprocess.run(["ip", *command.split()], check=True)
        self.listener = socket.socket()
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind(("10.0.0.1", PORT))
        self.listener.listen(64)
        self.before = self.counters()
        self.start = time.monotonic()

    def counters(self):
        out = {}
        for path in ("/proc/net/netstat", "/proc/net/snmp"):
            lines = open(path).read().splitlines()
            for keys, values in zip(lines[::2], lines[1::2]):
                if keys.startswith("Tcp"):
                    out.update(zip(keys.split()[1:], map(int, values.split()[1:])))
        return out

    def say(self, text):
        print("%s,%d,%s" % (self.name, (time.monotonic() - self.start) * 1e6, text))

    def send(self, port, flags, seq, ack, window=65535, options=b""):
        head = struct.pack("!HHIIBBHHH", port, PORT, seq, ack, (5 + len(options) // 4) << 4, flags, window, 0, 0)
        pseudo = struct.pack("!IIBBH", PEER, LOCAL, 0, 6, len(head) + len(options))
        sum_ = checksum(pseudo + head + options)
        os.write(self.tun, ip(6, head[:16] + struct.pack("!H", sum_) + head[18:] + options))

    def receive(self, until):
        while True:
            left = until - time.monotonic()
            ready = select.select([self.tun], [], [], max(left, 0))[0]
            if not ready:
                return
            packet = os.read(self.tun, 2048)
            if packet[0] >> 4 != 4 or packet[9] != 6:
                continue
            tcp = packet[(packet[0] & 15) * 4:]
            _, port, seq, ack, offset, flags = struct.unpack("!HHIIBB", tcp[:14])
            if flags & SYN:
                self.conns[port] = {"isn": seq}
                continue
            name = "+".join(n for bit, n in ((FIN, "FIN"), (RST, "RST"), (PSH, "PSH"), (ACK, "ACK")) if flags & bit)
            length = len(tcp) - (offset >> 4) * 4
            self.say("out %d %s %d/%d len %d" % (port - 9000, name, seq - self.conns[port]["isn"], ack, length))

    def open(self, which, window=65535):
        port = 9000 + which
        self.send(port, SYN, 0, 0, options=struct.pack("!BBH", 2, 4, 1460))
        self.receive(time.monotonic() + 0.001)
        self.send(port, ACK, 1, self.conns[port]["isn"] + 1, window)
        self.conns[port]["socket"] = self.listener.accept()[0]
        self.say("open %d" % which)

    def write(self, which, octets):
        self.say("send %d %d" % (which, octets))
        self.conns[9000 + which]["socket"].send(b"x" * octets)

    def close(self, which):
        self.say("close %d" % which)
        self.conns[9000 + which]["socket"].close()
        self.receive(time.monotonic())

    def ack(self, which, number):
        self.say("in %d ACK 1/%d" % (which, number))
        self.send(9000 + which, ACK, 1, self.conns[9000 + which]["isn"] + number)
        self.receive(time.monotonic())

    def icmp(self, which):
        self.say("in %d ICMP 3/1" % which)
        port = 9000 + which
        quoted = struct.pack("!BBHHHBBHII", 0x45, 0, 40, 0, 0x4000, 64, 6, 0, LOCAL, PEER)
        quoted += struct.pack("!HHI", PORT, port, self.conns[port]["isn"] + 1)
        body = struct.pack("!BBHI", 3, 1, 0, 0) + quoted
        os.write(self.tun, ip(1, body[:2] + struct.pack("!H", checksum(body)) + body[4:]))

    def sleep(self, seconds):
        self.receive(time.monotonic() + seconds)

    def end(self):
        after = self.counters()
        for key in ("TCPAbortOnMemory", "TCPTimeouts", "OutRsts", "EstabResets"):
            self.say("counter %s %d" % (key, after[key] - self.before[key]))


def none_allowed(lab):
    lab.open(0), lab.close(0), lab.sleep(2)


def five_at_once(lab):
    for i in range(5):
        lab.open(i)
    for i in range(5):
        lab.close(i)
    lab.sleep(2)


def one_more_later(lab):
    for i in range(4):
        lab.open(i)
    lab.close(0), lab.close(1), lab.sleep(0.15), lab.close(2), lab.sleep(0.12), lab.close(3), lab.sleep(2)


def at_the_limit(lab):
    lab.open(0), lab.open(1)
    lab.close(0), lab.sleep(0.15), lab.close(1), lab.sleep(2)


def acknowledged(lab):
    lab.open(0), lab.open(1)
    lab.close(0), lab.ack(0, 2), lab.sleep(0.15), lab.close(1), lab.ack(1, 2), lab.sleep(2)


def soft_error(lab):
    lab.open(0), lab.close(0), lab.sleep(0.1), lab.icmp(0), lab.sleep(2)


def long_silent(lab):
    lab.open(0), lab.write(0, 10), lab.ack(0, 11), lab.sleep(239), lab.close(0), lab.sleep(3.5)


def shut_window(lab):
    lab.open(0, 0), lab.write(0, 10), lab.close(0), lab.sleep(0.5), lab.icmp(0), lab.sleep(2)


def queued_text(lab):
    lab.open(0), lab.open(1), lab.write(0, 10), lab.close(0), lab.sleep(0.15), lab.write(1, 10), lab.close(1), lab.sleep(2)


CASES = {"none_allowed": (none_allowed, 0), "five_at_once": (five_at_once, 2), "one_more_later": (one_more_later, 1),
         "at_the_limit": (at_the_limit, 1), "acknowledged": (acknowledged, 0), "soft_error": (soft_error, 1),
         "long_silent": (long_silent, 1), "shut_window": (shut_window, 1), "queued_text": (queued_text, 0)}
play, limit = CASES[sys.argv[1]]
lab = Lab(sys.argv[1], limit)
play(lab)
lab.end()
