"""A pyzmq program as people run it, for the soak: rep ENDPOINT | pub ENDPOINT EPOCH RATE | worker FROM TO

rep     answers "re: " and the question
pub     says "EPOCH NUMBER" on topic "s", RATE times a second, numbers from 1
worker  takes a task and passes it on as it is
Ends by itself after an hour, whatever becomes of the soak, and with the soak's pipe.
"""

import os
import signal
import sys
import threading
import time

import zmq

signal.alarm(3600)
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
kind, *args = sys.argv[1:]
context = zmq.Context()

if kind == "rep":
    socket = context.socket(zmq.REP)
    socket.bind(args[0])
    while True:
        socket.send(b"re: " + socket.recv())
elif kind == "pub":
    endpoint, epoch, rate = args[0], args[1], int(args[2])
    socket = context.socket(zmq.PUB)
    socket.sndhwm = 0  # A PUB drops what a slow subscriber has no room for: nobody could say whose fault a missing number is.
    socket.bind(endpoint)
    number = 0
    begin = time.monotonic()
    while True:
        for _ in range(int((time.monotonic() - begin) * rate) - number):
            number += 1
            socket.send_multipart([b"s", f"{epoch} {number}".encode()])
        time.sleep(0.005)
elif kind == "worker":
    source, sink = context.socket(zmq.PULL), context.socket(zmq.PUSH)
    source.rcvhwm = 10
    source.connect(args[0])
    sink.connect(args[1])
    while True:
        sink.send_multipart(source.recv_multipart())
