"""Holds recorded SOAP messages against pyVmomi's type metadata.

pyVmomi lists every managed method and data type of the vSphere API with its
properties in wire order, their types, optionality and since-version. Nobody of
this project wrote it, so it can judge both the client and the mock.

    python -m conformance FOLDER      checks every recording in FOLDER
    python -m unittest discover       shows that the check can fail
"""
