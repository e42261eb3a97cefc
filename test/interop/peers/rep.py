"""A REP server: says what it was asked and answers with the same frames, the first one behind "re:". With --mute it never answers."""

import zmq
from common import arguments, open_socket, ready, say_got, serve

args = arguments(("--mute", {"action": "store_true"}))
with zmq.Context() as context, open_socket(context, zmq.REP, args) as socket:
    ready(socket)

    def answer(frames):
        say_got(frames)
        if args.mute:
            return
        socket.send_multipart([b"re:" + frames[0], *frames[1:]])

    serve(socket, on_message=answer)
