#!/usr/bin/env bash
# The whole desk in tmux: the server's log, an agent, two customers. Everything lives in a throw-away folder and on a free
# port; when the session is closed, no process is left and the folder is gone.
#
#   ./demo.sh           opens it
#   ./demo.sh --check   plays the story with real key presses and compares what the panes show
#   ./demo.sh --record FILE   plays it slowly and records it, for asciinema and other players of its format
#   ./demo.sh --story   prints the story's steps
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

say() { printf '%s\n' "$*"; }
fail() {
    printf 'demo: %s\n' "$*" >&2
    exit 1
}

mode=open
case ${1-} in
'') ;;
--check) mode=check ;;
--record)
    mode=record
    [ $# -eq 2 ] || fail "--record wants the file to write; see ./demo.sh --help"
    recording=$2
    ;;
--story)
    sed -n 's/^step "\(.*\)"$/\1/p' "${BASH_SOURCE[0]}"
    exit 0
    ;;
-h | --help)
    sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "${BASH_SOURCE[0]}"
    exit 0
    ;;
*) fail "unknown option $1; see ./demo.sh --help" ;;
esac

command -v cargo >/dev/null || fail "cargo is missing. Install Rust 1.95 or later, then run ./demo.sh again."
command -v tmux >/dev/null || fail "tmux is missing. Install it (Debian and Ubuntu: apt install tmux; macOS: brew install tmux), then run ./demo.sh again."

say "Building (the first time takes some minutes) ..."
(cd "$here" && cargo build --locked --quiet -p minicom-server -p minicom-tui-agent -p minicom-tui-customer)
[ "$mode" != record ] || (cd "$here" && cargo build --locked --quiet -p minicom-e2e --bin minicom-record)
bin=${CARGO_TARGET_DIR:-$here/target}/debug

# --- a throw-away desk -------------------------------------------------------------------------------------------

folder=$(mktemp -d "${TMPDIR:-/tmp}/minicom-demo.XXXXXX")
data=$folder/data
socket=$folder/tmux
unset TMUX MINICOM_SERVER MINICOM_DATA MINICOM_STATE MINICOM_CONFIG
tm() { tmux -S "$socket" -f /dev/null "$@"; }

