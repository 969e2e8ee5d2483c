//! Those of the shared attack cases that an engine alone cannot judge, through the router: logout in both bindings, answers in
//! a query, answers that come twice, and states that want to lead elsewhere. The others are run in the crate `saml`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, COOKIE, SET_COOKIE};
use axum::http::{Request, StatusCode};
use data_encoding::{BASE64, BASE64_MIME};
use sekisho_config::field::Field;
use sekisho_fault::Code;
use sekisho_saml::codes as saml;
use sekisho_signin::codes;
use serde_json::Value;

use crate::idp::{ACS, ENTITY, IDP, SP};
use crate::world::{Left, Reply, World, applied, vault_login};

const ORIGIN: &str = "https://sso.example.com:8443";
const SLO: &str = "https://sso.example.com:8443/sso-connect/saml/logout";
const PATH: &str = "/sso-connect/saml/sso";
const LOGOUT: &str = "/sso-connect/saml/logout";

/// Logout messages, and what each is refused as; none: it is taken.
static LOGOUTS: [(&str, Option<Code>); 19] = [
    ("slo-ok-post-signed", None),
    ("slo-ok-redirect-signed", None),
    ("slo-unsigned-post", Some(saml::UNSIGNED)),
    ("slo-evil-key-post", Some(saml::SIGNATURE)),
    ("slo-wrong-issuer", Some(saml::ISSUER)),
    ("slo-expired", Some(saml::EXPIRED)),
    ("slo-wrong-destination", Some(saml::DESTINATION)),
    ("slo-tampered-nameid", Some(saml::DIGEST)),
    ("slo-xsw", Some(saml::SHAPE)),
    ("slo-redirect-unsigned", Some(saml::UNSIGNED)),
    ("slo-redirect-evil-key", Some(saml::SIGNATURE)),
    ("slo-redirect-hmac", Some(saml::ALGORITHM)),
    ("slo-redirect-sigalg-empty", Some(saml::ALGORITHM)),
    ("slo-redirect-request-swapped", Some(saml::SIGNATURE)),
    ("slo-redirect-duplicate-param", Some(saml::SHAPE)),
    ("slo-redirect-embedded-sig-only", Some(saml::UNSIGNED)),
    ("slo-sha1-redirect", Some(saml::ALGORITHM)),
    ("slo-bad-xxe", Some(saml::NOT_XML)),
    ("slo-response-unsolicited", Some(codes::NO_LOGOUT)),
];

/// The cases as files, made anew for one request.
struct Cases {
    folder: PathBuf,
    manifest: Vec<Value>,
}

impl Cases {
    /// None where the generator or its libraries are missing.
    fn make(folder: &Path, request: &str) -> Option<Self> {
        let above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
        let script = above.map(|at| at.join("shared/vectors/gen_attacks.py")).find(|script| script.exists())?;
        let ready = Command::new("/usr/bin/python3").args(["-c", "import lxml, cryptography"]).status();
        if !ready.is_ok_and(|status| status.success()) {
            return None;
        }
        fs::write(folder.join("idp.key"), pem("PRIVATE KEY", &IDP.pkcs8())).unwrap();
        fs::write(folder.join("idp.crt"), pem("CERTIFICATE", IDP.certificate())).unwrap();
        for (name, key) in [("evil", "rsa:2048"), ("sp", "rsa:2048"), ("ec", "ec:")] {
            let key = key.replace("ec:", "ec -pkeyopt ec_paramgen_curve:prime256v1");
            let line =
                format!("req -x509 -newkey {key} -nodes -keyout {name}.key -out {name}.crt -days 2 -subj /CN={name}");
            run(Command::new("openssl").args(line.split(' ')).current_dir(folder));
        }
        let arguments = format!(
            "--key idp.key --cert idp.crt --evil-key evil.key --evil-cert evil.crt --sp-cert sp.crt --ec-key ec.key \
             --ec-cert ec.crt --acs {ACS} --slo {SLO} --audience {SP} --issuer {ENTITY} --victim alice@example.com \
             --legit mallory@example.com --irt {request} --out out"
        );
        run(Command::new("/usr/bin/python3").arg(script).args(arguments.split_whitespace()).current_dir(folder));
        let out = folder.join("out");
        let manifest: Value = serde_json::from_slice(&fs::read(out.join("manifest.json")).unwrap()).unwrap();
        Some(Self { manifest: manifest["cases"].as_array().unwrap().clone(), folder: out })
    }

    fn file(&self, name: &str) -> String {
        fs::read_to_string(self.folder.join(name)).unwrap().trim_end().to_owned()
    }

    fn of(&self, is: impl Fn(&Value) -> bool) -> Vec<&Value> {
        self.manifest.iter().filter(|case| is(case)).collect()
    }
}

