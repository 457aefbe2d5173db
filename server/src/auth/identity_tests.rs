use proptest::prelude::*;

use super::*;

const NOW: i64 = 1_795_231_200;

fn tenant() -> TenantId {
    TenantId::parse("shop").unwrap()
}

fn key(id: &str, secret: &str) -> IdentityKey {
    IdentityKey {
        id: id.to_owned(),
        secret: secret.as_bytes().to_vec(),
    }
}

fn claims() -> Claims {
    Claims {
        customer: CustomerName::parse("u-17").unwrap(),
        issued_s: NOW,
        expires_s: NOW + 3_600,
        vouched: Vouched {
            name: SubjectLine::parse("Zoë Client").ok(),
            email: Email::parse("zoe@example.test").ok(),
            attributes: [("plan".to_owned(), "gold".to_owned())].into(),
        },
    }
}

fn part(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

fn jwt(key: &IdentityKey, header: &Value, payload: &Value) -> String {
    let signed = format!("{}.{}", part(header), part(payload));
    let tag = mac(key, &signed).finalize().into_bytes();
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(tag))
}

fn header() -> Value {
    json!({"alg": "HS256", "typ": "JWT", "kid": "k1"})
}

fn payload() -> Value {
    json!({"aud": "shop", "sub": "u-17", "iat": NOW, "exp": NOW + 3_600, "name": "Zoë Client",
        "email": "zoe@example.test", "plan": "gold"})
}

#[test]
fn both_forms_say_the_same() {
    let key = key("k1", "mik_secret");
    let ours = sign(&key, &tenant(), &claims());
    let theirs = jwt(&key, &header(), &payload());
    for token in [&ours, &theirs] {
        assert_eq!(
            verify(token, &tenant(), std::slice::from_ref(&key), NOW),
            Ok(claims()),
            "{token}"
        );
    }
}

#[test]
fn the_key_is_that_which_is_named_and_a_retired_one_is_none() {
    let (old, new) = (key("k1", "one"), key("k2", "two"));
    let token = sign(&old, &tenant(), &claims());
    let ok = |keys: &[IdentityKey]| verify(&token, &tenant(), keys, NOW).is_ok();
    assert!(ok(&[new.clone(), old.clone()]));
    assert!(!ok(std::slice::from_ref(&new)), "replayed after the rotation");
    assert!(!ok(&[]));
    // Another key under the name of the first one.
    assert!(!ok(&[key("k1", "two")]));
    // Without a name, each good key is tried.
    let unnamed = jwt(&new, &json!({"alg": "HS256"}), &payload());
    assert!(verify(&unnamed, &tenant(), &[old, new], NOW).is_ok());
}

#[test]
fn what_is_not_the_sites_word_is_refused() {
    let key = key("k1", "mik_secret");
    let keys = std::slice::from_ref(&key);
    let good = sign(&key, &tenant(), &claims());
    let refused = |token: &str, why: &str| assert!(verify(token, &tenant(), keys, NOW).is_err(), "{why}: {token}");
    for wrong in [
        "",
        ".",
        "..",
        "v1..",
        "v1.e30.",
        "null",
        &good[1..],
        &good[..good.len() - 1],
        &good[..20],
    ] {
        refused(wrong, "missing, empty or truncated");
    }
    refused(&format!("{good}."), "more parts");
    refused(&format!("{good}="), "padded");
    refused(&format!(" {good}"), "blank");
    refused(&"a.b.".repeat(2_000), "long");
    for header in [
        json!({"alg": "none"}),
        json!({"alg": "None", "kid": "k1"}),
        json!({"alg": "HS384", "kid": "k1"}),
        json!({"alg": "RS256", "kid": "k1"}),
        json!({"alg": "hs256", "kid": "k1"}),
        json!({"kid": "k1"}),
        json!({"alg": "HS256", "kid": "k2"}),
        json!({"alg": "HS256", "kid": "k1", "crit": ["exp"]}),
        json!({"alg": "HS256", "kid": "k1", "typ": "JWE"}),
    ] {
        refused(&jwt(&key, &header, &payload()), &header.to_string());
    }
    // Without a signature at all.
    let unsigned = format!("{}.{}.", part(&json!({"alg": "none"})), part(&payload()));
    refused(&unsigned, "unsigned");
    let with = |name: &str, value: Value| {
        let mut payload = payload();
        payload[name] = value;
        jwt(&key, &header(), &payload)
    };
    let without = |name: &str| {
        let mut payload = payload();
        payload.as_object_mut().unwrap().remove(name);
        jwt(&key, &header(), &payload)
    };
    for name in ["exp", "iat", "sub", "aud"] {
        refused(&without(name), name);
    }
    for (name, value) in [
        ("aud", json!("other")),
        ("aud", json!(["other"])),
        ("aud", json!([])),
        ("tenant", json!("other")),
        ("sub", json!("")),
        ("sub", json!("a b")),
        ("sub", json!(17)),
        ("exp", json!(NOW - 61)),
        ("exp", json!(NOW)),
        ("exp", json!("tomorrow")),
        ("iat", json!(NOW + 61)),
        ("nbf", json!(NOW + 61)),
        ("exp", json!(1e300)),
    ] {
        refused(&with(name, value.clone()), &format!("{name}: {value}"));
    }
    for (name, value) in [
        ("aud", json!(["other", "shop"])),
        ("tenant", json!("shop")),
        ("nbf", json!(NOW + 59)),
        ("exp", json!(NOW as f64 + 3_600.5)),
        ("picture", json!({"not": "shown"})),
    ] {
        assert!(
            verify(&with(name, value.clone()), &tenant(), keys, NOW).is_ok(),
            "{name}: {value}"
        );
    }
}