# Ends what was started here, by its id, and nothing else.
cleanup() {
    trap - EXIT INT TERM HUP
    local panes pid
    panes=$(tm list-panes -a -F '#{pane_pid}' 2>/dev/null || true)
    tm kill-server 2>/dev/null || true
    for pid in $panes $(server_pid); do
        wait_gone "$pid"
    done
    rm -rf "$folder"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

server_pid() { sed -n 's/.*"pid": *\([0-9]*\).*/\1/p' "$data/server.json" 2>/dev/null || true; }
server_address() { sed -n 's/.*"address": *"\([^"]*\)".*/\1/p' "$data/server.json" 2>/dev/null || true; }

wait_gone() {
    local tries=0
    while kill -0 "$1" 2>/dev/null; do
        tries=$((tries + 1))
        [ $tries -ne 100 ] || kill -TERM "$1" 2>/dev/null || true
        [ $tries -lt 200 ] || { kill -KILL "$1" 2>/dev/null || true; return; }
        sleep 0.05
    done
}

# Waits until a command succeeds; the pause is only between looks.
until_true() {
    local tries=0
    until "$@"; do
        tries=$((tries + 1))
        [ $tries -lt 400 ] || return 1
        sleep 0.05
    done
}


listen=127.0.0.1:0
address=
server_command() { printf '%q ' "$bin/minicom-server" serve --data "$data" --listen "$listen" --admin-name Ada; }
agent_command() { printf '%q ' "$bin/minicom-agent" --server "http://$address" --data "$data" --state "$folder/ada" --log "$folder/ada.log"; }
chat_command() { printf '%q ' "$bin/minicom-chat" "$1" --server "http://$address" --state "$folder/customers" --log "$folder/$1.log"; }
manage() { "$bin/minicom-agent" --server "http://$address" --data "$data" --state "$folder/setup" "$@"; }
bo() { "$bin/minicom-agent" --server "http://$address" --state "$folder/bo" "$@"; }
one_shot() { "$bin/minicom-chat" "$@" --server "http://$address" --state "$folder/customers"; }

# A second agent with an account of his own: added while the server runs, then signed in by password.
add_bo() {
    local password
    password=$(od -An -tx1 -N16 /dev/urandom | tr -d ' \n')
    printf '%s\n' "$password" | "$bin/minicom-server" agent add bo@desk.test --name Bo --data "$data" --password-stdin >/dev/null
    printf '%s\n' "$password" | bo login --email bo@desk.test --password-stdin >/dev/null
}

write_helpers() {
    printf '#!/usr/bin/env bash\nexec %s\n' "$(printf '%q ' "$bin/minicom-agent" --server "http://$address" --state "$folder/bo" --log "$folder/bo.log")" >"$folder/second-agent"
    printf '#!/usr/bin/env bash\nexec %s\n' "$(chat_command alice)" >"$folder/second-alice"
    chmod +x "$folder/second-agent" "$folder/second-alice"
}

# Starts the server in the first pane, waits until it answers, and puts some conversations into its history.
start_desk() {
    local columns=$1 rows=$2
    tm new-session -d -s minicom -n desk -x "$columns" -y "$rows" "exec $(server_command)" ||
        fail "tmux could not start a session"
    tm set-option -g default-terminal tmux-256color
    tm set-option -g mouse off
    tm set-option -g status-left ''
    tm set-option -g status-right ' Ctrl-b A second agent | Ctrl-b C second alice | Ctrl-b d ends the demo '
    tm set-option -g status-right-length 100
    tm set-option -g pane-border-status top
    tm set-option -g pane-border-format ' #{@label} '
    tm set-option -p -t minicom:desk.0 remain-on-exit on
    label minicom:desk.0 "server"
    until_true answers || fail "the server did not start: $(tm capture-pane -p -t minicom:desk.0 | sed '/^$/d' | tail -n 3)"
    address=$(server_address)
    listen=$address
    write_helpers
    tm bind-key A new-window -n agent-bo "$folder/second-agent"
    tm bind-key C new-window -n alice-2 "$folder/second-alice"
    one_shot carol -m "What are your opening hours?" >/dev/null
    printf '/end\n' | one_shot carol --plain >/dev/null
    one_shot dora -m "How much is delivery?" >/dev/null
    one_shot erin -m "My parcel has not arrived. Can I speak to a person?" >/dev/null
    fill_desk
}

# What a desk has after some days: saved replies and articles, somebody urgent who needs a skill, somebody put aside with a note
# and a ticket, one customer with Ada, and one with her colleague.
fill_desk() {
    manage group save billing >/dev/null
    manage reply import "$here"/docs/examples/replies/* >/dev/null
    manage article import "$here/docs/examples/articles" >/dev/null
    one_shot frank --name "Frank Meyer" --subject "Rechnung 991" --priority high --skill german -m "Can I speak to a person, please?" >/dev/null
    one_shot gina --name "Gina Costa" --email gina@example.test --subject "wrong colour" -m "A person please" >/dev/null
    printf '%s\n' '/open gina' '/take' 'I have asked the warehouse; they answer tomorrow.' \
        '/note The warehouse has no red ones left.' '/tag +warehouse' '/ticket' '/snooze tomorrow 9:00' |
        manage --plain >/dev/null
    one_shot ivy --subject "change of address" -m "A person please" >/dev/null
    printf '%s\n' '/open ivy' '/take' 'Where do you live now?' | manage --plain >/dev/null
    add_bo
    one_shot hugo --subject "delivery to Norway" --priority low -m "A person please" >/dev/null
    printf '%s\n' '/open hugo' '/take' 'We deliver there on Thursdays.' | bo --plain >/dev/null
}

# The same, for what may well not come true.
until_true_soon() {
    local tries=0
    until "$@"; do
        tries=$((tries + 1))
        [ $tries -lt 10 ] || return 1
        sleep 0.05
    done
}

answers() { [ -n "$(server_address)" ] && (exec 3<>"/dev/tcp/${1:-127.0.0.1}/$(server_address | sed 's/.*://')") 2>/dev/null; }

attached() { [ -n "$(tm list-clients 2>/dev/null)" ]; }

label() { tm set-option -p -t "$1" @label "$2"; }

# The agent on the left, the customers on the right, the server's log below.
open_panes() {
    local columns=$1 rows=$2
    tm split-window -t minicom:desk.0 -v -b -l $((rows - 10)) "exec $(agent_command)"
    if [ "$columns" -ge 140 ]; then
        tm split-window -t minicom:desk.0 -h -l $((columns * 2 / 5)) "exec $(chat_command alice)"
        tm split-window -t minicom:desk.1 -v "exec $(chat_command bob)"
    else
        tm split-window -t minicom:desk.0 -h "exec $(chat_command alice)"
        tm split-window -t minicom:desk.1 -v "exec $(chat_command bob)"
    fi
    label minicom:desk.0 "minicom-agent (Ada)"
    label minicom:desk.1 "minicom-chat alice"
    label minicom:desk.2 "minicom-chat bob"
    tm select-pane -t minicom:desk.1
}

if [ "$mode" = open ]; then
    [ -t 0 ] && [ -t 1 ] || fail "this is no terminal to open the demo in; ./demo.sh --check needs none"
    read -r rows columns < <(stty size)
    start_desk "$columns" "$rows"
    open_panes "$columns" "$rows"
    say "Inside: Ctrl-b and an arrow goes to another pane. Ctrl-b d ends the demo."
    say "A second agent:           Ctrl-b A, or in another terminal  $folder/second-agent"
    say "A second window of alice: Ctrl-b C, or in another terminal  $folder/second-alice"
    tm attach-session -t minicom || true
    say "The demo is over; its folder is gone."
    exit 0
fi

# --- the story -----------------------------------------------------------------------------------------------------

agent=minicom:desk.0 alice=minicom:desk.1 bob=minicom:desk.2 server=minicom:desk.3
number=0 current=

step() {
    passed
    number=$((number + 1))
    current=$1
    [ "$mode" = record ] || return 0
    tm set-option -g status-left " $number. $1 "
    sleep 2
}

passed() {
    [ -z "$current" ] || printf 'ok %2d  %s\n' "$number" "$current"
    current=
}

broken() {
    printf 'NOT OK %d  %s\n%s\n' "$number" "$current" "$1" >&2
    for pane in $agent $alice $bob $server; do
        printf -- '--- %s\n' "$pane" >&2
        tm capture-pane -p -t "$pane" >&2 || true
    done
    for log in "$folder"/*.log; do
        printf -- '--- %s\n' "$log" >&2
        tail -n 20 "$log" >&2 || true
    done
    exit 1
}

shows() { tm capture-pane -p -t "$1" | grep -aqE -- "$2"; }
# Waits until a pane shows a pattern, or no longer shows it.
sees() { until_true shows "$1" "$2" || broken "$1 does not show: $2"; }
lacks() { ! shows "$1" "$2"; }
sees_no() { until_true lacks "$1" "$2" || broken "$1 still shows: $2"; }
# How often a pane shows a text.
times() { [ "$(tm capture-pane -p -t "$1" | grep -acE -- "$2")" = "$3" ]; }
sees_times() { until_true times "$1" "$2" "$3" || broken "$1 does not show $3 times: $2"; }

# The selected row of the agent's list.
selected() { tm capture-pane -p -t "$1" | grep -a -m 1 '^›' | sed 's/│.*//'; }
moved() { [ "$(selected "$1")" != "$2" ]; }

# Moves in the agent's list, row by row, to a customer, opening folded sections on the way, and from there to the composer.
pick() {
    local pane=$1 name=$2 row moves=0
    until_true escaped "$pane" || broken "$pane does not go to the list"
    row=$(selected "$pane")
    case $row in *" $name "*) return ;; esac
    presses "$pane" g
    until_true_soon moved "$pane" "$row" || true
    while :; do
        row=$(selected "$pane")
        case $row in
        *" $name "*) break ;;
        *'[+]'*) presses "$pane" Space ;;
        *) presses "$pane" j ;;
        esac
        until_true moved "$pane" "$row" || true
        moves=$((moves + 1))
        [ $moves -lt 60 ] || broken "$pane has no row of $name"
    done
}
# Esc closes what is open, then goes to the latest line, then to the list.
escaped() { in_list "$1" || { presses "$1" Escape; until_true_soon in_list "$1"; }; }
in_list() { shows "$1" "j down|n next"; }

