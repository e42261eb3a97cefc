"""A publisher that says the numbers from 1 on, one a message, --rate of them a second, from its first subscription until standard input has a line; then
{"sent": COUNT}. No message is dropped for a slow subscriber.
"""

import select
import sys
import time

import zmq
from common import arguments, open_socket, ready, say

args = arguments(("--rate", {"type": int, "default": 10_000}))
with zmq.Context() as context:
    context.setsockopt(zmq.SNDHWM, 0)
    with open_socket(context, zmq.XPUB, args) as socket:
        ready(socket)
        socket.recv()
        say(subscribed="")
        sent, began = 0, time.monotonic()
        while not select.select([sys.stdin], [], [], 0.002)[0]:
            due = int((time.monotonic() - began) * args.rate)
            while sent < due:
                sent += 1
                socket.send(b"number %d" % sent)
        say(sent=sent)
        sys.stdin.read()
