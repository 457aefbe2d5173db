//! The story of one conversation, as far as figures need it, and how an event goes on with it. Besides ids, times and tags there is
//! nothing in it: no name and no text.

use minicom_protocol::{
    event::{Author, Deadline, Event, EventBody, Lateness, Target},
    ids::{AgentId, GroupId, Time},
    stage::Closer,
    words::Tag,
};
use serde::{Deserialize, Serialize};

use super::{
    Changes, Hour, Of,
    tally::{Count, Tally, TimeOf, count_of_reason, count_of_stars},
};

/// Where a conversation stands, in as few words as figures need.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
enum At {
    #[default]
    #[serde(rename = "b")]
    Bot,
    #[serde(rename = "q")]
    Queue,
    #[serde(rename = "p")]
    Person,
}

/// What is kept of a conversation. The names are short: there is one for each conversation there ever was.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
struct Story {
    #[serde(rename = "o")]
    opened: Time,
    #[serde(rename = "s")]
    at: At,
    /// Who owns it, or owned it last.
    #[serde(rename = "a", default, skip_serializing_if = "Option::is_none")]
    owner: Option<AgentId>,
    /// Since when it counts as queued.
    #[serde(rename = "q", default, skip_serializing_if = "Option::is_none")]
    queued: Option<Time>,
    #[serde(rename = "d", default, skip_serializing_if = "Option::is_none")]
    respond_by: Option<Deadline>,
    #[serde(rename = "f", default, skip_serializing_if = "Option::is_none")]
    first_response: Option<Time>,
    /// Whether it is counted as answered in time, or not.
    #[serde(rename = "j", default, skip_serializing_if = "std::ops::Not::not")]
    judged: bool,
    /// The group that it was last given to.
    #[serde(rename = "g", default, skip_serializing_if = "Option::is_none")]
    group: Option<GroupId>,
    #[serde(rename = "t", default, skip_serializing_if = "Vec::is_empty")]
    tags: Vec<Tag>,
    #[serde(rename = "c", default, skip_serializing_if = "Option::is_none")]
    closed: Option<Time>,
}

/// A conversation's story, and all that was counted of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Kept {
    story: Story,
    facts: Tally,
}

impl Kept {
    /// As it is stored: the story, the counts, the durations.
    ///
    /// # Errors
    /// It cannot be written as JSON.
    pub fn encode(&self) -> Result<(String, Vec<u8>, Vec<u8>), serde_json::Error> {
        let (counts, times) = self.facts.encode();
        Ok((serde_json::to_string(&self.story)?, counts, times))
    }

    /// All that was counted of it, and the group that it was last given to.
    pub fn into_facts(self) -> (Tally, Option<GroupId>) {
        (self.facts, self.story.group)
    }

    /// What was stored.
    ///
    /// # Errors
    /// The story is not what [`Kept::encode`] gives.
    pub fn decode(story: &str, facts: Tally) -> Result<Kept, serde_json::Error> {
        let story = serde_json::from_str(story)?;
        Ok(Kept { story, facts })
    }
}

/// One event of a conversation: goes on with its story, and notes what it changes. An event of a conversation whose beginning is not
/// known counts for the desk and its agents alone.
pub fn fold(kept: &mut Option<Kept>, event: &Event, changes: &mut Changes) {
    if let (EventBody::Opened(_), None) = (&event.body, &kept) {
        *kept = Some(Kept {
            story: Story {
                opened: event.time,
                at: At::Bot,
                owner: None,
                queued: None,
                respond_by: None,
                first_response: None,
                judged: false,
                group: None,
                tags: vec![],
                closed: None,
            },
            facts: Tally::default(),
        });
    }
    let mut teller = Teller {
        kept: kept.as_mut(),
        now: event.time,
        changes,
    };
    teller.tell(&event.body);
}

/// Goes on with a story.
struct Teller<'a> {
    kept: Option<&'a mut Kept>,
    now: Time,
    changes: &'a mut Changes,
}

