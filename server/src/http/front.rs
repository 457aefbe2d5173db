//! `GET /`: for somebody who opens the address in a browser.

/// Names the programs and what else there is.
#[utoipa::path(get, path = "/", tag = "pages", security(()), responses((status = 200, body = String, description = "In words")))]
pub async fn page() -> &'static str {
    "This is a Minicom server: support chat for the terminal.\n\
     \n\
     minicom-chat NAME    asks for help\n\
     minicom-agent        answers\n\
     \n\
     GET  /api/conversation/{customer_id}   a customer's thread (the customer's secret or an agent's token)\n\
     GET  /api/agent/dashboard              all conversations (an agent's token)\n\
     POST /api/agent/takeover               take a conversation over (an agent's token)\n\
     POST /api/agent/login                  get a token\n\
     GET  /api/v1/docs                      the whole API, to read and to try\n\
     GET  /healthz, /readyz                 for machinery\n"
}
