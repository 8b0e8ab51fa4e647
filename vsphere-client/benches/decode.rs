//! How fast a page of VMs is decoded, beside a bare scan of its tokens.
//!
//! `cargo bench -p vsphere-client --bench decode [VMS]` makes an answer of 10,000 VMs
//! as vCenter writes it, and prints the best of several runs of each way:
//! - **scan**: quick-xml's events, nothing kept: what any reader must pay;
//! - **pick**: name and power state decoded, all else skipped;
//! - **decode**: all properties into typed structs, every device and option;
//! - **any**: the same as [`ObjectContent`], each value with the type that the server names.

use std::error::Error;
use std::fmt::Write as _;
use std::hint::black_box;
use std::io::Write as _;
use std::time::{Duration, Instant};

use vsphere_client::method::{Method, RetrievePropertiesEx};
use vsphere_client::soap::{Decode, DecodeError, Reader, Start, envelope};
use vsphere_client::vim::{
    ManagedObjectReference, ObjectContent, OptionValue, RetrieveResult, VirtualDevice,
    VirtualMachinePowerState, visit_object,
};

/// What a gather of facts wants of a VM.
#[derive(Default)]
struct Vm {
    obj: Option<ManagedObjectReference>,
    name: String,
    power: Option<VirtualMachinePowerState>,
    host: Option<ManagedObjectReference>,
    uuid: String,
    devices: Vec<VirtualDevice>,
    options: Vec<OptionValue>,
}

impl Decode for Vm {
    fn decode<'x>(reader: &mut Reader<'x>, start: &Start<'x>) -> Result<Self, DecodeError> {
        let mut vm = Self::default();
        let (obj, _) = visit_object(reader, start, |path, reader, val| {
            match path {
                "name" => vm.name = Decode::decode(reader, val)?,
                "config.uuid" => vm.uuid = Decode::decode(reader, val)?,
                "runtime.powerState" => vm.power = Decode::decode(reader, val)?,
                "runtime.host" => vm.host = Decode::decode(reader, val)?,
                "config.hardware.device" => vm.devices = Decode::decode(reader, val)?,
                "config.extraConfig" => vm.options = Decode::decode(reader, val)?,
                _ => {}
            }
            Ok(())
        })?;
        vm.obj = Some(obj);
        Ok(vm)
    }
}

/// Name and power state only.
struct Pick(String, Option<VirtualMachinePowerState>);

impl Decode for Pick {
    fn decode<'x>(reader: &mut Reader<'x>, start: &Start<'x>) -> Result<Self, DecodeError> {
        let mut pick = Self(String::new(), None);
        visit_object(reader, start, |path, reader, val| {
            match path {
                "name" => pick.0 = Decode::decode(reader, val)?,
                "runtime.powerState" => pick.1 = Decode::decode(reader, val)?,
                _ => {}
            }
            Ok(())
        })?;
        Ok(pick)
    }
}

fn page<P: Decode>(document: &[u8]) -> Result<RetrieveResult<P>, Box<dyn Error>> {
    let answer = envelope::response::<RetrievePropertiesEx<P>>(document)?;
    Ok(answer
        .map_err(|fault| fault.to_string())?
        .ok_or("no page")?)
}

fn scan(document: &str) -> Result<usize, Box<dyn Error>> {
    let mut reader = quick_xml::Reader::from_str(document);
    let mut events = 0;
    loop {
        match reader.read_event()? {
            quick_xml::events::Event::Eof => return Ok(events),
            event => {
                black_box(&event);
                events += 1;
            }
        }
    }
}

fn best<T>(mut run: impl FnMut() -> Result<T, Box<dyn Error>>) -> Result<Duration, Box<dyn Error>> {
    let mut best = Duration::MAX;
    for _ in 0..5 {
        let begin = Instant::now();
        let value = black_box(run()?);
        best = best.min(begin.elapsed());
        drop(value);
    }
    Ok(best)
}