stop_server() {
    local pid
    pid=$(server_pid)
    kill -TERM "$pid"
    wait_gone "$pid"
}
respawn_server() {
    rm -f "$data/server.json"
    tm respawn-pane -k -t $server "exec $(server_command)"
    until_true answers || broken "the server did not come back"
}

# In a recording people type as people do; else all at once.
types() {
    [ "$mode" = record ] || { tm send-keys -t "$1" -l -- "$2"; return; }
    local rest=$2
    while [ -n "$rest" ]; do
        tm send-keys -t "$1" -l -- "${rest:0:1}"
        rest=${rest:1}
        sleep 0.04
    done
    sleep 0.4
}
presses() {
    local pane=$1
    shift
    tm send-keys -t "$pane" "$@"
    [ "$mode" != record ] || sleep 0.3
}
writes() { types "$1" "$2"; presses "$1" Enter; }

say "Playing the story ..."
start_desk 200 60
open_panes 200 60
if [ "$mode" = record ]; then
    tm set-option -g status-left-length 150
    tm set-option -g status-right ''
    "$bin/minicom-record" --columns 200 --rows 61 --title "A desk in a terminal" "$folder/walk.cast" -- \
        "$(command -v tmux)" -S "$socket" attach-session -r -t minicom &
    recorder=$!
    until_true attached || fail "the recording did not begin"
