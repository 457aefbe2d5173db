#!/usr/bin/env python3
"""A small customer's client, written from docs/protocol.md alone. It needs Python 3.9 and nothing else.

    minicom_client.py ws://127.0.0.1:8000 NAME FOLDER [--until N] [--cut-after N] [LINE ...]

Sends the lines, prints each line of the thread once as JSON, and goes on after every cut from where it was: the secret, the
cursor and what is not answered yet are files in FOLDER. `--until N` ends it when it knows N lines of the thread,
`--cut-after N` cuts its own connection without a word after so many frames, to show that nothing is lost or doubled.
"""
import argparse, base64, json, os, random, secrets, socket, struct, time, uuid
from urllib.parse import quote, urlsplit


class Cut(Exception):
    """The connection is gone."""


class Socket:
    """As much of RFC 6455 as is needed: text, ping, close."""

    def __init__(self, url):
        at = urlsplit(url)
        self.tcp = socket.create_connection((at.hostname, at.port or 80), timeout=10)
        key = base64.b64encode(secrets.token_bytes(16)).decode()
        self.tcp.sendall((f"GET {at.path} HTTP/1.1\r\nHost: {at.netloc}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                          f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n").encode())
        self.bytes = b""
        while b"\r\n\r\n" not in self.bytes:
            self.more()
        head, self.bytes = self.bytes.split(b"\r\n\r\n", 1)
        if b" 101 " not in head.split(b"\r\n")[0]:
            raise Cut(head.split(b"\r\n")[0].decode())

    def more(self):
        try:
            read = self.tcp.recv(65536)
        except socket.timeout:
            raise
        except OSError as error:
            raise Cut(str(error))
        if not read:
            raise Cut("closed")
        self.bytes += read

    def take(self, count):
        while len(self.bytes) < count:
            self.more()
        taken, self.bytes = self.bytes[:count], self.bytes[count:]
        return taken

    def send(self, frame, kind=1):
        data = frame if kind != 1 else json.dumps(frame).encode()
        mask = secrets.token_bytes(4)
        size = len(data)
        head = bytes([0x80 | kind])
        if size < 126:
            head += bytes([0x80 | size])
        elif size < 65536:
            head += bytes([0xFE]) + struct.pack(">H", size)
        else:
            head += bytes([0xFF]) + struct.pack(">Q", size)
        try:
            self.tcp.sendall(head + mask + bytes(b ^ mask[i % 4] for i, b in enumerate(data)))
        except OSError as error:
            raise Cut(str(error))

    def receive(self):
        """The next frame of the protocol; None when nothing came for a while."""
        text = b""
        while True:
            if not self.bytes:
                try:
                    self.more()
                except socket.timeout:
                    return None
            first, second = self.take(2)
            size = second & 0x7F
            if size == 126:
                size = struct.unpack(">H", self.take(2))[0]
            elif size == 127:
                size = struct.unpack(">Q", self.take(8))[0]
            data = self.take(size)
            kind = first & 0x0F
            if kind == 8:
                raise Cut("closed")
            if kind == 9:
                self.send(data, 10)
            elif kind in (0, 1):
                text += data
                if first & 0x80:
                    return json.loads(text)


