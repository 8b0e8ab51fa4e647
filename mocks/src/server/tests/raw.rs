//! A SOAP client as bare as can be: it shares nothing with any other.

use std::net::SocketAddr;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::model::{Builder, DatastoreSpec, Personality, VmSpec};
use crate::wire::tree::{Element, parse};
use crate::{ClockMode, MoRef, Role, Server, World};

/// What came back.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) headers: String,
    pub(super) body: Vec<u8>,
    /// Whether the body is as long as the headers said.
    pub(super) whole: bool,
}

impl Reply {
    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The first element of the SOAP body.
    pub(super) fn root(&self) -> Element {
        let envelope = parse(&self.body).unwrap();
        let body = envelope
            .children
            .into_iter()
            .find(|c| c.name == "Body")
            .unwrap();
        body.children.into_iter().next().unwrap()
    }

    /// The fault's `xsi:type`, or nothing when the answer is none.
    pub(super) fn fault(&self) -> Option<String> {
        let root = self.root();
        let detail = root.children.iter().find(|c| c.name == "detail")?;
        let fault = detail.children.first()?;
        fault.attr(crate::wire::XSI, "type").map(str::to_owned)
    }

    /// The text of the first element of this name, anywhere.
    pub(super) fn first(&self, name: &str) -> Option<String> {
        all(&self.root(), name)
            .into_iter()
            .next()
            .map(|e| e.text.trim().to_owned())
    }

    /// The texts of all elements of this name.
    pub(super) fn every(&self, name: &str) -> Vec<String> {
        all(&self.root(), name)
            .into_iter()
            .map(|e| e.text.trim().to_owned())
            .collect()
    }
}

/// Every element of a name below an element.
pub(super) fn all(element: &Element, name: &str) -> Vec<Element> {
    let mut found = Vec::new();
    for child in &element.children {
        if child.name == name {
            found.push(child.clone());
        }
        found.extend(all(child, name));
    }
    found
}

