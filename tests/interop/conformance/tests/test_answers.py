"""Answers: what is right passes, and each single departure is found by its rule."""

import unittest

from .messages import FAULT, RECONFIGURE, RECONFIGURE_ANSWER, RETRIEVE, RETRIEVE_ANSWER, answer, spoil


class RightAnswers(unittest.TestCase):
    def test_task(self):
        self.assertEqual(answer(RECONFIGURE, RECONFIGURE_ANSWER), [])

    def test_properties(self):
        self.assertEqual(answer(RETRIEVE, RETRIEVE_ANSWER), [])

    def test_fetched_property(self):
        call = '<Fetch xmlns="urn:vim25"><_this type="VirtualMachine">vm-1</_this><prop>{}</prop></Fetch>'
        found = '<FetchResponse xmlns="urn:vim25"><returnval type="Datastore">ds-1</returnval></FetchResponse>'
        self.assertEqual(answer(call.format("datastore"), found), [])
        self.assertEqual(answer(call.format("network"), found), ["reference-type-unfit"])
        array = spoil(found, ' type="Datastore">ds-1<', ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="ArrayOfManagedObjectReference">'
                      '<ManagedObjectReference type="Datastore">ds-1</ManagedObjectReference><')
        self.assertEqual(answer(call.format("datastore"), array), [])
        self.assertEqual(answer(call.format("network"), array), ["reference-type-unfit"])
        self.assertEqual(answer(call.format("name"), array), ["path-type"])
        self.assertEqual(answer(call.format("guest"), '<FetchResponse xmlns="urn:vim25"/>'), [])

    def test_a_path_of_any_type_takes_every_value(self):
        call = spoil(RETRIEVE, "<type>VirtualMachine</type><pathSet>name</pathSet><pathSet>config.hardware.device</pathSet>",
                     "<type>Task</type><pathSet>info.result</pathSet>")
        found = ('<RetrievePropertiesExResponse xmlns="urn:vim25"><returnval><objects><obj type="Task">task-1</obj>'
                 '<propSet><name>info.result</name>{}</propSet></objects></returnval></RetrievePropertiesExResponse>')
        for value in ('<val type="HostSystem" xsi:type="ManagedObjectReference">h</val>', '<val xsi:type="xsd:int">1</val>',
                      '<val xsi:type="ArrayOfInt"><int>1</int></val>', '<val xsi:type="Description"><label>a</label><summary>b</summary></val>'):
            self.assertEqual(answer(call, found.format(value)), [])

    def test_a_list_of_nothing(self):
        call = '<FindAllByUuid xmlns="urn:vim25"><_this type="SearchIndex">s</_this><uuid>u</uuid><vmSearch>true</vmSearch></FindAllByUuid>'
        self.assertEqual(answer(call, '<FindAllByUuidResponse xmlns="urn:vim25"/>'), [])

    def test_fault(self):
        self.assertEqual(answer(RECONFIGURE, FAULT, 500), [])
        self.assertEqual(answer(RECONFIGURE, FAULT.replace("TaskInProgressFault", "Fault"), 500), [])


class SpoiledAnswers(unittest.TestCase):
    def broken(self, old, new):
        return answer(RETRIEVE, spoil(RETRIEVE_ANSWER, old, new))

    def test_answer_to_another_call(self):
        self.assertEqual(answer(RETRIEVE, RECONFIGURE_ANSWER), ["answer-name"])

    def test_result_of_the_wrong_type(self):
        self.assertEqual(answer(RECONFIGURE, spoil(RECONFIGURE_ANSWER, '"Task"', '"VirtualMachine"')), ["reference-type-unfit"])

    def test_result_missing(self):
        self.assertEqual(answer(RECONFIGURE, '<ReconfigVM_TaskResponse xmlns="urn:vim25"/>'), ["missing-required"])

    def test_path_that_does_not_exist(self):
        self.assertEqual(self.broken("<name>runtime.host</name>", "<name>runtime.hots</name>"), ["bad-path"])

    def test_path_in_missing_set(self):
        self.assertEqual(self.broken("<path>guest</path>", "<path>gusts</path>"), ["bad-path"])

    def test_value_of_another_type_than_the_path(self):
        self.assertEqual(self.broken('<val xsi:type="xsd:string">mt</val>', '<val xsi:type="xsd:boolean">true</val>'), ["path-type"])
        self.assertIn("path-type", self.broken("ArrayOfVirtualDevice", "ArrayOfOptionValue"))

    def test_array_where_a_single_value_belongs(self):
        self.assertEqual(self.broken('<val xsi:type="xsd:string">mt</val>', '<val xsi:type="ArrayOfString"><string>mt</string></val>'), ["path-type"])

    def test_reference_to_another_type_than_the_path(self):
        self.assertEqual(self.broken('type="HostSystem"', 'type="Datastore"'), ["reference-type-unfit"])
        self.assertEqual(self.broken('type="Datastore"', 'type="HostSystem"'), ["reference-type-unfit"])

    def test_path_twice(self):
        self.assertEqual(self.broken("<propSet><name>name</name>",
                                     '<propSet><name>name</name><val xsi:type="xsd:string">x</val></propSet><propSet><name>name</name>'), ["duplicate"])

    def test_value_missing(self):
        self.assertEqual(self.broken('<val xsi:type="xsd:string">mt</val>', ""), ["missing-required"])

    def test_item_under_another_name(self):
        spoiled = RETRIEVE_ANSWER.replace("<VirtualDevice ", "<device ").replace("</VirtualDevice>", "</device>")
        self.assertEqual(answer(RETRIEVE, spoiled), ["array-item-name"])

    def test_wrong_enumeration_value(self):
        self.assertEqual(self.broken(">poweredOn<", "><"), ["bad-enum"])

    def test_fault_with_the_wrong_status(self):
        self.assertEqual(answer(RECONFIGURE, FAULT, 200), ["status"])
        self.assertEqual(answer(RECONFIGURE, RECONFIGURE_ANSWER, 500), ["status"])

    def test_fault_of_no_known_type(self):
        spoiled = FAULT.replace("TaskInProgressFault", "TaskRunningFault")
        self.assertEqual(answer(RECONFIGURE, spoiled, 500), ["fault-shape"])
        self.assertEqual(answer(RECONFIGURE, spoil(FAULT, 'xsi:type="TaskInProgress"', 'xsi:type="OptionValue"'), 500), ["xsi-type-unfit"])
        self.assertEqual(answer(RECONFIGURE, spoil(FAULT, ' xsi:type="TaskInProgress"', ""), 500), ["xsi-type-missing"])

    def test_fault_that_the_method_does_not_declare(self):
        self.assertEqual(answer(RETRIEVE, FAULT, 500), ["fault-undeclared"])

    def test_fault_without_its_required_property(self):
        self.assertEqual(answer(RECONFIGURE, spoil(FAULT, '<task type="Task">task-1</task>', ""), 500), ["missing-required"])

    def test_fault_without_faultstring(self):
        self.assertEqual(answer(RECONFIGURE, spoil(FAULT, "<faultstring>busy</faultstring>", ""), 500), ["fault-shape"])


if __name__ == "__main__":
    unittest.main()
