#!/usr/bin/env python3
"""Forwards to the REST channel of a Rasa server. Standard library only.

    [bot]
    program = ["python3", "/opt/minicom/rasa.py", "http://127.0.0.1:5005/webhooks/rest/webhook"]

What Rasa says is the reply, its texts a line each and its buttons as numbered lines. A person is asked for when Rasa says so by a custom
message {"handoff": true, "reason": "..."}, when it says nothing, and when it cannot be reached in time.
"""
import concurrent.futures, json, sys, threading, urllib.request

AT_ONCE = 16            # questions that wait for Rasa at a time
BYTES_MAX = 1_000_000   # of one answer
WRITING = threading.Lock()


def asked(url, question):
    """What Rasa says about a line: a list of messages."""
    # Each conversation has a story of its own.
    body = json.dumps({"sender": question["conversation"], "message": question["text"]}).encode()
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=max(question["deadline_ms"] / 1000 - 0.2, 0.1)) as answer:
        return json.loads(answer.read(BYTES_MAX))


def answered(messages):
    """The same as an answer to the desk."""
    lines = []
    for message in messages:
        custom = message.get("custom") or {}
        if custom.get("handoff"):
            words = "\n".join(lines + [message["text"]] if message.get("text") else lines)
            return {"handoff": words or True, "reason": str(custom.get("reason", "Rasa wants a person"))}
        if message.get("text"):
            lines.append(message["text"])
        lines += [f"{n}  {button['title']}" for n, button in enumerate(message.get("buttons", []), 1)]
    if not lines:
        return {"handoff": True, "reason": "Rasa said nothing"}
    return {"reply": "\n".join(lines)}


def answer(url, question):
    try:
        said = answered(asked(url, question))
    except Exception as error:  # whatever it is, a person answers
        print(f"Rasa: {type(error).__name__}", file=sys.stderr, flush=True)
        said = {"handoff": True, "reason": "Rasa did not answer"}
    with WRITING:
        print(json.dumps({"id": question["id"], **said}), flush=True)


def main():
    url = sys.argv[1]
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        for line in sys.stdin:
            pool.submit(answer, url, json.loads(line))


if __name__ == "__main__":
    main()
