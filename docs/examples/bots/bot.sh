#!/bin/sh
# A bot in ten lines: a question a line comes in, an answer a line goes out.
while read -r line; do
  id=$(printf '%s' "$line" | sed 's/^{"id":\([0-9]*\).*/\1/')
  case $line in
    *'"text":"'*open*) answer='"reply":"We are open from 9 to 17."' ;;
    *'"text":"'*broken*) answer='"handoff":"I am sorry. A person will look at it.","reason":"something is broken"' ;;
    *) answer='"reply":"I only know when we are open. Type \"human\" for a person."' ;;
  esac
  printf '{"id":%s,%s}\n' "$id" "$answer"
done
