"""A publisher: sends what it is told to. An XPUB, which is a PUB on the wire, so that it can say who has subscribed to what."""

import base64

import zmq
from common import arguments, open_socket, ready, say, serve

args = arguments()
with zmq.Context() as context, open_socket(context, zmq.XPUB, args) as socket:
    ready(socket)

    def news(frames):
        word = "subscribed" if frames[0][:1] == b"\1" else "unsubscribed"
        say(**{word: base64.b64encode(frames[0][1:]).decode()})

    serve(socket, on_message=news, on_send=socket.send_multipart)
