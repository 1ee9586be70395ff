"""How both platforms answer over HTTP: read a call, admit it, suffer a fault, answer, journal."""

from sandbox.serving.call import Admission, Answer, Call
from sandbox.serving.door import Door, Platform

__all__ = ["Admission", "Answer", "Call", "Door", "Platform"]