fn main() -> Result<(), Box<dyn Error>> {
    // `cargo bench` adds options of its own, which are no numbers.
    let vms = std::env::args()
        .find_map(|argument| argument.parse().ok())
        .unwrap_or(10_000);
    let document = answer(vms)?;
    let bytes = document.as_bytes();

    let full = page::<Vm>(bytes)?;
    let devices: usize = full.objects.iter().map(|vm| vm.devices.len()).sum();
    let options: usize = full.objects.iter().map(|vm| vm.options.len()).sum();
    let named = full
        .objects
        .iter()
        .filter(|m| !m.name.is_empty() && m.obj.is_some())
        .count();
    let located = full
        .objects
        .iter()
        .filter(|m| m.host.is_some() && !m.uuid.is_empty())
        .count();
    if (full.objects.len(), named, located) != (vms, vms, vms) {
        return Err("the page did not decode whole".into());
    }
    drop(full);

    let mut out = std::io::stdout().lock();
    let mib = f64::from(u32::try_from(bytes.len())?) / 1e6;
    writeln!(
        out,
        "{vms} VMs, {devices} devices, {options} options, {mib:.1} MB, {}",
        RetrievePropertiesEx::<Vm>::NAME
    )?;
    let base = best(|| scan(&document))?;
    let mut line = |name: &str, time: Duration| {
        let seconds = time.as_secs_f64();
        let times = seconds / base.as_secs_f64();
        writeln!(
            out,
            "{name:<7}{seconds:>8.3} s {:>8.0} MB/s {times:>6.2} x scan",
            mib / seconds
        )
    };
    line("scan", base)?;
    line("pick", best(|| page::<Pick>(bytes))?)?;
    line("decode", best(|| page::<Vm>(bytes))?)?;
    line("any", best(|| page::<ObjectContent>(bytes))?)?;
    Ok(())
}

/// An answer of one page, in vCenter's way to write.
fn answer(vms: usize) -> Result<String, std::fmt::Error> {
    let mut text = String::from(concat!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<soapenv:Envelope xmlns:soapenc=\"http://schemas.xmlsoap.org/soap/encoding/\"\n",
        " xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\"\n xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\"\n",
        " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">\n<soapenv:Body>\n",
        "<RetrievePropertiesExResponse xmlns=\"urn:vim25\"><returnval>",
    ));
    for number in 0..vms {
        vm(&mut text, number)?;
    }
    text.push_str(
        "</returnval></RetrievePropertiesExResponse>\n</soapenv:Body>\n</soapenv:Envelope>",
    );
    Ok(text)
}

fn property(text: &mut String, path: &str, kind: &str, value: &str) -> std::fmt::Result {
    write!(
        text,
        "<propSet><name>{path}</name><val xsi:type=\"{kind}\">{value}</val></propSet>"
    )
}

