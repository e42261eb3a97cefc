"""Checks an MCAP file against the specification (https://mcap.dev/spec), with nothing but Python's standard library and none of our code.

Prints one line of JSON: what is in the file. Exits with 1 and a sentence on the first thing that is not as specified.
Chunks packed with zstd or lz4 are unpacked by the programs of these names; `unread` counts those for which there is none.
"""

import json
import shutil
import struct
import subprocess
import sys
import zlib

MAGIC = b"\x89MCAP0\r\n"
HEADER, FOOTER, SCHEMA, CHANNEL, MESSAGE, CHUNK, MESSAGE_INDEX, CHUNK_INDEX = range(1, 9)
STATISTICS, METADATA, METADATA_INDEX, SUMMARY_OFFSET, DATA_END = 0x0B, 0x0C, 0x0D, 0x0E, 0x0F


def must(holds, what):
    if not holds:
        sys.exit(f"not as specified: {what}")


class Fields:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, size):
        must(self.at + size <= len(self.data), "a field ends past its record")
        self.at += size
        return self.data[self.at - size : self.at]

    def number(self, kind):
        return struct.unpack("<" + kind, self.take(struct.calcsize(kind)))[0]

    def text(self):
        return self.take(self.number("I")).decode("utf-8")

    def pairs(self, key, value):
        inner = Fields(self.take(self.number("I")))
        found = []
        while inner.at < len(inner.data):
            found.append((key(inner), value(inner)))
        return found

    def end(self, what):
        must(self.at == len(self.data), f"bytes behind the last field of a {what}")


def records(data, start, end):
    """(opcode, offset, content, offset behind it) of each record."""
    at = start
    while at < end:
        must(at + 9 <= end, "a record's head is cut off")
        opcode, length = data[at], struct.unpack_from("<Q", data, at + 1)[0]
        must(at + 9 + length <= end, "a record ends past its place")
        yield opcode, at, data[at + 9 : at + 9 + length], at + 9 + length
        at += 9 + length


def u16(fields):
    return fields.number("H")


def u64(fields):
    return fields.number("Q")


def schema(content):
    fields = Fields(content)
    number = u16(fields)
    fields.text(), fields.text(), fields.take(fields.number("I"))
    fields.end("schema")
    must(number != 0, "a schema has number 0")
    return number


def channel(content):
    fields = Fields(content)
    number, of = u16(fields), u16(fields)
    topic, encoding = fields.text(), fields.text()
    names = [name for name, _ in fields.pairs(Fields.text, Fields.text)]
    fields.end("channel")
    must(len(names) == len(set(names)), "a key stands twice in a channel's metadata")
    return number, of, topic, encoding


def unpack(compression, packed):
    if compression == "":
        return packed
    must(compression in ("zstd", "lz4"), f"a chunk is packed with {compression!r}")
    if shutil.which(compression) is None:
        return None
    done = subprocess.run([compression, "-d", "-c"], input=packed, capture_output=True, check=False)
    must(done.returncode == 0, f"{compression} cannot unpack a chunk")
    return done.stdout


