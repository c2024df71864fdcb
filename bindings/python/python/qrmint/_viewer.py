"""Pictures to the program that shows them."""

import tempfile
import threading
import webbrowser
from pathlib import Path


def show(picture: bytes) -> None:
    """Opens a PNG in the program that shows such files. The file is removed after 20 seconds."""
    with tempfile.NamedTemporaryFile(suffix=".png", delete=False) as file:
        file.write(picture)
    path = Path(file.name)
    webbrowser.open(path.as_uri())
    timer = threading.Timer(20, lambda: path.unlink(missing_ok=True))
    timer.start()
