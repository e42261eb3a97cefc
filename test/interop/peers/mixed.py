"""A publisher of many topics at mixed rates: each says its own sequence number in JSON, the first with each tick, the tenth with every tenth.

Waits for a subscription; with each line of standard input it publishes --ticks ticks, and says {"sent": {TOPIC: COUNT, ...}}, all so far. No message is dropped for a slow subscriber.
--pause MS between two ticks; 0: as fast as it goes
--skip N   leaves out every N-th number of topic 0: its messages are not sent
"""

import json
import sys
import time

import zmq
from common import arguments, open_socket, ready, say

args = arguments(
    ("--topics", {"type": int, "default": 200}),
    ("--ticks", {"type": int, "default": 200}),
    ("--pause", {"type": float, "default": 1}),
    ("--skip", {"type": int, "default": 0}),
)
with zmq.Context() as context:
    context.setsockopt(zmq.SNDHWM, 0)
    with open_socket(context, zmq.XPUB, args) as socket:
        ready(socket)
        socket.recv()
        say(subscribed="")
        names = [f"plant/line{n % 20}/machine/{n}" for n in range(args.topics)]
        numbers = [0] * args.topics
        sent = dict.fromkeys(names, 0)
        for _ in sys.stdin:
            for tick in range(args.ticks):
                for n, name in enumerate(names):
                    if tick % (1 + n % 10) != 0:
                        continue
                    numbers[n] += 1
                    if n == 0 and args.skip > 0 and numbers[n] % args.skip == 0:
                        continue
                    news = {"seq": numbers[n], "value": n + tick / 1000, "t": time.time() * 1000}
                    socket.send_multipart([name.encode(), json.dumps(news).encode()])
                    sent[name] += 1
                if args.pause > 0:
                    time.sleep(args.pause / 1000)
            say(sent=sent)