fn vm(text: &mut String, number: usize) -> std::fmt::Result {
    write!(
        text,
        "<objects><obj type=\"VirtualMachine\">vm-{number}</obj>"
    )?;
    property(
        text,
        "name",
        "xsd:string",
        &format!("app-vm &amp; co {number}"),
    )?;
    property(
        text,
        "config.uuid",
        "xsd:string",
        &format!("4213f2b5-0000-4000-8000-{number:012}"),
    )?;
    property(
        text,
        "runtime.powerState",
        "VirtualMachinePowerState",
        "poweredOn",
    )?;
    write!(
        text,
        "<propSet><name>runtime.host</name><val type=\"HostSystem\" xsi:type=\"ManagedObjectReference\">host-{}</val></propSet>",
        number % 64
    )?;
    text.push_str("<propSet><name>config.extraConfig</name><val xsi:type=\"ArrayOfOptionValue\">");
    for option in 0..24 {
        write!(
            text,
            "<OptionValue xsi:type=\"OptionValue\"><key>pciBridge{option}.virtualDev</key><value xsi:type=\"xsd:string\">pcieRootPort</value></OptionValue>"
        )?;
    }
    text.push_str("</val></propSet><propSet><name>config.hardware.device</name><val xsi:type=\"ArrayOfVirtualDevice\">");
    for (key, kind) in [
        (200, "VirtualIDEController"),
        (300, "VirtualPS2Controller"),
        (100, "VirtualPCIController"),
        (400, "VirtualSIOController"),
    ] {
        write!(
            text,
            "<VirtualDevice xsi:type=\"{kind}\"><key>{key}</key><deviceInfo><label>{kind}</label><summary>{kind}</summary></deviceInfo><busNumber>0</busNumber><device>600</device><device>700</device></VirtualDevice>"
        )?;
    }
    text.push_str("<VirtualDevice xsi:type=\"VirtualMachineVideoCard\"><key>500</key><deviceInfo><label>Video card </label><summary>Video card</summary></deviceInfo><controllerKey>100</controllerKey><unitNumber>0</unitNumber><videoRamSizeInKB>4096</videoRamSizeInKB><numDisplays>1</numDisplays><useAutoDetect>false</useAutoDetect><enable3DSupport>false</enable3DSupport><use3dRenderer>automatic</use3dRenderer><graphicsMemorySizeInKB>262144</graphicsMemorySizeInKB></VirtualDevice>");
    text.push_str("<VirtualDevice xsi:type=\"VirtualLsiLogicSASController\"><key>1000</key><deviceInfo><label>SCSI controller 0</label><summary>LSI Logic SAS</summary></deviceInfo><slotInfo xsi:type=\"VirtualDevicePciBusSlotInfo\"><pciSlotNumber>160</pciSlotNumber></slotInfo><controllerKey>100</controllerKey><unitNumber>3</unitNumber><busNumber>0</busNumber><device>2000</device><device>2001</device><hotAddRemove>true</hotAddRemove><sharedBus>noSharing</sharedBus><scsiCtlrUnitNumber>7</scsiCtlrUnitNumber></VirtualDevice>");
    for disk in 0..2 {
        write!(
            text,
            "<VirtualDevice xsi:type=\"VirtualDisk\"><key>{key}</key><deviceInfo><label>Hard disk {label}</label><summary>16,777,216 KB</summary></deviceInfo>\
             <backing xsi:type=\"VirtualDiskFlatVer2BackingInfo\"><fileName>[datastore{ds}] app-vm-{number}/app-vm-{number}_{disk}.vmdk</fileName><datastore type=\"Datastore\">datastore-{ds}</datastore><backingObjectId></backingObjectId><diskMode>persistent</diskMode><split>false</split><writeThrough>false</writeThrough><thinProvisioned>true</thinProvisioned><eagerlyScrub>false</eagerlyScrub><uuid>6000C29a-0000-4000-8000-{number:011}{disk}</uuid><contentId>e5a1b6a8e5a1b6a8e5a1b6a8fffffffe</contentId><digestEnabled>false</digestEnabled><sharing>sharingNone</sharing></backing>\
             <controllerKey>1000</controllerKey><unitNumber>{disk}</unitNumber><capacityInKB>16777216</capacityInKB><capacityInBytes>17179869184</capacityInBytes><shares><shares>1000</shares><level>normal</level></shares><storageIOAllocation><limit>-1</limit><shares><shares>1000</shares><level>normal</level></shares><reservation>0</reservation></storageIOAllocation><diskObjectId>{number}-{key}</diskObjectId><nativeUnmanagedLinkedClone>false</nativeUnmanagedLinkedClone></VirtualDevice>",
            key = 2000 + disk,
            label = disk + 1,
            ds = number % 40,
        )?;
    }
    write!(
        text,
        "<VirtualDevice xsi:type=\"VirtualVmxnet3\"><key>4000</key><deviceInfo><label>Network adapter 1</label><summary>VM Network</summary></deviceInfo><backing xsi:type=\"VirtualEthernetCardNetworkBackingInfo\"><deviceName>VM Network</deviceName><useAutoDetect>false</useAutoDetect><network type=\"Network\">network-7</network></backing><connectable><migrateConnect>unset</migrateConnect><startConnected>true</startConnected><allowGuestControl>true</allowGuestControl><connected>true</connected><status>ok</status></connectable><controllerKey>100</controllerKey><unitNumber>7</unitNumber><addressType>assigned</addressType><macAddress>00:50:56:00:{:02x}:{:02x}</macAddress><wakeOnLanEnabled>true</wakeOnLanEnabled><uptCompatibilityEnabled>true</uptCompatibilityEnabled></VirtualDevice>",
        number / 256 % 256,
        number % 256
    )?;
    text.push_str("</val></propSet></objects>");
    Ok(())
}
