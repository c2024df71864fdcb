"""Stands in for `qrcode` 8.2, python-qrcode: write `from qrmint.compat import qrcode` in place of `import qrcode`.

>>> from qrmint.compat import qrcode
>>> qrcode.make("hello").save("hello.png")
"""

from . import constants, exceptions
from .constants import ERROR_CORRECT_H, ERROR_CORRECT_L, ERROR_CORRECT_M, ERROR_CORRECT_Q
from .main import QRCode, make

__all__ = [
    "ERROR_CORRECT_H",
    "ERROR_CORRECT_L",
    "ERROR_CORRECT_M",
    "ERROR_CORRECT_Q",
    "QRCode",
    "constants",
    "exceptions",
    "make",
]
