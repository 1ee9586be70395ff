"""Small files of every kind that may or may not go out, for tests."""

import base64
import io
import zipfile

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + b"\x00" * 40 + b"\xff\xd9"
GIF = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///ywAAAAAAQABAAACAUwAOw==")
PDF = b"%PDF-1.4\n%%EOF\n"
PROGRAM = b"MZ\x90\x00" + b"\x00" * 60
WEB_PAGE = b"<html><script>alert(1)</script></html>"


def make_office(folder: str = "word", *, macros: bool = False) -> bytes:
    """Return an office document's archive with nothing in it but its marks."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(f"{folder}/document.xml", "<document/>")
        if macros:
            archive.writestr(f"{folder}/vbaProject.bin", "x")
    return whole.getvalue()
