"""A multipart/form-data body -> its fields, by the boundary at its start. Pure.

Uploaded files are skipped. Nothing is written to the disk.
"""

import re

from multipart import MultipartError, ParserLimitReached, PushMultipartParser

MOST_FIELDS = 1000
_LONGEST_FIELD = 1_000_000
_BOUNDARY = re.compile(rb"\s*--([^\r\n]{1,200}?)(--)?[ \t]*(\r?\n|\Z)")
_HEADER_NEXT = re.compile(rb"[!-9;-~]{1,60}:")


class MultipartBodyError(ValueError):
    """The body begins as multipart but is broken. The text repeats no content."""


def is_multipart(body: bytes) -> bool:
    """Whether it begins with a boundary and a part's header: services get the content type wrong."""
    match = _BOUNDARY.match(body)
    return match is not None and (match[2] is not None or bool(_HEADER_NEXT.match(body, match.end())))


def multipart_fields(body: bytes, encoding: str) -> list[tuple[str, str]]:
    """Name and text of each part that is no file, in order; invalid bytes are kept by surrogateescape.

    Raises MultipartBodyError, and UnicodeDecodeError if the encoding does not support that.
    """
    match = _BOUNDARY.match(body)
    assert match is not None, "not multipart"
    # An editor may have saved it with other line ends than it was sent with.
    sent = body if match[3] != b"\n" else body.replace(b"\n", b"\r\n")
    fields: list[tuple[str, str]] = []
    part: bytearray | None = None
    name = ""
    parser = PushMultipartParser(match[1], max_segment_size=_LONGEST_FIELD, max_segment_count=MOST_FIELDS)
    try:
        with parser:
            for event in parser.parse(sent.lstrip()):
                if event is None:
                    if part is not None:
                        fields.append((name, part.decode(encoding, "surrogateescape")))
                elif isinstance(event, bytes | bytearray):
                    if part is not None:
                        part += event
                else:
                    name = event.name or ""
                    part = bytearray() if name and event.filename is None else None
    except ParserLimitReached as error:
        raise MultipartBodyError(
            f"the body is multipart of more than {MOST_FIELDS:,} parts, or with too long a part"
        ) from error
    except MultipartError as error:
        raise MultipartBodyError("the body is multipart, but cut off or broken") from error
    return fields
