from . import arrow
from ._qrmint import DataOverflowError, QRCode, __version__, details, make, make_many

__all__ = ["DataOverflowError", "QRCode", "__version__", "arrow", "details", "make", "make_many"]