fi

step "Everything is there: the agent is signed in, the customers are connected, some conversations are saved"
sees $server 'connected session'
sees $agent 'Ada'
sees $agent 'live'
sees $agent 'erin .*WAIT'
sees $agent 'dora .*bot'
sees $agent 'DONE 1'
sees $agent 'frank .*WAIT'
sees $agent 'SNOOZED 1'
sees $agent 'ivy .*you'
sees $agent 'OTHERS 1'
sees $alice 'No messages yet'
sees $alice 'live'
sees $bob 'live'

step "alice writes: Hello, I need help"
writes $alice 'Hello, I need help'
sees $alice 'you +Hello, I need help'
sees $alice 'bot +Hello alice'

step "The agent sees alice by her event, with the badge of the bot"
sees $agent 'alice .*bot'

step "alice writes: human please. She is in the queue and told her place"
writes $alice 'human please'
sees $alice 'A person has been asked for'
sees $alice 'You are number 3 in the queue'
sees $agent 'alice .*WAIT'

step "The agent looks at alice: the whole history, customer, bot and system lines; looking takes nothing over"
pick $agent alice
sees $agent 'alice +Hello, I need help'
sees $agent 'bot +Hello alice'
sees $agent 'asked for a person'
sees $agent 'Enter takes over'
sees $alice 'You are number 3 in the queue'

step "Ctrl-T takes over: the badge turns to the agent, and alice's header says who is with her"
presses $agent t
presses $agent i
sees $agent 'alice .*you'
sees $alice 'Ada is with you'

step "The agent and alice write to each other; each line shows in both, in order, and the bot is silent"
writes $agent 'Hi Alice, Ada here. What is your order number?'
sees $alice 'Ada +Hi Alice, Ada here'
writes $alice 'thanks, it is 48213'
sees $agent 'alice +thanks, it is 48213'
writes $agent 'One moment please.'
sees $alice 'One moment please'
writes $alice 'hello again'
sees $agent 'alice +hello again'
sees_times $alice ' bot ' 2

step "A second window of alice shows the same thread, live; bob has his own"
tm new-window -d -t minicom: -n alice-2 "$folder/second-alice"
alice2=minicom:alice-2.0
sees $alice2 'hello again'
sees $alice2 'Ada is with you'
writes $alice2 'written in the second window'
sees $alice 'written in the second window'
writes $bob 'hi, this is bob'
sees $bob 'bot +Hello bob'
sees_no $bob 'second window'
sees_no $alice 'this is bob'

step "A second agent follows live; of two who take over one wins, the other is told who and keeps the text"
tm new-window -d -t minicom: -n agent-bo "$folder/second-agent"
bo=minicom:agent-bo.0
sees $bo 'Bo'
sees $bo 'live'
pick $bo alice
sees $bo 'hello again'
presses $bo i
writes $bo 'I can do this one'
sees $bo 'Ada has this conversation'
sees $bo 'I can do this one'
sees_no $alice 'I can do this one'
presses $bo C-c

