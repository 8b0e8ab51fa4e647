//! Reads a SOAP request: which method, on which object, with which arguments.

use super::tree::{self, Element};
use super::{INTERNAL, SOAP, VIM, internal, read};
use crate::fault::Fault;
use crate::schema::{ApiVersion, MethodDef, Schema};
use crate::value::{Data, MoRef};

/// A request that could be read.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// The object that the method is called on.
    pub(crate) this: MoRef,
    /// The method's definition.
    pub(crate) method: MethodDef,
    /// The namespace of the method's element, which the answer repeats.
    pub(crate) namespace: &'static str,
    /// The arguments; `kind` is the method's name.
    pub(crate) args: Data,
}

/// Why a request could not be read, and the method's name if that much was clear.
#[derive(Clone, Debug)]
pub(crate) struct Unreadable {
    pub(crate) method: Option<String>,
    pub(crate) fault: Fault,
    /// Whether the method is one that the mock has never heard of.
    pub(crate) unknown_method: bool,
}

/// Reads a request body for the API version that its `SOAPAction` names.
pub(crate) fn read(body: &[u8], version: ApiVersion) -> Result<Request, Unreadable> {
    let refuse = |method: Option<&str>, message: String| Unreadable {
        method: method.map(str::to_owned),
        fault: Fault::invalid_request(message),
        unknown_method: false,
    };
    let root = tree::parse(body).map_err(|message| refuse(None, message))?;
    let call = method_element(&root).map_err(|message| refuse(None, message))?;
    let name = call.name.as_str();
    let refused = |message: String| {
        let context = format!("\n{message}\n\nwhile parsing call information for method {name}");
        refuse(Some(name), context)
    };
    let Some((this, params)) = call
        .children
        .split_first()
        .filter(|(t, _)| t.name == "_this")
    else {
        return Err(refused("the first parameter must be _this".to_owned()));
    };
    let this = read::reference(this, "ManagedObject").map_err(refused)?;
    let (namespace, method) = match call.ns.as_str() {
        VIM if name == "Fetch" => {
            let property = params.first().map(|param| param.text.as_str());
            (VIM, Some(internal::fetch(&this.kind, property)))
        }
        VIM => (VIM, Schema::get().method(&this.kind, name).cloned()),
        INTERNAL if this.kind == "AuthorizationManager" => (INTERNAL, internal::method(name)),
        other => return Err(refused(format!("the namespace {other} is not known"))),
    };
    let method = method
        .filter(|m| m.since <= version)
        .ok_or_else(|| Unreadable {
            method: Some(name.to_owned()),
            fault: Fault::method_not_found(&this, name),
            unknown_method: true,
        })?;
    let args =
        read::properties(call, params.iter(), &method.params, name, version).map_err(refused)?;
    Ok(Request {
        this,
        method,
        namespace,
        args,
    })
}

