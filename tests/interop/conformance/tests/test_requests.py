"""Requests: what is right passes, and each single departure is found by its rule."""

import unittest

from .messages import RECONFIGURE, RETRIEVE, request, spoil


class RightRequests(unittest.TestCase):
    def test_reconfigure_passes(self):
        self.assertEqual(request(RECONFIGURE), [])

    def test_retrieve_passes(self):
        self.assertEqual(request(RETRIEVE), [])

    def test_any_prefix_may_carry_the_type(self):
        odd = spoil(RECONFIGURE, '<device xsi:type="ParaVirtualSCSIController">',
                    '<device xmlns:i="http://www.w3.org/2001/XMLSchema-instance" xmlns:v="urn:vim25" i:type="v:ParaVirtualSCSIController">')
        self.assertEqual(request(odd), [])

    def test_version_beside_a_value(self):
        odd = spoil(RECONFIGURE, "<changeVersion>", '<changeVersion versionId="7.0.0.0">')
        self.assertEqual(request(odd), [])
        self.assertEqual(request(spoil(odd, "7.0.0.0", "7.0.1.0")), ["unknown-attribute"])

    def test_fetch_reads_any_property(self):
        call = '<Fetch xmlns="urn:vim25"><_this type="VirtualMachine">vm-1</_this><prop>runtime</prop></Fetch>'
        self.assertEqual(request(call), [])
        self.assertEqual(request(spoil(call, "runtime", "runTime")), ["bad-path"])
        self.assertEqual(request(spoil(call, "<prop>runtime</prop>", "")), ["missing-required"])

    def test_internal_calls_are_the_exception(self):
        call = '<DisableMethods xmlns="urn:internalvim25"><_this type="AuthorizationManager">a</_this></DisableMethods>'
        self.assertEqual(request(call), [])
        self.assertEqual(request(call.replace("DisableMethods", "DestroyAll")), ["namespace"])


