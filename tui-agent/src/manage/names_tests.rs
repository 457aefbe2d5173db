use minicom_protocol::{people::AgentRef, people::Role, staff::Intent, text::DisplayName};

use super::*;

fn staff(names: &[&str]) -> Staff {
    let agents = names.iter().enumerate().map(|(n, name)| StaffMember {
        agent: AgentRef {
            id: AgentId::from_bytes([n as u8 + 1; 16]),
            name: DisplayName::parse(name).unwrap(),
        },
        role: Role::Agent,
        enabled: true,
        skills: vec![],
        capacity: None,
        intent: Intent::Available,
    });
    Staff {
        agents: agents.collect(),
        groups: vec![],
    }
}

#[test]
fn an_agent_is_found_by_name_or_id() {
    let staff = staff(&["Ada", "Bo", "bo", "Cy", "Cy"]);
    let check = |word: &str, expected: Result<u8, &str>| match (by_name(&staff, word), expected) {
        (Ok(found), Ok(n)) => assert_eq!(found.agent.id, AgentId::from_bytes([n; 16]), "{word}"),
        (Err(failure), Err(words)) => {
            assert_eq!(failure.code, exit::USAGE);
            assert!(failure.words.contains(words), "{failure}");
        }
        (found, _) => panic!("{word}: {found:?}"),
    };
    check("Ada", Ok(1));
    check(" ada ", Ok(1));
    check("bo", Ok(3));
    check("Bo", Ok(2));
    check("04040404-0404-0404-0404-040404040404", Ok(4));
    check("BO", Err("2 agents are called BO. Say which, by its id: 02020202"));
    check("Cy", Err("05050505-0505-0505-0505-050505050505"));
    check("Adda", Err("There is no agent Adda. Did you mean Ada?"));
    check(
        "Zoe\u{1b}[2J",
        Err("There is no agent Zoe␛[2J. See:  minicom-agent agents"),
    );
}
