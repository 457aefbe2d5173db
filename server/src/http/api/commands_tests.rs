//! Whatever the sockets' commands can do, the API can: each command has a route, or a reason here why it has none. A new command
//! does not compile until somebody has said which.

use minicom_protocol::command::{AgentCommand, CustomerCommand};
use serde_json::Value;

/// Where a command is in the API.
#[derive(Clone, Copy)]
enum Place {
    /// A method and a path of the description, without [`super::BASE`].
    Route(&'static str, &'static str),
    /// Not in the API, for this reason.
    Nowhere(&'static str),
}
use Place::{Nowhere, Route};

/// The places of all commands of an enum: the match has no arm for what is not named.
macro_rules! places {
    ($name:ident of $command:ident: $($variant:ident => $place:expr;)*) => {
        fn $name() -> Vec<(&'static str, Place)> {
            let _named: fn(&$command) -> Place = |command| match command {
                $($command::$variant { .. } => $place,)*
            };
            vec![$((stringify!($variant), $place)),*]
        }
    };
}

places! { by_agents of AgentCommand:
    Post => Route("post", "/messages");
    TakeOver => Route("post", "/sessions/{id}/accept");
    TakeNext => Route("post", "/queue/next");
    HandBack => Route("post", "/sessions/{id}/hand-back");
    Close => Route("post", "/sessions/{id}/close");
    MarkSeen => Route("post", "/sessions/{id}/seen");
    Assign => Route("post", "/sessions/{id}/assign");
    Transfer => Route("post", "/sessions/{id}/transfer");
    Snooze => Route("post", "/sessions/{id}/snooze");
    Wake => Route("post", "/sessions/{id}/wake");
    Note => Route("post", "/sessions/{id}/notes");
    Tag => Route("post", "/sessions/{id}/tags");
    SetSubject => Route("post", "/sessions/{id}/subject");
    SetPriority => Route("post", "/sessions/{id}/priority");
    EditLine => Route("patch", "/sessions/{id}/messages/{message_id}");
    WithdrawLine => Route("delete", "/sessions/{id}/messages/{message_id}");
    BlankLine => Route("post", "/sessions/{id}/messages/{message_id}/blank");
    ConvertToTicket => Route("post", "/sessions/{id}/convert-to-ticket");
    ChangeTicket => Route("patch", "/tickets/{number}");
    CommentTicket => Route("post", "/tickets/{number}/comments");
    SetIntent => Route("post", "/presence");
    MarkMentionsRead => Route("post", "/mentions/read");
    DescribeCustomer => Route("patch", "/customers/{id}");
    BlockCustomer => Route("post", "/customers/{id}/block");
    UnblockCustomer => Route("post", "/customers/{id}/unblock");
    MergeCustomers => Route("post", "/customers/{id}/merge");
    SaveReply => Route("patch", "/canned-responses/{id}");
    DeleteReply => Route("delete", "/canned-responses/{id}");
    SaveArticle => Route("patch", "/articles/{id}");
    DeleteArticle => Route("delete", "/articles/{id}");
    SaveGroup => Route("patch", "/groups/{id}");
    DeleteGroup => Route("delete", "/groups/{id}");
    SetAgent => Nowhere("skills and capacity are changed with the account, not from a conversation");
    Configure => Route("patch", "/settings");
}

places! { by_customers of CustomerCommand:
    Post => Route("post", "/public/message");
    Start => Route("post", "/public/start");
    Introduce => Nowhere("`public/start` introduces; later it is a part of a live talk");
    SetSubject => Nowhere("`public/start` names it; later it is a part of a live talk");
    EditLine => Nowhere("a minute is too short for who comes by requests: it is a part of a live talk");
    WithdrawLine => Nowhere("a minute is too short for who comes by requests: it is a part of a live talk");
    Rate => Route("post", "/public/session/{id}/rating");
    RequestHuman => Route("post", "/public/session/{id}/human");
    Close => Route("post", "/public/session/{id}/close");
    MarkSeen => Route("post", "/public/session/{id}/seen");
    Consent => Nowhere("`public/start` takes the text that was agreed to as its `consent`");
    RevokeDevice => Nowhere("devices are those of customers with a name: it is a part of a live talk");
    Forget => Nowhere("whoever has no name ends with the key; others say it in a live talk");
}

#[test]
fn every_command_has_a_route_or_a_reason() {
    let (_, description) = super::routes().split_for_parts();
    let description = serde_json::to_value(&description).unwrap();
    for (command, place) in by_agents().into_iter().chain(by_customers()) {
        match place {
            Route(method, path) => {
                let operation = &description["paths"][format!("{}{path}", super::BASE)][method];
                assert!(
                    matches!(operation, Value::Object(_)),
                    "{command}: there is no {method} {path}"
                );
            }
            Nowhere(why) => assert!(why.len() > 20, "{command}"),
        }
    }
}
