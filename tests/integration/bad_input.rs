//! What people and sites get wrong: each gets its own sentence and exit code, as `cli/docs/bad-input.md` lists them.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests: what fails here fails the test"
)]

use integration_tests::{Ended, Esxtool, Lab};
use mocks::server::Certificate;
use mocks::{Act, Match, Role};

const VALIDATE: [&str; 2] = ["credentials", "validate"];
const ALWAYS: u32 = 1000;

fn with_account(lab: &Lab, user: &str, password: &str) -> Ended {
    lab.esxtool(VALIDATE)
        .env("ESXTOOL_USERNAME", user)
        .secret("ESXTOOL_PASSWORD", password)
        .run()
}

#[test]
fn accounts_that_are_not_let_in() {
    let lab = Lab::start("ready");
    for (user, password, sentence) in [
        (
            "expired@vsphere.local",
            "Expired!1",
            "the password of expired@vsphere.local has expired",
        ),
        (
            "locked@vsphere.local",
            "Locked!1",
            "the account 'locked@vsphere.local' is locked",
        ),
        (
            "norole@vsphere.local",
            "NoRole!1",
            "the account has no role on",
        ),
        (
            "asr@vsphere.local",
            "not-the-password",
            "refused the user name or the password of asr@vsphere.local",
        ),
        (
            "ghost@vsphere.local",
            "not-the-password",
            "refused the user name or the password of ghost@vsphere.local",
        ),
        (
            "asr",
            "Recovery!1",
            "asr has no domain: vCenter wants one, such as asr@vsphere.local",
        ),
    ] {
        with_account(&lab, user, password)
            .expect(4)
            .says([sentence, "hint:"]);
    }
}

/// Every character that XML, shells and URLs make something of, in several scripts.
const NASTY: &str = "<&>\"']]>%41%$`\\#?;\u{a0}é漢字😀";

#[test]
fn passwords_with_every_odd_character_and_of_any_length_are_taken_as_they_are() {
    let lab = Lab::start("ready");
    let user = lab.server().username();
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("password");
    for password in [
        NASTY.to_owned(),
        format!("{NASTY}{}", "x".repeat(10 * 1024)),
        format!(" {NASTY} "),
    ] {
        lab.server()
            .with_world(|world| world.accounts.add_user(&user, &password));
        with_account(&lab, &user, &password).expect(0);
        std::fs::write(&file, format!("{password}\n")).unwrap();
        let run =
            || Esxtool::new(VALIDATE).args(["--url", &lab.server().url(), "--username", &user]);
        run()
            .args(["--password-file", file.to_str().unwrap()])
            .run()
            .expect(0)
            .hides(&password);
        run()
            .arg("--password-stdin")
            .input(&password)
            .run()
            .expect(0)
            .hides(&password);
    }
}

#[test]
fn a_password_that_cannot_be_one_is_told_before_anything_is_sent() {
    let lab = Lab::start("ready");
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("password");
    let utf_16: Vec<u8> = "pässword"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    for (content, sentence) in [
        (utf_16, "is no text in UTF-8"),
        (
            "x".repeat(70_000).into_bytes(),
            "its first line is longer than 65536 bytes",
        ),
        (b"\nsecond line".to_vec(), "its first line is empty"),
    ] {
        std::fs::write(&file, content).unwrap();
        lab.esxtool(VALIDATE)
            .args(["--password-file", file.to_str().unwrap()])
            .run()
            .expect(2)
            .says([sentence]);
    }
    assert_eq!(lab.calls(), 0);
    let bell = "s3cr3t\u{7}bell";
    let ended = with_account(&lab, &lab.server().username(), bell).expect(2);
    ended
        .says(["the password holds U+0007", "hint:"])
        .hides("s3cr3t");
    assert_eq!(lab.server().call_count("Login"), 0);
}

#[cfg(unix)]
#[test]
fn a_variable_that_is_no_text_is_not_passed_over() {
    use std::os::unix::ffi::OsStringExt;
    let lab = Lab::start("ready");
    lab.esxtool(VALIDATE)
        .env(
            "ESXTOOL_PASSWORD",
            std::ffi::OsString::from_vec(b"p\xff".to_vec()),
        )
        .run()
        .expect(2)
        .says(["ESXTOOL_PASSWORD is no text in UTF-8"]);
}

