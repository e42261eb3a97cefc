"""A PUSH ventilator: hands out what it is told to."""

import zmq
from common import arguments, open_socket, ready, serve

args = arguments()
with zmq.Context() as context, open_socket(context, zmq.PUSH, args) as socket:
    ready(socket)
    serve(socket, on_send=socket.send_multipart)
