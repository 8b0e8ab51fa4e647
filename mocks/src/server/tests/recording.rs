use super::raw::{Client, collector, site};
use crate::{Act, Dialect, Injection, Server};

fn files(directory: &std::path::Path, ending: &str) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|name| name.ends_with(ending))
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn messages_are_recorded_with_what_belongs_to_them() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("messages");
    for _ in 0..2 {
        let builder = Server::builder().world(site(1)).record_to(&path);
        let server = builder.start().await.unwrap();
        let client = Client::logged_in(&server).await;
        server.inject(Injection::on_method("CreatePropertyCollector", Act::Garble));
        client
            .invoke("CreatePropertyCollector", &collector(), "")
            .await;
    }
    let requests = files(&path, "-request.xml");
    assert_eq!(
        requests.len(),
        4,
        "two servers of one process do not collide"
    );
    assert!(
        requests[0].ends_with("-000001-Login-request.xml"),
        "{requests:?}"
    );
    let answer = std::fs::read_to_string(path.join(&files(&path, "-response.xml")[0])).unwrap();
    assert!(answer.contains("<LoginResponse"));
    let meta: Vec<String> = files(&path, "-meta.json")
        .iter()
        .map(|name| std::fs::read_to_string(path.join(name)).unwrap())
        .collect();
    assert_eq!(
        meta[0],
        "{\"method\":\"Login\",\"soap_action\":\"\\\"urn:vim25/8.0.3.0\\\"\",\"status\":200,\
         \"injected\":false}\n"
    );
    assert!(meta[1].contains("\"injected\":true"), "{}", meta[1]);
}

#[tokio::test]
async fn a_dialect_that_strays_from_the_schema_is_marked() {
    let directory = tempfile::tempdir().unwrap();
    let builder = Server::builder().world(site(1)).dialect(Dialect::Vcsim);
    let server = builder.record_to(directory.path()).start().await.unwrap();
    Client::logged_in(&server).await;
    let meta = files(directory.path(), "-meta.json").remove(0);
    let meta = std::fs::read_to_string(directory.path().join(meta)).unwrap();
    assert!(meta.contains("\"injected\":true"), "{meta}");
}
