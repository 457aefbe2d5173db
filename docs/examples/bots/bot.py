#!/usr/bin/env python3
"""A bot in ten lines: a question a line comes in, an answer a line goes out."""
import json, sys

for line in sys.stdin:
    question = json.loads(line)
    answer = {"id": question["id"]}
    if "open" in question["text"].lower():
        answer["reply"] = f"We are open from 9 to 17, {question['customer'] or 'friend'}."
    else:
        answer.update(handoff="I am passing you to a person.", reason="not about when we are open")
    print(json.dumps(answer), flush=True)
