"""The operations on files beside entries.

Part of the table of all operations; nothing is done here.
"""

from incident.web import api_attachments as attachments
from incident.web.api_replies import ONCE, ONE, one
from incident.web.api_route import Operation, Reply
from incident.web.attachment_bodies import UploadQuery

FILES = f"{ONE}/attachments"

ATTACHMENTS: tuple[Operation, ...] = (
    Operation(
        method="POST", path=FILES, name="uploadFile", endpoint=attachments.upload,
        tag="timeline", summary="Upload a file, to be shown by an entry that names its id",
        description="The body is the file, at most 5 MB. The same bytes again are the same file. "
        "One that no entry names within a day is removed.",
        query=UploadQuery, takes_file=True, headers=ONCE,
        replies={201: one("The file", "Attachment", "Location", "Idempotency-Replayed")},
        refusals=(404, 409),
    ),
    Operation(
        method="GET", path=f"{FILES}/{{attachment}}", name="readFile",
        endpoint=attachments.download, tag="timeline", summary="Read a file",
        description="Pictures (PNG, JPEG, GIF, WebP) to be shown, anything else to be saved.",
        headers=("If-None-Match",),
        replies={
            200: Reply(
                meaning="Its bytes", schema={}, media_type="application/octet-stream",
                also="image/*", headers=("ETag",),
            ),
            304: Reply(meaning="It is still the same", headers=("ETag",)),
        },
        refusals=(404,),
    ),
)  # fmt: skip
