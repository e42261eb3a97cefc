"""A SUB subscriber: says what it hears."""

import zmq
from common import arguments, open_socket, ready, say_got, serve

args = arguments(("--topic", {"action": "append"}))
with zmq.Context() as context, open_socket(context, zmq.SUB, args) as socket:
    for topic in args.topic or [""]:
        socket.subscribe(topic)
    ready(socket)
    serve(socket, on_message=say_got)
