//! What agents answer with again and again: saved replies and articles, and the search in them.

mod articles;
mod replies;

pub use articles::{all_articles, article, articles, is_published, published, published_articles, write_article};
pub(super) use articles::{delete_article, save_article};
pub use replies::{count_use, most_used, replies, reply, reply_by_code, reply_count};
pub(super) use replies::{delete_reply, save_reply};