def check(data):
    must(data[:8] == MAGIC, "no magic at the beginning")
    must(data[-8:] == MAGIC, "no magic at the end")
    tail = len(data) - 8 - 29
    must(data[tail] == FOOTER and struct.unpack_from("<Q", data, tail + 1)[0] == 20, "no footer in front of the last magic")
    summary, offsets, crc = struct.unpack_from("<QQI", data, tail + 9)
    must(8 < summary <= offsets <= tail, "the footer's offsets are out of place")
    must(crc == zlib.crc32(data[summary : tail + 25]), "the summary's CRC is wrong")

    schemas, channels, chunks, indexes, metadata = {}, {}, {}, {}, {}
    counts, total, unread, times, previous, last_chunk = {}, 0, 0, [], None, None

    def learn(opcode, content):
        if opcode == SCHEMA:
            number = schema(content)
            must(schemas.setdefault(number, content) == content, f"two different schemas have number {number}")
        else:
            number, of, _, _ = channel(content)
            must(of == 0 or of in schemas, f"channel {number} comes before its schema")
            must(channels.setdefault(number, content) == content, f"two different channels have number {number}")

    for opcode, at, content, end in records(data, 8, summary):
        must((previous is None) == (opcode == HEADER), "the header does not stand first, or not once")
        must(previous != DATA_END, "something stands between the end of the data and the summary")
        fields = Fields(content)
        if opcode == HEADER:
            fields.text(), fields.text(), fields.end("header")
        elif opcode in (SCHEMA, CHANNEL):
            learn(opcode, content)
        elif opcode == CHUNK:
            first, last, size, total_crc, compression = u64(fields), u64(fields), u64(fields), fields.number("I"), fields.text()
            packed = fields.take(u64(fields))
            fields.end("chunk")
            chunks[at] = (first, last, end - at, compression, len(packed), size)
            last_chunk, indexes[at] = at, {}
            inside = unpack(compression, packed)
            if inside is None:
                unread += 1
                previous = opcode
                continue
            must(len(inside) == size, "a chunk's size is wrong")
            must(total_crc in (0, zlib.crc32(inside)), "a chunk's CRC is wrong")
            found = {}
            for inner, offset, record, _ in records(inside, 0, len(inside)):
                must(inner in (SCHEMA, CHANNEL, MESSAGE), f"record {inner:#x} in a chunk")
                if inner != MESSAGE:
                    learn(inner, record)
                    continue
                number, _, time = struct.unpack_from("<HIQ", record)
                must(number in channels, f"a message comes before its channel {number}")
                found.setdefault(number, []).append((time, offset))
                times.append(time)
            stamps = [time for entries in found.values() for time, _ in entries] or [0]
            must((first, last) == (min(stamps), max(stamps)), "a chunk's times are not those of its messages")
            chunks[at] += (found,)
        elif opcode == MESSAGE_INDEX:
            must(previous in (CHUNK, MESSAGE_INDEX), "a message index without its chunk")
            number = u16(fields)
            entries = fields.pairs(u64, u64)
            fields.end("message index")
            must(number not in indexes[last_chunk], "two indexes of one channel in a chunk")
            indexes[last_chunk][number] = (at, end, entries)
            counts[number] = counts.get(number, 0) + len(entries)
            total += len(entries)
        elif opcode == METADATA:
            name = fields.text()
            fields.pairs(Fields.text, Fields.text)
            fields.end("metadata record")
            metadata[at] = (end - at, name)
        elif opcode == DATA_END:
            sum_of_data = fields.number("I")
            must(sum_of_data in (0, zlib.crc32(data[:at])), "the data's CRC is wrong")
        else:
            must(False, f"record {opcode:#x} in the data")
        previous = opcode
    must(previous == DATA_END, "the data has no end")

    for at, chunk in chunks.items():
        if len(chunk) == 7:
            must({n: sorted(e[2]) for n, e in indexes[at].items()} == {n: sorted(e) for n, e in chunk[6].items()}, "message indexes do not find the messages")

    groups, again, listed, found_metadata, statistics = [], {SCHEMA: set(), CHANNEL: set()}, set(), set(), None
    for opcode, at, content, end in records(data, summary, offsets):
        if not groups or groups[-1][0] != opcode:
            must(opcode not in [group[0] for group in groups], "a group of the summary is in two pieces")
            groups.append([opcode, at, 0])
        groups[-1][2] = end - groups[-1][1]
        fields = Fields(content)
        if opcode in (SCHEMA, CHANNEL):
            known = schemas if opcode == SCHEMA else channels
            number = u16(fields)
            must(unread > 0 or known.get(number) == content, "the summary tells of something else than the data")
            again[opcode].add(number)
        elif opcode == STATISTICS:
            statistics = [fields.number(kind) for kind in "QHIIIIQQ"] + [dict(fields.pairs(u16, u64))]
            fields.end("statistics record")
        elif opcode == CHUNK_INDEX:
            first, last, where, length = (u64(fields) for _ in range(4))
            places = dict(fields.pairs(u16, u64))
            index_length, compression, packed, size = u64(fields), fields.text(), u64(fields), u64(fields)
            fields.end("chunk index")
            must(where in chunks and chunks[where][:6] == (first, last, length, compression, packed, size), "a chunk index tells of another chunk")
            must(places == {n: e[0] for n, e in indexes[where].items()}, "a chunk index does not find the message indexes")
            must(index_length == sum(e[1] - e[0] for e in indexes[where].values()), "a chunk index has a wrong length of indexes")
            listed.add(where)
        elif opcode == METADATA_INDEX:
            where, length, name = u64(fields), u64(fields), fields.text()
            must(metadata.get(where) == (length, name), "a metadata index tells of another record")
            found_metadata.add(where)
        else:
            must(False, f"record {opcode:#x} in the summary")
    must(listed == set(chunks), "chunks are missing in the index")
    must(found_metadata == set(metadata), "metadata records are missing in the index")
    if unread == 0:
        must(again[SCHEMA] == set(schemas) and again[CHANNEL] == set(channels), "schemas or channels are missing in the summary")
        must(total == len(times), "not every message is in an index")
        must(statistics[6:8] == ([min(times), max(times)] if times else [0, 0]), "the statistics' times are wrong")
    must(statistics[:6] == [total, len(again[SCHEMA]), len(again[CHANNEL]), 0, len(metadata), len(chunks)], "the statistics are wrong")
    must(statistics[8] == counts, "the statistics' counts are wrong")
    said = []
    for opcode, at, content, _ in records(data, offsets, tail):
        must(opcode == SUMMARY_OFFSET, "something else among the summary offsets")
        said.append(list(struct.unpack("<BQQ", content)))
    must(said == groups, "the summary offsets do not find the groups")
    return {"messages": total, "channels": len(again[CHANNEL]), "chunks": len(chunks), "metadata": len(metadata), "unread": unread}


with open(sys.argv[1], "rb") as file:
    print(json.dumps(check(file.read())))