#[test]
fn a_clock_that_is_a_day_off_is_warned_of() {
    for hours in [25, -25] {
        let lab = Lab::start("ready");
        lab.server()
            .with_world(|world| world.clock.advance(jiff::SignedDuration::from_hours(hours)));
        let side = if hours > 0 { "ahead of" } else { "behind" };
        let sentence = format!("the server's clock is 1 d 1 h {side} this machine's");
        lab.esxtool(VALIDATE)
            .run()
            .expect(0)
            .prints([sentence.as_str()]);
    }
}

fn with_certificate(certificate: Certificate) -> (Lab, tempfile::NamedTempFile) {
    let lab = Lab::with("ready", |builder| builder.certificate(certificate));
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), lab.server().certificate_pem().unwrap()).unwrap();
    (lab, file)
}

#[test]
fn certificates_that_have_expired_or_name_another_server() {
    for (certificate, sentence) in [
        (
            Certificate::default().valid(2019, 2020),
            "expired on 2020-01-01",
        ),
        (
            Certificate::default().valid(2090, 2095),
            "does not count before 2090-01-01",
        ),
        (
            Certificate::default().names(["vc-01.example.com", "10.1.2.3"]),
            "is made out to another name: vc-01.example.com, 10.1.2.3",
        ),
    ] {
        let (lab, file) = with_certificate(certificate);
        let authority = ["--ca-file", file.path().to_str().unwrap()];
        let ended = lab.esxtool(VALIDATE).args(authority).run().expect(3);
        ended.says([sentence, "hint:", "--thumbprint"]);
        assert_eq!(
            lab.calls(),
            0,
            "nothing may be sent to a server that is not trusted"
        );
        let thumbprint = lab.server().thumbprint().unwrap();
        lab.esxtool(VALIDATE)
            .args(["--thumbprint", &thumbprint])
            .run()
            .expect(0);
    }
}

#[test]
fn an_expired_certificate_that_is_pinned_is_still_warned_of() {
    let (lab, _) = with_certificate(Certificate::default().valid(2019, 2020));
    let thumbprint = lab.server().thumbprint().unwrap();
    lab.esxtool(VALIDATE)
        .args(["--thumbprint", &thumbprint])
        .run()
        .expect(0)
        .prints([
            "expired on 2020-01-01",
            "warning: the server's certificate has expired",
        ]);
}

#[test]
fn addresses_as_people_write_them() {
    let lab = Lab::with("ready", |builder| builder.tls(true));
    let thumbprint = lab.server().thumbprint().unwrap();
    let port = lab.server().address().port();
    let run = |url: String| {
        lab.esxtool(VALIDATE)
            .env("ESXTOOL_URL", "")
            .args(["--url", &url, "--thumbprint", &thumbprint])
            .run()
    };
    run(format!("127.0.0.1:{port}")).expect(0);
    run(format!("https://localhost:{port}/ui/app/home#x"))
        .expect(0)
        .says(["/ui/app/home is a page for browsers"]);
    for (url, sentence) in [
        ("vc.example:0", "port 0 is no port"),
        ("vc.example:65536", "invalid port number"),
        ("::1", "an IPv6 address stands in brackets"),
        ("ftp://vc.example", "the scheme is `ftp`, not https"),
        ("https://", "does not name a server"),
    ] {
        run(url.to_owned()).expect(2).says([sentence, "hint:"]);
    }
}

#[test]
fn an_ipv6_literal_in_brackets_is_a_server() {
    let address = "[::1]:0".parse().unwrap();
    // A VM without IPv6 cannot serve this.
    if std::net::TcpListener::bind(address).is_err() {
        return;
    }
    let lab = Lab::with("ready", |builder| builder.listen(address));
    assert!(lab.server().url().starts_with("http://[::1]:"));
    lab.esxtool(VALIDATE).run().expect(0);
}

#[test]
fn what_stands_before_the_server_is_told_from_the_server() {
    for (act, sentence) in [
        (Act::Html200, "is neither a vCenter nor an ESXi host"),
        (Act::Http503, "are not up (HTTP status 503)"),
    ] {
        let lab = Lab::start("ready");
        lab.inject(
            Match::Method("vimServiceVersions.xml".to_owned()),
            ALWAYS,
            act,
        );
        lab.esxtool(VALIDATE)
            .run()
            .expect(3)
            .says([sentence, "hint:"]);
        assert_eq!(lab.calls(), 0);
    }
}

