use super::*;

fn any() -> TypeRef {
    TypeRef {
        kind: "anyType".into(),
        array: false,
    }
}

fn write(dialect: Dialect, version: &str, value: &Value, of: &TypeRef) -> (String, Vec<String>) {
    let mut encoder = Encoder::new(dialect, ApiVersion::parse(version));
    encoder.value("val", value, of);
    (encoder.out, encoder.problems)
}

#[test]
fn properties_come_in_schema_order_whatever_the_order_of_setting() {
    let disk = Data::new("VirtualDisk")
        .with("capacityInKB", 1024_i64)
        .with("unitNumber", 1)
        .with("controllerKey", 1000)
        .with("key", 2000);
    let (text, problems) = write(Dialect::VCenter, "8.0", &disk.into(), &any());
    assert_eq!(
        text,
        "<val xsi:type=\"VirtualDisk\"><key>2000</key><controllerKey>1000</controllerKey>\
         <unitNumber>1</unitNumber><capacityInKB>1024</capacityInKB></val>"
    );
    assert_eq!(problems, Vec::<String>::new());
}

#[test]
fn each_dialect_spells_a_reference_its_own_way() {
    let value = Value::refs([MoRef::new("Datastore", "datastore-1")]);
    let spelled = |dialect| write(dialect, "8.0", &value, &any()).0;
    assert_eq!(
        spelled(Dialect::VCenter),
        "<val xsi:type=\"ArrayOfManagedObjectReference\"><ManagedObjectReference \
         type=\"Datastore\" xsi:type=\"ManagedObjectReference\">datastore-1\
         </ManagedObjectReference></val>"
    );
    assert!(spelled(Dialect::Vcsim).contains(
        "<ManagedObjectReference type=\"Datastore\" xmlns:_XMLSchema-instance=\"\
         http://www.w3.org/2001/XMLSchema-instance\" \
         _XMLSchema-instance:type=\"ManagedObjectReference\">"
    ));
    assert!(
        spelled(Dialect::AttributesReversed)
            .contains("<ManagedObjectReference i:type='ManagedObjectReference' type='Datastore'>")
    );
    let none = Value::refs([]);
    assert_eq!(
        write(Dialect::EmptyArrays, "8.0", &none, &any()).0,
        "<val xsi:type=\"ArrayOfManagedObjectReference\"/>"
    );
}

#[test]
fn simple_values_under_any_type_say_what_they_are() {
    let said = |value: Value| write(Dialect::VCenter, "8.0", &value, &any()).0;
    assert_eq!(said(7.into()), "<val xsi:type=\"xsd:int\">7</val>");
    assert_eq!(said(7_i64.into()), "<val xsi:type=\"xsd:long\">7</val>");
    assert_eq!(
        said("a<b&c".into()),
        "<val xsi:type=\"xsd:string\">a&lt;b&amp;c</val>"
    );
    assert_eq!(
        said(Value::of_enum("VirtualMachinePowerState", "poweredOn")),
        "<val xsi:type=\"VirtualMachinePowerState\">poweredOn</val>"
    );
    assert_eq!(
        said(Value::list("MethodName", ["A"])),
        "<val xsi:type=\"ArrayOfString\"><string>A</string></val>"
    );
    let time: jiff::Timestamp = "2026-01-02T03:04:05.5Z".parse().unwrap();
    assert_eq!(
        said(time.into()),
        "<val xsi:type=\"xsd:dateTime\">2026-01-02T03:04:05.500000Z</val>"
    );
}

#[test]
fn what_the_client_is_too_old_for_is_left_out() {
    let about = Data::new("AboutInfo")
        .with("name", "n")
        .with("patchLevel", "1");
    let has = |version| {
        write(Dialect::VCenter, version, &about.clone().into(), &any())
            .0
            .contains("patchLevel")
    };
    assert!(has("7.0.2.0"));
    assert!(!has("7.0.1.0"));
}

#[test]
fn a_value_that_does_not_fit_is_told() {
    let bad = Data::new("OptionValue").with("colour", "red");
    let (_, problems) = write(Dialect::VCenter, "8.0", &bad.into(), &any());
    assert_eq!(problems.len(), 2, "{problems:?}");
}