#[test]
fn clocks_may_differ_by_a_minute() {
    let key = key("k1", "mik_secret");
    let token = sign(&key, &tenant(), &claims());
    let at = |now| verify(&token, &tenant(), std::slice::from_ref(&key), now).is_ok();
    assert!(at(NOW - 60) && at(NOW + 3_659));
    assert!(!at(NOW - 61) && !at(NOW + 3_660));
}

#[test]
fn what_cannot_be_shown_is_left_out() {
    let key = key("k1", "mik_secret");
    let mut odd = payload();
    odd["name"] = json!("two\nlines");
    odd["email"] = json!("nobody");
    odd["attributes"] = json!({"plan": "a\u{7}b", "seats": 3, "vip": true, "": "x", "list": [1]});
    odd["plan"] = json!("x".repeat(501));
    let said = verify(&jwt(&key, &header(), &odd), &tenant(), &[key], NOW)
        .unwrap()
        .vouched;
    assert_eq!((said.name, said.email), (None, None));
    let wanted = [("seats", "3"), ("vip", "yes")].map(|(key, value)| (key.to_owned(), value.to_owned()));
    assert_eq!(said.attributes, wanted.into());
}

proptest! {
    #[test]
    fn no_changed_letter_is_taken(at in 0usize..400, letter in "[A-Za-z0-9._-]") {
        let key = key("k1", "mik_secret");
        let good = sign(&key, &tenant(), &claims());
        let mut bytes = good.clone().into_bytes();
        let at = at % bytes.len();
        bytes[at] = letter.as_bytes()[0];
        let changed = String::from_utf8(bytes).unwrap();
        prop_assume!(changed != good);
        prop_assert!(verify(&changed, &tenant(), &[key], NOW).is_err());
    }

    #[test]
    fn no_text_breaks_the_reader(text in ".{0,200}") {
        let _ = verify(&text, &tenant(), &[key("k1", "x")], NOW);
    }
}

/// What the examples for sites sign is what is taken here.
#[test]
fn the_examples_sign_what_is_taken() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/examples/identity/");
    let key = key("k1", "mik_secret");
    for (program, file, more) in [
        ("python3", "sign.py", &["Zoë Client", "zoe@example.test"][..]),
        ("sh", "sign.sh", &[]),
    ] {
        let ran = std::process::Command::new(program)
            .arg(format!("{folder}{file}"))
            .args(["shop", "k1", "u-17"])
            .args(more)
            .env("MINICOM_IDENTITY_SECRET", "mik_secret")
            .env("MINICOM_NOW", NOW.to_string())
            .output()
            .unwrap();
        let token = String::from_utf8(ran.stdout).unwrap();
        let said = verify(token.trim(), &tenant(), std::slice::from_ref(&key), NOW);
        let said = said.unwrap_or_else(|why| panic!("{file}: {why}: {}", String::from_utf8_lossy(&ran.stderr)));
        assert_eq!((said.customer.as_str(), said.expires_s), ("u-17", NOW + 600));
        assert_eq!(said.vouched.name.is_some(), !more.is_empty());
    }
}
