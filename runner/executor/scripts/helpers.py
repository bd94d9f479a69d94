"""Names that Python scripts written for Octopus use; they are the contract."""

import base64
import os
import sys


def encode(value):
    return base64.b64encode(str(value).encode("utf-8", "surrogateescape")).decode("ascii")


def decode(value):
    return base64.b64decode(value).decode("utf-8", "surrogateescape")


def _message(_name, **values):
    sys.stdout.write("##octopus[" + _name + "".join(" %s='%s'" % (k, encode(v)) for k, v in values.items()) + "]\n")
    sys.stdout.flush()


def get_octopusvariable(key):
    return octopusvariables[key]


def set_octopusvariable(name, value, sensitive=False):
    octopusvariables[name] = value
    if sensitive:
        _message("setVariable", name=name, value=value, sensitive="True")
    else:
        _message("setVariable", name=name, value=value)


def createartifact(path, fileName=None):
    length = os.stat(path).st_size if os.path.isfile(path) else 0
    _message("createArtifact", path=os.path.abspath(path), name=fileName or os.path.basename(path), length=length)


def updateprogress(progress, message=""):
    _message("progress", percentage=progress, message=message)


def failstep(message=None):
    if message is not None:
        _message("resultMessage", message=message)
    sys.exit(1)


def _print_as(mode, message):
    _message("stdout-" + mode)
    print(message)
    _message("stdout-default")


def printverbose(message):
    _print_as("verbose", message)


def printhighlight(message):
    _print_as("highlight", message)


def printwait(message):
    _print_as("wait", message)


def printwarning(message):
    _print_as("warning", message)