def keep(path, value):
    """Writes a file as a whole, on the disk before it has its name."""
    with open(path + ".new", "w") as file:
        os.fchmod(file.fileno(), 0o600)
        json.dump(value, file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(path + ".new", path)


def kept(path, otherwise):
    try:
        with open(path) as file:
            return json.load(file)
    except FileNotFoundError:
        return otherwise


class Client:
    def __init__(self, arguments):
        self.arguments = arguments
        os.makedirs(arguments.folder, exist_ok=True)
        self.path = lambda name: os.path.join(arguments.folder, name)
        # The secret is on the disk before it is ever sent.
        self.secret = kept(self.path("secret"), None)
        if self.secret is None:
            self.secret = secrets.token_hex(32)
            keep(self.path("secret"), self.secret)
        state = kept(self.path("state"), {"cursor": None, "lines": 0})
        self.cursor, self.lines = state["cursor"], state["lines"]
        # What was not answered yet is sent again, under its own id; what is new comes behind it.
        self.outbox = kept(self.path("outbox"), [])
        self.outbox += [{"id": str(uuid.uuid4()), "command": {"do": "post", "text": text}} for text in arguments.line]
        keep(self.path("outbox"), self.outbox)
        self.frames_left = arguments.cut_after

    def tell(self, event):
        """A line of the thread, once: positions only go forward."""
        if event["seq"] <= (self.cursor or {"at": 0})["at"]:
            return
        self.cursor = {"at": event["seq"], "mark": event["mark"]}
        if event["kind"] == "chat.message.new":
            self.lines += 1
            words = "".join(part.get("text", part.get("fallback", "")) for part in event["data"].get("parts", []))
            print(json.dumps({"seq": event["seq"], "sender": event["data"]["sender"], "text": words}), flush=True)

    def remember(self, cursor):
        self.cursor = cursor
        keep(self.path("state"), {"cursor": self.cursor, "lines": self.lines})

    def done(self):
        return not self.outbox and self.lines >= self.arguments.until

    def talk(self):
        wire = Socket(f"{self.arguments.server}/ws/chat/{quote(self.arguments.name, safe='')}")
        hello = {"type": "hello", "version": 1, "client": "minicom_client.py 1", "secret": self.secret}
        if self.cursor:
            hello["cursor"] = self.cursor
        wire.send(hello)
        newest, ping = None, 20.0
        while True:
            frame = wire.receive()
            if frame is None:
                wire.send({"type": "ping", "n": 1})
                continue
            kind = frame["type"]
            if kind == "welcome":
                newest, ping = frame["cursor"], frame["ping_after_ms"] / 1000
                wire.tcp.settimeout(ping)
                if frame["resumed"]:
                    self.resend(wire)
            elif kind == "snapshot":
                # Afresh. What was printed before is not printed again: positions are the thread's.
                for event in frame["data"].get("events", []):
                    self.tell(event)
                if frame["last"]:
                    self.remember(newest)
                    self.resend(wire)
            elif kind == "batch":
                if frame["from"] != self.cursor["at"]:
                    self.remember(None)
                    raise Cut("a range that does not join")
                for event in frame["events"]:
                    self.tell(event)
                self.remember({"at": frame["to"], "mark": frame["mark"]})
            elif kind == "answer":
                self.answer(wire, frame)
            elif kind == "bye":
                if not frame["retryable"]:
                    raise SystemExit(f"the server says: {json.dumps(frame)}")
                time.sleep(frame.get("retry_after_ms", 0) / 1000)
                raise Cut("bye")
            if self.done():
                wire.send(struct.pack(">H", 1000), 8)
                return
            self.count(wire)

    def resend(self, wire):
        for command in self.outbox:
            wire.send({"type": "command", **command})

    def answer(self, wire, frame):
        if frame["outcome"] == "refused" and frame["refusal"]["retryable"]:
            # No answer: in order, all again.
            time.sleep(frame["refusal"].get("retry_after_ms", 500) / 1000)
            raise Cut("refused for now")
        if frame["outcome"] == "refused":
            print(json.dumps({"refused": frame["refusal"]["code"]}), flush=True)
        self.outbox = [it for it in self.outbox if it["id"] != frame["id"]]
        keep(self.path("outbox"), self.outbox)

    def count(self, wire):
        if self.frames_left is None:
            return
        self.frames_left -= 1
        if self.frames_left <= 0:
            self.frames_left = None
            wire.tcp.close()
            raise Cut("on purpose")

    def run(self):
        wait = 0.5
        while True:
            began = time.monotonic()
            try:
                return self.talk()
            except (Cut, OSError):
                if time.monotonic() - began > 10:
                    wait = 0.5
                time.sleep(random.uniform(0, wait))
                wait = min(wait * 2, 30)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("server")
    parser.add_argument("name")
    parser.add_argument("folder")
    parser.add_argument("line", nargs="*")
    parser.add_argument("--until", type=int, default=0)
    parser.add_argument("--cut-after", type=int)
    Client(parser.parse_args()).run()