class SpoiledRequests(unittest.TestCase):
    def broken(self, old, new, text=RECONFIGURE, **options):
        return request(spoil(text, old, new), **options)

    def test_reordered_property(self):
        moved = spoil(RECONFIGURE, "  <numCPUs>4</numCPUs>\n", "")
        moved = spoil(moved, "</spec>", "<numCPUs>4</numCPUs></spec>")
        self.assertEqual(request(moved), ["order"])

    def test_base_property_after_derived(self):
        self.assertEqual(self.broken("<key>-1</key><busNumber>1</busNumber>", "<busNumber>1</busNumber><key>-1</key>"), ["order"])

    def test_misspelled_property(self):
        self.assertEqual(self.broken("<numCPUs>4</numCPUs>", "<numCpus>4</numCpus>"), ["unknown-property"])

    def test_too_new_property(self):
        newer = '<rebootPowerOff>true</rebootPowerOff><numCPUs>4</numCPUs>'
        self.assertEqual(self.broken("<numCPUs>4</numCPUs>", newer), ["too-new"])
        self.assertEqual(self.broken("<numCPUs>4</numCPUs>", newer, action='"urn:vim25/8.0.0.1"'), [])

    def test_too_new_type(self):
        nvdimm = '<device xsi:type="VirtualNVDIMMController"><key>-1</key><busNumber>1</busNumber></device>'
        old = RECONFIGURE[RECONFIGURE.index("<device "):RECONFIGURE.index("</device>") + len("</device>")]
        self.assertEqual(self.broken(old, nvdimm), [])
        self.assertEqual(self.broken(old, nvdimm, action='"urn:vim25/6.5"'), ["too-new"])

    def test_too_new_method(self):
        call = '<QueryConnections xmlns="urn:vim25"><_this type="VirtualMachine">vm-1</_this></QueryConnections>'
        self.assertEqual(request(call, '"urn:vim25/7.0.1.0"'), [])
        self.assertEqual(request(call, '"urn:vim25/7.0.0.0"'), ["too-new"])

    def test_missing_required_property(self):
        self.assertEqual(self.broken("<sharedBus>noSharing</sharedBus>", ""), ["missing-required"])

    def test_missing_required_parameter(self):
        self.assertEqual(request('<ReconfigVM_Task xmlns="urn:vim25"><_this type="VirtualMachine">vm-1</_this></ReconfigVM_Task>'),
                         ["missing-required"])

    def test_duplicate_of_a_scalar(self):
        self.assertEqual(self.broken("<numCPUs>4</numCPUs>", "<numCPUs>4</numCPUs><numCPUs>4</numCPUs>"), ["duplicate"])

    def test_wrong_enumeration_value(self):
        self.assertEqual(self.broken("<operation>add</operation>", "<operation>insert</operation>"), ["bad-enum"])
        self.assertEqual(self.broken("<operation>add</operation>", "<operation></operation>"), ["bad-enum"])

    def test_wrong_subtype(self):
        self.assertEqual(self.broken('xsi:type="ParaVirtualSCSIController"', 'xsi:type="OptionValue"'), ["xsi-type-unfit"])

    def test_unknown_type(self):
        self.assertEqual(self.broken('xsi:type="ParaVirtualSCSIController"', 'xsi:type="ParaVirtualScsiController"'), ["xsi-type-unknown"])
        self.assertEqual(self.broken('xsi:type="ParaVirtualSCSIController"', 'xsi:type="xsd:ParaVirtualSCSIController"'), ["xsi-type-unknown"])

    def test_value_that_does_not_parse(self):
        self.assertEqual(self.broken("<numCPUs>4</numCPUs>", "<numCPUs>four</numCPUs>"), ["bad-value"])
        self.assertEqual(self.broken('<value xsi:type="xsd:int">7</value>', '<value xsi:type="xsd:int">3000000000</value>'), ["bad-value"])

    def test_any_without_type(self):
        self.assertEqual(self.broken('<value xsi:type="xsd:int">7</value>', "<value>7</value>"), ["xsi-type-missing"])

    def test_this_not_first(self):
        self.assertEqual(self.broken('<_this type="VirtualMachine">vm-42</_this>', ""), ["this-not-first"])

    def test_this_of_a_type_without_the_method(self):
        self.assertEqual(self.broken('<_this type="VirtualMachine">', '<_this type="HostSystem">'), ["unknown-method"])

    def test_unknown_method(self):
        self.assertEqual(request(RECONFIGURE.replace("ReconfigVM_Task", "ReconfigureVM_Task")), ["unknown-method"])

    def test_reference_of_the_wrong_type(self):
        call = ('<PowerOnVM_Task xmlns="urn:vim25"><_this type="VirtualMachine">vm-1</_this>'
                '<host type="HostSystem">h</host></PowerOnVM_Task>')
        self.assertEqual(request(call), [])
        self.assertEqual(request(spoil(call, '"HostSystem"', '"Datastore"')), ["reference-type-unfit"])
        self.assertEqual(request(spoil(call, '"HostSystem"', '"Host"')), ["reference-type-unknown"])
        self.assertEqual(request(spoil(call, ' type="HostSystem"', "")), ["reference-type-missing"])
        self.assertEqual(request(spoil(call, ">h<", "><")), ["bad-value"])

    def test_unknown_version(self):
        self.assertEqual(request(RECONFIGURE, '"urn:vim25/7.0.0.9"'), ["soap-action"])
        self.assertEqual(request(RECONFIGURE, ""), ["soap-action"])

    def test_property_path(self):
        self.assertEqual(self.broken("<pathSet>name</pathSet>", "<pathSet>nmae</pathSet>", RETRIEVE), ["bad-path"])
        self.assertEqual(self.broken("config.hardware.device", "config.hardware.device.backing", RETRIEVE), ["bad-path"])
        self.assertEqual(self.broken("config.hardware.device", "config.hardware.device[1000].backing", RETRIEVE), [])
        self.assertEqual(self.broken("<path>runtime.host</path>", "<path>runtime.powerState</path>", RETRIEVE), ["bad-path"])
        self.assertEqual(self.broken("<propSet><type>VirtualMachine</type>", "<propSet><type>Machine</type>", RETRIEVE), ["reference-type-unknown"])

    def test_foreign_namespace(self):
        self.assertEqual(self.broken("<numCPUs>", '<numCPUs xmlns="urn:other">'), ["namespace"])

    def test_attribute_and_text_that_do_not_belong(self):
        self.assertEqual(self.broken("<numCPUs>", '<numCPUs unit="1">'), ["unknown-attribute"])
        self.assertEqual(self.broken("<deviceChange>", "<deviceChange>text"), ["stray-text"])

    def test_malformed(self):
        self.assertEqual(request("<a>"), ["malformed"])
        self.assertEqual(request("<a/><b/>"), ["not-soap"])


if __name__ == "__main__":
    unittest.main()
