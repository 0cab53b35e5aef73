#!/usr/bin/env python3
"""One listener and a flood of spoofed SYNs over a TUN device: how many of them are answered.

usage: syn-flood.py BACKLOG SYNS_PER_SECOND SECONDS constant|poisson SEED DELAY
Run it as root in a network namespace of its own, or in a kernel in virtual time.
"""
import fcntl
import os
import random
import select
import socket
import struct
import subprocess
import sys
import time

backlog, rate, total, law = int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3]), sys.argv[4]
random.seed(int(sys.argv[5]))
delay = float(sys.argv[6])

TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x0001, 0x1000
SERVER = "10.0.0.1"


def sh(command):
    subprocess.run(command, shell=True, check=True, stdout=subprocess.DEVNULL)


def checksum(octets):
    octets += b"\0" * (len(octets) % 2)
    total = sum(struct.unpack("!%dH" % (len(octets) // 2), octets))
    while total >> 16:
        total = (total >> 16) + (total & 0xFFFF)
    return ~total & 0xFFFF


def syn(source, port, sequence):
    server = socket.inet_aton(SERVER)
    tcp = struct.pack("!HHIIBBHHH", port, 8000, sequence, 0, 6 << 4, 2, 64240, 0, 0)
    tcp += struct.pack("!BBH", 2, 4, 1460)
    pseudo = source + server + struct.pack("!BBH", 0, 6, len(tcp))
    tcp = tcp[:16] + struct.pack("!H", checksum(pseudo + tcp)) + tcp[18:]
    ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(tcp), 1, 0, 64, 6, 0, source, server)
    return ip[:10] + struct.pack("!H", checksum(ip)) + ip[12:] + tcp


tun = os.open("/dev/net/tun", os.O_RDWR)
fcntl.ioctl(tun, TUNSETIFF, struct.pack("16sH", b"t0", IFF_TUN | IFF_NO_PI))
os.set_blocking(tun, False)
sh("ip addr add %s/24 dev t0; ip link set t0 up; ip route add 198.18.0.0/15 dev t0" % SERVER)
sh("sysctl -w net.ipv4.tcp_syncookies=0 net.ipv4.tcp_max_syn_backlog=100000 "
   "net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.t0.rp_filter=0")
listener = socket.socket()
listener.bind((SERVER, 8000))
listener.listen(backlog)
time.sleep(delay)  # another phase of the timer wheel

start = time.monotonic()
due, sent, syn_acks = start, 0, 0
answered = {}
while time.monotonic() - start < total:
    while due <= time.monotonic():
        source = socket.inet_aton("198.18.%d.%d" % (random.randrange(256), random.randrange(1, 255)))
        os.write(tun, syn(source, random.randrange(1024, 65536), random.randrange(1 << 32)))
        sent += 1
        due += 1 / rate if law == "constant" else random.expovariate(rate)
    select.select([tun], [], [], max(0, due - time.monotonic()))
    while True:
        try:
            packet = os.read(tun, 2000)
        except BlockingIOError:
            break
        if packet[9] == 6 and packet[33] == 0x12:
            syn_acks += 1
            answered.setdefault((packet[16:20], packet[22:24]), time.monotonic() - start)
print("sent %d, admitted %d, SYN-ACKs %d" % (sent, len(answered), syn_acks))
