"""Many REQ clients in one process, each asking as soon as it was answered; every answer is held against its own question.

Says {"crowd": ...} at the end: how many were answered, and how many answers were not those of the question (crossed).
--prefix TEXT   what an answer begins with; after it must stand the question itself
--named         identities that are text: client-1, client-2, ...
--stay          keeps the sockets until standard input ends
"""

import time

import zmq
from common import Orders, arguments, ready, say

args = arguments(
    ("--clients", {"type": int, "default": 50}),
    ("--requests", {"type": int, "default": 400}),
    ("--every", {"type": float, "default": 0.0}),
    ("--prefix", {"default": ""}),
    ("--named", {"action": "store_true"}),
    ("--stay", {"action": "store_true"}),
    ("--text", {"default": "client {client} question {n}"}),
)

with zmq.Context(io_threads=1) as context:
    sockets = []
    for client in range(args.clients):
        socket = context.socket(zmq.REQ)
        socket.linger = 0
        if args.named:
            socket.identity = f"client-{client + 1}".encode()
        for endpoint in args.connect:
            socket.connect(endpoint)
        sockets.append(socket)
    ready(sockets[0])

    asked = [0] * args.clients
    question = [b""] * args.clients
    due = [0.0] * args.clients
    answered = crossed = 0
    prefix = args.prefix.encode()
    poller = zmq.Poller()

    def ask(client):
        asked[client] += 1
        question[client] = args.text.replace("{client}", str(client + 1)).replace("{n}", str(asked[client])).encode()
        sockets[client].send(question[client])

    number = {}
    for client, socket in enumerate(sockets):
        number[socket] = client
        poller.register(socket, zmq.POLLIN)
        due[client] = time.monotonic() + args.every * client / args.clients
    start = time.monotonic()
    idle = set(range(args.clients))
    total = args.clients * args.requests
    while answered < total:
        now = time.monotonic()
        for client in [c for c in idle if asked[c] < args.requests and due[c] <= now]:
            idle.discard(client)
            ask(client)
        wait = min((due[c] - now for c in idle if asked[c] < args.requests), default=1.0)
        for socket, _ in poller.poll(max(0, min(1000, wait * 1000))):
            client = number[socket]
            answered += 1
            if socket.recv() != prefix + question[client]:
                crossed += 1
            due[client] = max(due[client] + args.every, now)
            if args.every == 0 and asked[client] < args.requests:
                ask(client)
            else:
                idle.add(client)
    say(crowd={"answered": answered, "crossed": crossed, "seconds": time.monotonic() - start})
    if args.stay:
        orders = Orders()
        while orders.read() is not None:
            pass
    for socket in sockets:
        socket.close()
