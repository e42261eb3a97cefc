"""A pyzmq recv loop, told what to do in lines as the benchmark's other parts are (part.ts)."""

import json
import sys
import threading
import time

import zmq


class Receiver:
    def open(self, _):
        self.count = 0
        self.context = zmq.Context()
        socket = self.context.socket(zmq.PULL)
        socket.linger = 0
        port = socket.bind_to_random_port("tcp://127.0.0.1")
        threading.Thread(target=self.read, args=(socket,), daemon=True).start()
        return {"port": port}

    def read(self, socket):
        """Counts in hundreds, so that counting costs next to nothing."""
        recv = socket.recv
        hundred = range(100)
        try:
            while True:
                for _ in hundred:
                    recv()
                self.count += 100
        except zmq.ContextTerminated:
            socket.close()

    def measure(self, window):
        time.sleep(window["warm"] / 1000)
        began, cpu, count = time.perf_counter(), time.process_time(), self.count
        time.sleep(window["ms"] / 1000)
        return {
            "messages": self.count - count,
            "ms": (time.perf_counter() - began) * 1e3,
            "cpu": (time.process_time() - cpu) * 1e6,
        }

    def close(self, _):
        self.context.term()
        return {}


receiver = Receiver()
for line in sys.stdin:
    command = json.loads(line)
    print(json.dumps(getattr(receiver, command["do"])(command)), flush=True)