/// Sends one HTTP request and reads until the server closes.
pub(super) async fn exchange(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    head: &str,
    body: &str,
) -> std::io::Result<Reply> {
    let request = format!(
        "{head}\r\nHost: lab\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await?;
    let mut raw = Vec::new();
    let ended = stream.read_to_end(&mut raw).await;
    let Some(split) = raw.windows(4).position(|w| w == b"\r\n\r\n") else {
        ended?;
        return Err(std::io::ErrorKind::UnexpectedEof.into());
    };
    let headers = String::from_utf8_lossy(&raw[..split]).into_owned();
    let body = raw[split + 4..].to_vec();
    let status = headers
        .split(' ')
        .nth(1)
        .and_then(|s| s.parse().ok())
        .unwrap_or(0);
    let length = headers
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .and_then(|(_, value)| value.trim().parse::<usize>().ok());
    let whole = length.is_none_or(|length| length == body.len());
    Ok(Reply {
        status,
        headers,
        body,
        whole,
    })
}

/// A client with a cookie.
#[derive(Clone, Debug)]
pub(super) struct Client {
    pub(super) address: SocketAddr,
    pub(super) cookie: Option<String>,
    pub(super) version: String,
    pub(super) sessions: MoRef,
}

impl Client {
    pub(super) fn new(server: &Server) -> Self {
        let content = |path: &str| server.value(&World::service_instance(), path);
        let version = content("content.about.apiVersion").unwrap();
        Self {
            address: server.address(),
            cookie: None,
            version: version.as_str().unwrap().to_owned(),
            sessions: content("content.sessionManager")
                .unwrap()
                .as_ref()
                .unwrap()
                .clone(),
        }
    }

    /// A client that is logged in as the administrator.
    pub(super) async fn logged_in(server: &Server) -> Self {
        Self::logged_in_as(server, Role::Administrator).await
    }

    pub(super) async fn logged_in_as(server: &Server, role: Role) -> Self {
        let mut client = Self::new(server);
        let (user, password) = server.account(role);
        let reply = client.login(&user, &password).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        client
    }

    pub(super) async fn login(&mut self, user: &str, password: &str) -> Reply {
        let params = format!("<userName>{user}</userName><password>{password}</password>");
        let reply = self.invoke("Login", &self.sessions, &params).await;
        let cookie = reply.headers.lines().find_map(|line| {
            let (name, value) = line.split_once(": ")?;
            name.eq_ignore_ascii_case("set-cookie")
                .then(|| value.to_owned())
        });
        if let Some(cookie) = cookie {
            self.cookie = cookie.split(';').next().map(str::to_owned);
        }
        reply
    }

    /// Calls with a method element; fails when the connection dies without an answer.
    pub(super) async fn try_call(&self, method: &str) -> std::io::Result<Reply> {
        let envelope = format!(
            "<?xml version=\"1.0\"?><e:Envelope xmlns:e=\"{}\" xmlns:xsd=\"{}\" xmlns:xsi=\"{}\">\
             <e:Body>{method}</e:Body></e:Envelope>",
            crate::wire::SOAP,
            crate::wire::XSD,
            crate::wire::XSI
        );
        let cookie = self
            .cookie
            .as_ref()
            .map(|c| format!("\r\nCookie: {c}"))
            .unwrap_or_default();
        let head = format!(
            "POST /sdk HTTP/1.1\r\nContent-Type: text/xml\r\nUser-Agent: bare\r\n\
             SOAPAction: \"urn:vim25/{}\"{cookie}",
            self.version
        );
        exchange(TcpStream::connect(self.address).await?, &head, &envelope).await
    }

    pub(super) async fn call(&self, method: &str) -> Reply {
        self.try_call(method).await.unwrap()
    }

    /// Calls a method of an object with the parameters given as XML.
    pub(super) async fn invoke(&self, method: &str, this: &MoRef, params: &str) -> Reply {
        self.call(&format!(
            "<{method} xmlns=\"urn:vim25\"><_this type=\"{}\">{}</_this>{params}</{method}>",
            this.kind, this.value
        ))
        .await
    }

    pub(super) async fn get(&self, path: &str) -> Reply {
        let stream = TcpStream::connect(self.address).await.unwrap();
        exchange(stream, &format!("GET {path} HTTP/1.1"), "")
            .await
            .unwrap()
    }

    /// Makes a container view of a type from the root down.
    pub(super) async fn view(&self, server: &Server, kind: &str) -> MoRef {
        let root = server.with_world(|world| world.root_folder()).unwrap();
        let params = format!(
            "<container type=\"Folder\">{}</container><type>{kind}</type>\
             <recursive>true</recursive>",
            root.value
        );
        let reply = self
            .invoke("CreateContainerView", &manager("ViewManager"), &params)
            .await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        MoRef::new("ContainerView", reply.first("returnval").unwrap())
    }

    /// The filter that reads `paths` of everything in a view.
    pub(super) fn through(view: &MoRef, kind: &str, paths: &[&str]) -> String {
        let paths: String = paths
            .iter()
            .map(|p| format!("<pathSet>{p}</pathSet>"))
            .collect();
        format!(
            "<propSet><type>{kind}</type>{paths}</propSet><objectSet><obj \
             type=\"{}\">{}</obj><skip>true</skip><selectSet xsi:type=\"TraversalSpec\"><type>\
             ContainerView</type><path>view</path></selectSet></objectSet>",
            view.kind, view.value
        )
    }

    /// The filter that reads `paths` of one object.
    pub(super) fn of(object: &MoRef, paths: &[&str]) -> String {
        let paths: String = paths
            .iter()
            .map(|p| format!("<pathSet>{p}</pathSet>"))
            .collect();
        format!(
            "<propSet><type>{0}</type>{paths}</propSet><objectSet><obj type=\"{0}\">{1}</obj>\
             </objectSet>",
            object.kind, object.value
        )
    }

    pub(super) async fn retrieve(&self, spec: &str, options: &str) -> Reply {
        let params = format!("<specSet>{spec}</specSet><options>{options}</options>");
        self.invoke("RetrievePropertiesEx", &collector(), &params)
            .await
    }
}

/// The manager of a type, named as its type is with a small first letter or as is.
pub(super) fn manager(kind: &str) -> MoRef {
    MoRef::new(kind, kind)
}

/// The collector that every session has.
pub(super) fn collector() -> MoRef {
    MoRef::new("PropertyCollector", "propertyCollector")
}

/// A small site: one host, one datastore, so many VMs named `vm-00` and on.
pub(super) fn site(vms: usize) -> World {
    let mut world = World::new(ClockMode::Jump);
    let mut site = Builder::new(&mut world, Personality::vcenter("8.0.3"));
    let dc = site.datacenter("Leeds");
    let cluster = site.cluster(&dc, "Production", true);
    let host = site.cluster_host(&cluster, "esx-01.example.com");
    let datastore = site.datastore(&dc, &DatastoreSpec::vmfs("vmfs-01", 20480), &[&host]);
    for number in 0..vms {
        site.vm(
            &dc,
            &VmSpec::linux(&format!("vm-{number:02}")).on(&host, &datastore),
        );
    }
    world
}

/// A server with such a site, which records nothing.
pub(super) async fn serve(vms: usize) -> Server {
    Server::builder()
        .world(site(vms))
        .unrecorded()
        .start()
        .await
        .unwrap()
}
