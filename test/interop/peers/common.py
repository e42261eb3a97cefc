"""What the peers share: a deadline, JSON lines out, JSON lines in.

Out, one object a line:  {"ready": ENDPOINT}  {"got": [FRAME, ...]}  {"lost": ENDPOINT}  and what a script adds.
In, one object a line:   {"send": [FRAME, ...]}; the end of standard input ends the peer.
A FRAME is base64, so that every byte comes through.
"""

import argparse
import base64
import json
import os
import signal
import sys

import zmq
from zmq.utils.monitor import recv_monitor_message


def arguments(*more):
    """--bind ENDPOINT or --connect ENDPOINT (as often as wanted, in order), --deadline SECONDS, and what a script adds."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--bind", action="append", default=[])
    parser.add_argument("--connect", action="append", default=[])
    parser.add_argument("--deadline", type=int, default=240)
    parser.add_argument("--losses", action="store_true", help="say each connection that ends")
    parser.add_argument("--curve-server", action="store_true", help="be the CURVE server")
    parser.add_argument("--curve-client", metavar="SERVER_KEY", help="be a CURVE client of that server")
    parser.add_argument("--curve-pair", nargs=2, metavar=("PUBLIC", "SECRET"), help="in Z85")
    for name, options in more:
        parser.add_argument(name, **options)
    args = parser.parse_args()
    signal.alarm(args.deadline)  # No peer outlives its test, whatever happens to the test.
    return args


def open_socket(context, kind, args):
    """A socket on all its endpoints. Says {"ready": ...} with the last one as bound, wildcard port filled in."""
    socket = context.socket(kind)
    socket.linger = 2000
    if args.curve_server or args.curve_client:
        public, secret = (key.encode() for key in args.curve_pair)
        socket.curve_publickey, socket.curve_secretkey = public, secret
        if args.curve_server:
            socket.curve_server = True
        else:
            socket.curve_serverkey = args.curve_client.encode()
    if args.losses:
        monitors.append(socket.get_monitor_socket(zmq.EVENT_DISCONNECTED))
    for endpoint in args.bind:
        socket.bind(endpoint)
    for endpoint in args.connect:
        socket.connect(endpoint)
    return socket


monitors = []
"""What tells of connections that end."""


def ready(socket):
    say(ready=socket.getsockopt(zmq.LAST_ENDPOINT).rstrip(b"\0").decode())


def say(**what):
    print(json.dumps(what), flush=True)


def say_got(frames):
    say(got=[base64.b64encode(frame).decode() for frame in frames])


class Orders:
    """Standard input as lines of JSON, for a poller: no thread, and never more is read than is there."""

    def __init__(self):
        self.fd = sys.stdin.fileno()
        self.rest = b""

    def read(self):
        """The messages to send that have come in; None at the end of input."""
        part = os.read(self.fd, 1 << 16)
        if part == b"":
            return None
        *lines, self.rest = (self.rest + part).split(b"\n")
        return [[base64.b64decode(frame) for frame in json.loads(line)["send"]] for line in lines]


def serve(socket, on_message=None, on_send=None):
    """Waits for messages and for orders until standard input ends."""
    orders = Orders()
    poller = zmq.Poller()
    poller.register(orders.fd, zmq.POLLIN)
    if on_message is not None:
        poller.register(socket, zmq.POLLIN)
    for monitor in monitors:
        poller.register(monitor, zmq.POLLIN)
    while True:
        events = dict(poller.poll())
        if socket in events:
            on_message(socket.recv_multipart())
        for monitor in monitors:
            if monitor in events:
                say(lost=recv_monitor_message(monitor)["endpoint"].decode())
        if orders.fd in events:
            messages = orders.read()
            if messages is None:
                for monitor in monitors:
                    monitor.close()
                return
            for frames in messages:
                on_send(frames)