impl Teller<'_> {
    fn tell(&mut self, body: &EventBody) {
        match body {
            EventBody::Opened(_) => self.changes.at(Of::Desk, Hour::of(self.now)).count(Count::Opened),
            EventBody::Posted(it) => self.line(&it.author),
            EventBody::TakenOver(it) => {
                self.note(Some(it.agent.id), |it| it.count(Count::Taken));
                self.own(it.agent.id);
            }
            EventBody::Transferred(it) => {
                self.note(Some(it.by.id), |it| it.count(Count::Transferred));
                match &it.to {
                    Target::Agent { agent } => self.own(agent.id),
                    Target::Group { group } => self.queue(Some(group.id)),
                    Target::Queue => self.queue(None),
                }
            }
            EventBody::HandedBack(it) => {
                self.note(Some(it.agent.id), |it| it.count(Count::HandedBack));
                if let Some(kept) = &mut self.kept {
                    let story = &mut kept.story;
                    (story.at, story.queued, story.respond_by, story.group) = (At::Bot, None, None, None);
                }
            }
            EventBody::HumanRequested(it) => {
                let slot = count_of_reason(it.reason);
                self.note(None, |it| it.add(slot, 1));
                if let Some(kept) = &mut self.kept {
                    kept.story.respond_by = it.respond_by.or(kept.story.respond_by);
                }
                self.queue(None);
            }
            EventBody::Requeued(it) => {
                self.note(Some(it.agent.id), |it| it.count(Count::Requeued));
                self.queue(None);
            }
            EventBody::PriorityChanged(it) => {
                if let Some(kept) = &mut self.kept {
                    kept.story.respond_by = it.respond_by;
                }
            }
            EventBody::Closed(it) => self.close(&it.by),
            EventBody::TagsChanged(it) => self.tag(&it.tags),
            EventBody::Ticketed(it) => self.note(Some(it.agent.id), |it| it.count(Count::Tickets)),
            EventBody::Rated(it) => {
                let slot = it.score.map_or(Count::NotRated as u16, count_of_stars);
                let owner = self.kept.as_ref().and_then(|it| it.story.owner);
                self.note(owner, |it| it.add(slot, 1));
            }
            EventBody::Seen(_)
            | EventBody::Snoozed(_)
            | EventBody::Woken(_)
            | EventBody::Noted(_)
            | EventBody::LineChanged(_)
            | EventBody::SubjectChanged(_)
            | EventBody::Erased(_)
            | EventBody::CustomerChanged(_)
            | EventBody::CustomersMerged(_)
            | EventBody::AgentChanged(_)
            | EventBody::MentionsRead(_)
            | EventBody::GroupChanged(_)
            | EventBody::GroupDeleted(_)
            | EventBody::SettingsChanged(_)
            | EventBody::ReplyChanged(_)
            | EventBody::ReplyDeleted(_)
            | EventBody::ArticleChanged(_)
            | EventBody::ArticleDeleted(_)
            | EventBody::TicketChanged(_)
            | EventBody::Unknown(_) => {}
        }
    }

    /// Something is counted: for the desk, for whoever did it, and for the conversation, with which it goes to its group and tags
    /// when it ends, or at once if it has.
    fn note(&mut self, agent: Option<AgentId>, count: impl Fn(&mut Tally)) {
        let hour = Hour::of(self.now);
        count(self.changes.at(Of::Desk, hour));
        if let Some(agent) = agent {
            count(self.changes.at(Of::Agent(agent), hour));
        }
        let Some(kept) = &mut self.kept else { return };
        count(&mut kept.facts);
        if let Some(closed) = kept.story.closed {
            let hour = Hour::of(closed);
            if let Some(group) = kept.story.group {
                count(self.changes.at(Of::Group(group), hour));
            }
            for tag in &kept.story.tags {
                count(self.changes.at(Of::Tag(tag.clone()), hour));
            }
        }
    }

    fn line(&mut self, author: &Author) {
        let (agent, what) = match author {
            Author::Customer => (None, Count::LinesCustomer),
            Author::Bot => (None, Count::LinesBot),
            Author::Agent { agent } => (Some(agent.id), Count::LinesAgent),
            Author::System => (None, Count::LinesSystem),
        };
        self.note(agent, |it| it.count(what));
        let (Some(agent), Some(kept)) = (agent, &mut self.kept) else {
            return;
        };
        let story = &mut kept.story;
        if story.first_response.is_none() {
            story.first_response = Some(self.now);
            let waited = self.now.since(story.queued.unwrap_or(story.opened)) / 1_000;
            let judged = story.respond_by.map(|it| it.lateness(Some(self.now), self.now));
            story.judged = judged.is_some();
            self.note(Some(agent), |it| {
                it.time(TimeOf::FirstResponse, waited);
                if let Some(lateness) = judged {
                    it.count(of_lateness(lateness));
                }
            });
        }
    }

    /// Into the queue. The first time there is kept, until the bot has it again.
    fn queue(&mut self, group: Option<GroupId>) {
        if let Some(kept) = &mut self.kept {
            let story = &mut kept.story;
            story.queued.get_or_insert(self.now);
            story.at = At::Queue;
            story.group = group;
        }
    }

    fn own(&mut self, agent: AgentId) {
        let Some(kept) = &mut self.kept else { return };
        let story = &mut kept.story;
        let first = story.owner.is_none();
        (story.at, story.owner) = (At::Person, Some(agent));
        if first {
            let waited = self.now.since(story.queued.unwrap_or(story.opened)) / 1_000;
            self.note(Some(agent), |it| it.time(TimeOf::Wait, waited));
        }
    }

    fn close(&mut self, by: &Closer) {
        let closer = match by {
            Closer::Agent { agent } => Some(agent.id),
            Closer::Customer | Closer::System => None,
        };
        let Some(kept) = &mut self.kept else {
            return self.note(closer, |it| it.count(Count::Closed));
        };
        let story = &mut kept.story;
        let took = self.now.since(story.opened) / 1_000;
        let (at, ever_owned) = (story.at, story.owner.is_some());
        let answered = story.first_response.unwrap_or(self.now);
        let judged = match (story.judged, story.respond_by) {
            (false, Some(deadline)) => Some(deadline.lateness(Some(answered), self.now)),
            _ => None,
        };
        story.judged |= judged.is_some();
        // It is whoever's who has it; what nobody has is the closer's.
        let whose = story.owner.filter(|_| at == At::Person).or(closer);
        self.note(whose, |it| {
            it.count(Count::Closed);
            if ever_owned {
                it.time(TimeOf::Resolution, took);
            }
            if let Some(lateness) = judged {
                it.count(of_lateness(lateness));
            }
            match at {
                At::Bot if !ever_owned => it.count(Count::ResolvedByBot),
                At::Queue if closer.is_none() => it.count(Count::Abandoned),
                At::Bot | At::Queue | At::Person => {}
            }
        });
        let Some(kept) = &mut self.kept else { return };
        kept.story.closed = Some(self.now);
        let hour = Hour::of(self.now);
        if let Some(group) = kept.story.group {
            self.changes.at(Of::Group(group), hour).merge(&kept.facts, 1);
        }
        for tag in &kept.story.tags {
            self.changes.at(Of::Tag(tag.clone()), hour).merge(&kept.facts, 1);
        }
    }

    /// After the end, what was counted of the conversation goes to where it belongs now.
    fn tag(&mut self, tags: &[Tag]) {
        let Some(kept) = &mut self.kept else { return };
        let before = std::mem::replace(&mut kept.story.tags, tags.to_vec());
        let Some(closed) = kept.story.closed else { return };
        let moves = [(&before, tags, -1), (&tags.to_vec(), &before[..], 1)];
        for (some, others, times) in moves {
            for tag in some.iter().filter(|it| !others.contains(it)) {
                let of = Of::Tag(tag.clone());
                self.changes.at(of, Hour::of(closed)).merge(&kept.facts, times);
            }
        }
    }
}

fn of_lateness(lateness: Lateness) -> Count {
    match lateness {
        Lateness::Late => Count::SlaMissed,
        Lateness::InTime | Lateness::LateSoon => Count::SlaMet,
    }
}
