"""Messages written by hand: the right ones, which each test then spoils at one point."""

from ..exchange import check_answer, check_request
from ..report import Report

ACTION = '"urn:vim25/7.0.0.0"'

_ENVELOPE = """<?xml version="1.0" encoding="UTF-8"?>
<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"
  xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<soapenv:Body>{}</soapenv:Body></soapenv:Envelope>"""

RECONFIGURE = """<ReconfigVM_Task xmlns="urn:vim25">
<_this type="VirtualMachine">vm-42</_this>
<spec>
  <changeVersion>2026-01-01T00:00:00.000000Z</changeVersion>
  <numCPUs>4</numCPUs>
  <deviceChange>
    <operation>add</operation>
    <device xsi:type="ParaVirtualSCSIController">
      <key>-1</key><busNumber>1</busNumber><sharedBus>noSharing</sharedBus>
    </device>
  </deviceChange>
  <extraConfig><key>disk.EnableUUID</key><value xsi:type="xsd:string">TRUE</value></extraConfig>
  <extraConfig><key>a</key><value xsi:type="xsd:int">7</value></extraConfig>
</spec></ReconfigVM_Task>"""

RECONFIGURE_ANSWER = """<ReconfigVM_TaskResponse xmlns="urn:vim25">
<returnval type="Task">task-7</returnval></ReconfigVM_TaskResponse>"""

RETRIEVE = """<RetrievePropertiesEx xmlns="urn:vim25">
<_this type="PropertyCollector">propertyCollector</_this>
<specSet>
  <propSet><type>VirtualMachine</type><pathSet>name</pathSet><pathSet>config.hardware.device</pathSet></propSet>
  <objectSet><obj type="VirtualMachine">vm-42</obj>
    <selectSet xsi:type="TraversalSpec"><type>VirtualMachine</type><path>runtime.host</path></selectSet>
  </objectSet>
</specSet>
<options/></RetrievePropertiesEx>"""

RETRIEVE_ANSWER = """<RetrievePropertiesExResponse xmlns="urn:vim25"><returnval>
<objects>
  <obj type="VirtualMachine">vm-42</obj>
  <propSet><name>name</name><val xsi:type="xsd:string">mt</val></propSet>
  <propSet><name>runtime.host</name><val type="HostSystem" xsi:type="ManagedObjectReference">host-1</val></propSet>
  <propSet><name>runtime.powerState</name><val xsi:type="VirtualMachinePowerState">poweredOn</val></propSet>
  <propSet><name>datastore</name><val xsi:type="ArrayOfManagedObjectReference">
    <ManagedObjectReference type="Datastore" xsi:type="ManagedObjectReference">ds-1</ManagedObjectReference></val></propSet>
  <propSet><name>config.hardware.device</name><val xsi:type="ArrayOfVirtualDevice">
    <VirtualDevice xsi:type="VirtualLsiLogicController"><key>1000</key><busNumber>0</busNumber>
      <sharedBus>noSharing</sharedBus></VirtualDevice></val></propSet>
  <missingSet><path>guest</path><fault><fault xsi:type="NoPermission">
    <object type="VirtualMachine">vm-42</object><privilegeId>System.Read</privilegeId></fault>
    <localizedMessage>no</localizedMessage></fault></missingSet>
</objects></returnval></RetrievePropertiesExResponse>"""

FAULT = """<soapenv:Fault><faultcode>ServerFaultCode</faultcode><faultstring>busy</faultstring>
<detail><TaskInProgressFault xmlns="urn:vim25" xsi:type="TaskInProgress"><task type="Task">task-1</task></TaskInProgressFault></detail>
</soapenv:Fault>"""


def spoil(text, old, new):
    """Replaces exactly one place, so that a test cannot silently spoil nothing."""
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
    return text.replace(old, new)


def envelope(body):
    return _ENVELOPE.format(body).encode()


def request(body, action=ACTION):
    """The rules that a request breaks."""
    report = Report()
    check_request(report, envelope(body), action)
    return [violation.rule for violation in report.violations]


def answer(to, body, status=200, action=ACTION):
    """The rules that an answer breaks; the request must break none."""
    report = Report()
    exchange = check_request(report, envelope(to), action)
    assert exchange is not None and not report.violations, report.violations
    check_answer(report, envelope(body), status, exchange)
    return [violation.rule for violation in report.violations]