/// The single element of the SOAP body.
fn method_element(root: &Element) -> Result<&Element, String> {
    if root.ns != SOAP || root.name != "Envelope" {
        return Err("the request is no SOAP envelope".to_owned());
    }
    let body = root
        .children
        .iter()
        .find(|child| child.ns == SOAP && child.name == "Body")
        .ok_or("the envelope has no body")?;
    match body.children.as_slice() {
        [call] => Ok(call),
        _ => Err("the body must hold one method".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Value;

    fn call(ns: &str, body: &str) -> Result<Request, Unreadable> {
        let text = format!(
            "<e:Envelope xmlns:e=\"{SOAP}\" xmlns:xsd=\"{}\" xmlns:xsi=\"{}\"><e:Body>{}\
             </e:Body></e:Envelope>",
            super::super::XSD,
            super::super::XSI,
            body.replacen("NS", &format!("xmlns=\"{ns}\""), 1)
        );
        read(text.as_bytes(), ApiVersion::parse("8.0.1.0"))
    }

    fn message(body: &str) -> String {
        call(VIM, body).unwrap_err().fault.message
    }

    const VM: &str = "<_this type=\"VirtualMachine\">vm-1</_this>";

    #[test]
    fn a_typed_request_is_read() {
        let request = call(
            VIM,
            &format!(
                "<ReconfigVM_Task NS>{VM}<spec><changeVersion>c</changeVersion><deviceChange>\
                 <operation>add</operation><device xsi:type=\"VirtualLsiLogicController\"><key>-1\
                 </key><busNumber>1</busNumber><sharedBus>noSharing</sharedBus></device>\
                 </deviceChange><extraConfig><key>a</key><value xsi:type=\"xsd:string\">b</value>\
                 </extraConfig></spec></ReconfigVM_Task>"
            ),
        )
        .unwrap();
        assert_eq!(request.this, MoRef::new("VirtualMachine", "vm-1"));
        let spec = request.args.data("spec").unwrap();
        let change = spec.list("deviceChange")[0].as_data().unwrap();
        assert_eq!(change.str("operation"), Some("add"));
        let device = change.data("device").unwrap();
        assert_eq!(device.kind, "VirtualLsiLogicController");
        assert_eq!(device.get("key"), Some(&Value::Int(-1)));
        assert_eq!(
            spec.get_path("extraConfig[a].value"),
            Some(&Value::Str("b".into()))
        );
    }

    #[test]
    fn order_names_presence_and_types_are_enforced() {
        let spec = |inner: &str| {
            message(&format!(
                "<ReconfigVM_Task NS>{VM}<spec>{inner}</spec></ReconfigVM_Task>"
            ))
        };
        assert!(spec("<name>n</name><changeVersion>c</changeVersion>").contains("Unexpected"));
        assert!(spec("<nmae>n</nmae>").contains("\"nmae\""));
        assert!(spec("<name>n</name><name>m</name>").contains("Unexpected"));
        assert!(
            spec("<extraConfig><value xsi:type=\"xsd:string\">v</value></extraConfig>")
                .contains("Required property key")
        );
        assert!(spec("<extraConfig><key>k</key><value>v</value></extraConfig>").contains("type"));
        assert!(spec("<numCPUs>two</numCPUs>").contains("is no int"));
        assert!(
            spec("<deviceChange><operation>delete</operation></deviceChange>").contains("no value")
        );
        assert!(
            spec(
                "<deviceChange><operation>add</operation><device xsi:type=\"OptionValue\"/>\
                 </deviceChange>"
            )
            .contains("is not a VirtualDevice")
        );
        let none = message("<ReconfigVM_Task NS><spec/></ReconfigVM_Task>");
        assert!(none.contains("_this"), "{none}");
    }

    #[test]
    fn what_is_newer_than_the_version_asked_for_is_unknown() {
        let text =
            format!("<ReconfigVM_Task NS>{VM}<spec><numCPUs>2</numCPUs></spec></ReconfigVM_Task>");
        assert!(call(VIM, &text).is_ok());
        let newest = Schema::get()
            .data("VirtualMachineConfigSpec")
            .unwrap()
            .properties
            .iter()
            .find(|p| p.since > ApiVersion::parse("8.0.1.0") && p.of.kind == "boolean")
            .expect("the schema reaches beyond 8.0.1");
        let name = &newest.name;
        let late = message(&format!(
            "<ReconfigVM_Task NS>{VM}<spec><{name}>true</{name}></spec></ReconfigVM_Task>"
        ));
        assert!(late.contains(name.as_str()), "{late}");
    }

    #[test]
    fn methods_belong_to_types_and_namespaces() {
        let unknown = call(VIM, &format!("<ReconfigureVM NS>{VM}</ReconfigureVM>")).unwrap_err();
        assert!(unknown.unknown_method);
        let folder = "<CloneVM_Task NS><_this type=\"Folder\">f</_this></CloneVM_Task>";
        assert!(call(VIM, folder).unwrap_err().unknown_method);
        let disable = "<DisableMethods NS><_this type=\"AuthorizationManager\">am</_this><entity \
            type=\"VirtualMachine\">vm-1</entity><method><method>RelocateVM_Task</method><reasonId>\
            r</reasonId></method><sourceId>s</sourceId></DisableMethods>";
        assert!(call(VIM, disable).is_err());
        let request = call(INTERNAL, disable).unwrap();
        assert_eq!(request.namespace, INTERNAL);
        assert_eq!(request.args.list("method").len(), 1);
    }
}
