"""A REQ client: asks what it is told to ask, one at a time, and says the answer."""

import zmq
from common import arguments, open_socket, ready, say_got, serve

args = arguments()
with zmq.Context() as context, open_socket(context, zmq.REQ, args) as socket:
    ready(socket)

    def ask(frames):
        socket.send_multipart(frames)
        say_got(socket.recv_multipart())

    serve(socket, on_send=ask)
