"""The errors, where `qrcode` has them."""

from qrmint import DataOverflowError

__all__ = ["DataOverflowError"]