fn run(command: &mut Command) {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn pem(label: &str, der: &[u8]) -> String {
    let lines = BASE64_MIME.encode(der).replace('\r', "");
    format!("-----BEGIN {label}-----\n{lines}-----END {label}-----\n")
}

/// A world whose time is now, because the cases are of now.
fn world() -> World {
    let world = World::new();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    world.pass(i64::try_from(now).unwrap() - world.now());
    let attributes =
        [(Field::AttributeEmail, "email"), (Field::AttributeFirst, "firstName"), (Field::AttributeLast, "lastName")];
    world.face.apply(Some(applied(&attributes)));
    world
}

async fn posted(world: &World, path: &str, body: String, cookie: &str) -> Reply {
    let request = Request::post(path).header(CONTENT_TYPE, "application/x-www-form-urlencoded").header(COOKIE, cookie);
    world.send(request.body(Body::from(body)).unwrap()).await
}

async fn answered(world: &World, left: &Left, message: &str) -> Reply {
    world.post(PATH, &[("SAMLResponse", message), ("RelayState", &left.handle)], &[("cookie", &left.cookie)]).await
}

#[tokio::test]
async fn the_shared_cases_that_need_a_server_are_refused_by_their_code_and_lead_nowhere() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("shared-cases");
    fs::create_dir_all(&folder).unwrap();
    let world = world();
    let left = world.leave(&vault_login()).await;
    let Some(cases) = Cases::make(&folder, &left.id) else {
        println!("the shared cases or their generator's libraries are not here; the project's own cases stand alone");
        return;
    };
    let logouts = cases.of(|case| case["endpoint"] == "slo");
    assert_eq!(logouts.len(), LOGOUTS.len());
    for case in logouts {
        a_logout(&world, &cases, case).await;
    }
    let in_query = cases.of(|case| case["endpoint"] == "acs" && case["binding"] == "redirect");
    assert_eq!(in_query.len(), 2);
    for case in in_query {
        let query = cases.file(case["query_file"].as_str().unwrap());
        // One of them is longer than an address can be, and never gets so far.
        let Ok(request) = Request::get(format!("{PATH}?{query}")).body(Body::empty()) else { continue };
        assert_eq!(world.send(request).await.status, StatusCode::METHOD_NOT_ALLOWED, "{case}");
    }
    let states = cases.of(|case| case["class"] == "relaystate");
    assert_eq!(states.len(), 16);
    for case in states {
        a_relay_state(&world, &cases, case, &left.cookie).await;
    }
    let reply = posted(&world, PATH, cases.file("param-duplicated.body"), &left.cookie).await;
    assert!(reply.status.is_client_error(), "{}", reply.status);
    the_replays(&world, &cases, &left).await;
}

async fn a_logout(world: &World, cases: &Cases, case: &Value) {
    let name = case["name"].as_str().unwrap();
    let (_, code) = LOGOUTS.iter().find(|(known, _)| *known == name).unwrap_or_else(|| panic!("{name} is new"));
    let reply = if let Some(file) = case["query_file"].as_str() {
        world.get(&format!("{LOGOUT}?{}", cases.file(file))).await
    } else {
        let message = cases.file(&format!("{name}.param"));
        world.post(LOGOUT, &[(case["param"].as_str().unwrap(), &message), ("reposted", "1")], &[]).await
    };
    match code {
        None => {
            let told = reply.headers.get("location").is_some_and(|at| at.to_str().unwrap().starts_with(ENTITY));
            assert!(told || reply.body.contains(ENTITY), "{name}: {} {:?}", reply.status, world.refusal());
        }
        Some(code) => {
            assert!(reply.status.is_client_error(), "{name}: {} {}", reply.status, reply.body);
            assert_eq!(world.refusal().as_ref(), Some(code), "{name}");
        }
    }
}

async fn a_relay_state(world: &World, cases: &Cases, case: &Value, cookie: &str) {
    let (name, state) = (case["name"].as_str().unwrap(), case["relay_state"].as_str().unwrap());
    let message = cases.file(&format!("{name}.param"));
    let fields = [("SAMLResponse", message.as_str()), ("RelayState", state)];
    let reply = world.post(PATH, &fields, &[("cookie", cookie)]).await;
    let location = reply.headers.get("location").map(|at| at.to_str().unwrap());
    let ours = |at: &str| at.starts_with(&format!("{ORIGIN}/")) || (at.starts_with('/') && !at.starts_with("//"));
    assert!(location.is_none_or(ours), "{name}: {location:?}");
    assert!(reply.headers.get_all(SET_COOKIE).iter().all(|cookie| !cookie.as_bytes().starts_with(b"a=b")), "{name}");
    assert!(!reply.body.contains("<script>alert") && !reply.body.contains("href=\"//evil"), "{name}: {}", reply.body);
    let actions = reply.body.split("action=\"").skip(1).filter_map(|rest| rest.split('"').next());
    assert!(actions.into_iter().all(ours), "{name}: {}", reply.body);
}

async fn the_replays(world: &World, cases: &Cases, left: &Left) {
    let same = cases.file("replay-same-response.param");
    // What is written to be sent before this one has lost its assertion; so this one comes first, in two envelopes.
    let enveloped = cases.file("replay-new-response-same-assertion.param");
    for (once, again) in [(same.clone(), same), (enveloped.clone(), in_another_envelope(&enveloped))] {
        let first = answered(world, left, &once).await;
        assert!(first.location().starts_with(&format!("{ORIGIN}/vault/#code=")), "{:?}", world.refusal());
        let second = answered(world, left, &again).await;
        // The vault page is told of it, and gets a number but no code.
        assert!(second.location().starts_with("/vault/#error="), "{}", second.location());
        assert_eq!(world.refusal(), Some(codes::REPLAY));
    }
}

fn in_another_envelope(message: &str) -> String {
    let xml = String::from_utf8(BASE64.decode(message.as_bytes()).unwrap()).unwrap();
    BASE64.encode(xml.replacen(" ID=\"_", " ID=\"_another", 1).as_bytes())
}