#[test]
fn a_load_balancer_that_cannot_reach_the_server_is_told_from_it() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let server = runtime.block_on(async {
        let server = wiremock::MockServer::start().await;
        wiremock::Mock::given(wiremock::matchers::any())
            .respond_with(wiremock::ResponseTemplate::new(502))
            .mount(&server)
            .await;
        server
    });
    Esxtool::new(VALIDATE)
        .args(["--url", &server.uri(), "--username", "u@vsphere.local"])
        .secret("ESXTOOL_PASSWORD", "hunter2")
        .run()
        .expect(3)
        .says(["what stands before", "cannot reach it (HTTP status 502)"]);
}

#[test]
fn a_rest_api_that_is_still_starting_is_warned_of() {
    let lab = Lab::start("ready");
    lab.inject(
        Match::Method("session.create".to_owned()),
        ALWAYS,
        Act::Http503,
    );
    lab.esxtool(VALIDATE)
        .run()
        .expect(0)
        .prints(["whether the REST API takes the account cannot be told"]);
}

mod proxies {
    use std::io::{Read, Write};
    use std::net::{SocketAddr, TcpListener, TcpStream};
    use std::thread;

    use super::*;

    /// A proxy that answers every request for a tunnel with this status line, and then hands bytes on to `to`.
    fn proxy(status: &'static str, to: Option<SocketAddr>) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://jane:hunter2@{}", listener.local_addr().unwrap());
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                thread::spawn(move || serve(stream, status, to));
            }
        });
        url
    }

    fn serve(mut stream: TcpStream, status: &str, to: Option<SocketAddr>) -> Option<()> {
        let mut head = Vec::new();
        let mut byte = [0];
        while !head.ends_with(b"\r\n\r\n") {
            stream.read_exact(&mut byte).ok()?;
            head.extend(byte);
        }
        assert!(head.starts_with(b"CONNECT vcenter.invalid:443 "));
        write!(stream, "HTTP/1.1 {status}\r\n\r\n").ok()?;
        let mut server = TcpStream::connect(to?).ok()?;
        let (mut up, mut down) = (stream.try_clone().ok()?, server.try_clone().ok()?);
        thread::spawn(move || std::io::copy(&mut up, &mut server));
        std::io::copy(&mut down, &mut stream).ok()?;
        Some(())
    }

    fn run(lab: &Lab, proxy: &str) -> Ended {
        lab.esxtool(VALIDATE)
            .env("ESXTOOL_URL", "https://vcenter.invalid/sdk")
            .env("ESXTOOL_THUMBPRINT", lab.server().thumbprint().unwrap())
            .env("HTTPS_PROXY", proxy)
            .env("NO_PROXY", "")
            .env("no_proxy", "")
            .run()
    }

    #[test]
    fn a_proxy_from_the_environment_is_named_and_its_account_is_not() {
        let lab = Lab::with("ready", |builder| builder.tls(true));
        let through = run(&lab, &proxy("200 OK", Some(lab.server().address()))).expect(0);
        through.prints(["proxy http://127.0.0.1:"]).hides("hunter2");
        let gone = "http://jane:hunter2@127.0.0.1:1";
        for address in [
            proxy("403 Forbidden", None),
            proxy("407 Proxy Authentication Required", None),
            gone.to_owned(),
        ] {
            let ended = run(&lab, &address).expect(3);
            ended.says([
                "cannot connect to https://vcenter.invalid through the proxy http://127.0.0.1:",
                "comes from HTTPS_PROXY",
                "NO_PROXY=vcenter.invalid",
            ]);
            ended.hides("hunter2");
        }
    }

    #[test]
    fn a_server_on_this_vm_is_reached_without_the_proxy() {
        let lab = Lab::start("ready");
        lab.esxtool_as(Role::AzureSiteRecovery, VALIDATE)
            .env("HTTP_PROXY", "http://127.0.0.1:1")
            .env("http_proxy", "http://127.0.0.1:1")
            .run()
            .expect(0);
    }
}
