"""Microsoft Graph's qrCodeImageDetails."""

import pytest
import qrmint
from qrmint.types import Level


def test_the_four_properties() -> None:
    assert qrmint.details("hello") == {
        "version": 1,
        "errorCorrectionLevel": "m",
        "binaryValue": qrmint.make("hello").png(),
        "rawContent": b"hello",
    }


@pytest.mark.parametrize("level", ["l", "m", "q", "h", "L", "M", "Q", "H"])
def test_every_level(level: Level) -> None:
    details = qrmint.details("x" * 100, level)
    qr = qrmint.make("x" * 100, level)
    assert details == qrmint.details("x" * 100, level=level)
    assert (details["version"], details["binaryValue"]) == (qr.version, qr.png())
    assert details["errorCorrectionLevel"] == level.lower()


@pytest.mark.parametrize("content", ["", "Grüße", "a\0b", b"", b"\xff\0"])
def test_raw_content_is_what_was_given(content: str | bytes) -> None:
    details = qrmint.details(content)
    assert details["rawContent"] == (content.encode() if isinstance(content, str) else content)
    assert details["binaryValue"] == qrmint.make(content).png()
    assert list(map(type, details.values())) == [int, str, bytes, bytes]


def test_errors() -> None:
    with pytest.raises(qrmint.DataOverflowError) as overflow:
        qrmint.details("x" * 1274, "h")
    assert (overflow.value.bytes, overflow.value.error, overflow.value.index) == (1274, "H", None)
    for arguments, error, message in [
        (("hello", "x"), ValueError, "level must be 'l', 'm', 'q' or 'h', not 'x'"),
        (("hello", 5), TypeError, "level must be str, not int"),
        ((5,), TypeError, "content must be str or bytes, not int"),
    ]:
        with pytest.raises(error) as caught:
            qrmint.details(*arguments)
        assert str(caught.value) == message
    with pytest.raises(UnicodeEncodeError):
        qrmint.details("\udfff")
