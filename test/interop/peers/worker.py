"""A worker: takes tasks from a PULL socket and passes each on, as it is, through a PUSH socket. First endpoint in, second out."""

import zmq
from common import arguments, ready, say_got, serve

args = arguments()
source, target = args.connect
with zmq.Context() as context, context.socket(zmq.PULL) as pull, context.socket(zmq.PUSH) as push:
    push.linger = 2000
    pull.connect(source)
    push.connect(target)
    ready(pull)

    def work(frames):
        say_got(frames)
        push.send_multipart(frames)

    serve(pull, on_message=work)