step "Handed back, the bot answers again"
presses $agent F4
sees $agent 'alice .*bot'
sees $alice 'The assistant'
writes $alice 'what are your opening hours?'
sees $alice 'bot +I am here at all hours'

step "Done: the conversation closes, alice is told, and her next line opens a new one in the same thread"
presses $agent C-t
sees $agent 'alice .*you'
presses $agent F9
sees $agent 'undo'
sees $alice 'This chat has ended'
sees $agent 'DONE'
writes $alice 'one more question'
sees $alice 'bot +Hello alice'
sees $agent 'alice .*bot'
presses $alice PPage
sees $alice 'opening hours'
presses $alice End

step "kill -9 of the server while people write: clients say so, keep the text, come back, and nothing is lost or doubled"
kill -9 "$(server_pid)"
writes $alice 'written while the server was dead'
sees $alice 'reconnecting|offline'
sees $agent 'reconnecting|offline'
types $bob 'half a sent'
respawn_server
sees $alice 'live'
sees $agent 'live'
sees $bob 'half a sent'
sees_times $alice 'written while the server was dead' 1
pick $agent alice
sees_times $agent 'alice +written while the server was dead' 1

step "Everything closed and started again: all history is there"
for pane in $alice2 $bo; do tm kill-pane -t "$pane"; done
tm respawn-pane -k -t $alice "exec $(chat_command alice)"
tm respawn-pane -k -t $agent "exec $(agent_command)"
stop_server
respawn_server
sees $alice 'written while the server was dead'
sees $agent 'live'
sees $agent 'alice'

step "Ctrl-N opens and claims what needs the agent most: two keys and the text"
writes $bob 'can I talk to a person please'
sees $bob 'number'
sees $agent 'bob .*WAIT'
presses $agent C-n
sees $agent 'mine 2'
writes $agent 'Hello, how can I help?'
sees $agent 'you +Hello, how can I help'

step "A saved reply, its hole filled as it is sent: a key to open, a digit, Enter"
pick $agent bob
presses $agent t
presses $agent i
sees $agent 'bob .*you'
types $agent '/'
sees $agent 'Saved replies'
types $agent '2'
presses $agent Enter
sees $bob 'Ada +Hello bob, this is Ada'

step "A note that only agents see, and nobody takes for a reply"
presses $agent Tab
sees $agent 'NOTE: only agents see this'
writes $agent 'he sounds upset'
sees $agent 'NOTE by you|NOTE by Ada|he sounds upset'
sees $agent 'Reply to bob'
writes $agent 'I am looking into it.'
sees $bob 'I am looking into it'
sees_no $bob 'upset'

step "Back to the queue with a word for the next one: bob is told, and keeps his place"
presses $agent F7
sees $agent 'Transfer bob'
types $agent 'queue'
presses $agent Enter
sees $agent 'next one|note'
writes $agent 'please call him back'
sees $bob 'back in the queue'
sees $agent 'bob .*WAIT'
sees_no $bob 'call him back'

step "Put aside until he writes, and there again when he does"
presses $agent C-t
sees $bob 'Ada is with you'
sees $agent 'bob .*you'
pick $agent bob
presses $agent s
sees $agent 'until bob writes'
presses $agent Enter
sees $agent 'SNOOZED 2'
writes $bob 'any news?'
sees $agent 'SNOOZED 1'
sees $agent 'bob .*you'

step "A ticket with a number, the end, and what bob says of it"
pick $agent bob
presses $agent K
sees $agent 'icket'
presses $agent Enter
sees $bob 'This is now ticket 2'
presses $agent e
sees $bob 'This chat has ended'
sees $bob 'How was it'
presses $bob 5
presses $bob Enter
sees $bob 'You say 5 of 5'
presses $bob Enter
sees $bob 'You rated this chat 5 of 5'
pick $agent bob
sees $agent 'rated this 5 of 5'
passed

if [ "$mode" = record ]; then
    sleep 2
    tm detach-client -s minicom
    wait "$recorder"
    mv "$folder/walk.cast" "$recording"
fi
say "The story holds: $number steps."
