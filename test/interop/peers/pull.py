"""A PULL sink: says what it gets, or with --quiet N only counts, says {"all": N} at the N-th, and checks that they came in order."""

import zmq
from common import arguments, open_socket, ready, say, say_got, serve

args = arguments(("--quiet", {"type": int, "default": 0}))
with zmq.Context() as context, open_socket(context, zmq.PULL, args) as socket:
    ready(socket)
    count = 0

    def take(frames):
        """With --quiet, message n (from 0) must be the text n."""
        global count
        if args.quiet == 0:
            return say_got(frames)
        if frames != [b"%d" % count]:
            say(wrong=count, instead=repr(frames))
        count += 1
        if count == args.quiet:
            say(all=count)

    serve(socket, on_message=take)
