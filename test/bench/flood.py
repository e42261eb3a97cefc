"""A publisher that says as much as it is told to, at an even pace, and how much that was. flood.c does the same, with less of the machine.

    flood.py RATE SIZE SECONDS

Once somebody subscribes, and standard input has given a line: RATE messages a second of topic `flood` (SIZE bytes: u64 number, then blanks) and 1000 of `car`
(u64 number, then the doubles speed, steering, x and y; a spike in x each second), all little endian. Numbers begin at 1; after a rest the last one of each comes, so that nothing can
be missing unseen at the end. Out, one object a line: {"ready": ENDPOINT} {"subscribed": true} {"sent": {"flood": N, "car": N}, "seconds": S}
"""

import json
import math
import struct
import sys
import time

import zmq

CAR_RATE = 1000
# Messages that wait for a slow subscriber before PUB drops: a second's worth.
HIGH_WATER = 100_000


def say(**what):
    print(json.dumps(what), flush=True)


rate, size, seconds = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
with zmq.Context() as context, context.socket(zmq.XPUB) as socket:
    socket.linger = 2000
    socket.sndhwm = HIGH_WATER
    socket.bind("tcp://127.0.0.1:*")
    say(ready=socket.getsockopt(zmq.LAST_ENDPOINT).rstrip(b"\0").decode())
    socket.recv()
    say(subscribed=True)
    if sys.stdin.readline() == "":
        sys.exit()

    payload = bytearray(b" " * max(8, size))
    number = struct.Struct("<Q").pack_into
    drive = struct.Struct("<Qdddd").pack
    send, more = socket.send, zmq.SNDMORE
    flood = car = 0

    def say_flood():
        number(payload, 0, flood)
        send(b"flood", more)
        send(payload)

    def say_car():
        t = car / CAR_RATE
        spike = 1000 if car % CAR_RATE == 500 else 0
        send(b"car", more)
        send(drive(car, 15 + 10 * math.sin(t / 5), math.sin(t) / 4, spike + 10 * math.cos(t), 10 * math.sin(t)))

    began = time.perf_counter()
    while (now := time.perf_counter() - began) < seconds:
        for _ in range(int(now * rate) - flood):
            flood += 1
            say_flood()
        for _ in range(int(now * CAR_RATE) - car):
            car += 1
            say_car()
        time.sleep(0.001)
    took = time.perf_counter() - began
    time.sleep(0.5)
    flood += 1
    say_flood()
    car += 1
    say_car()
    say(sent={"flood": flood, "car": car}, seconds=took)
    sys.stdin.readline()
