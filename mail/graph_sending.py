"""Sending over Microsoft Graph: a draft made from our own bytes, then sent.

`sendMail` answers without an id, so that nobody could say afterwards whether it went. The draft's id is the proof: when
the answer to /send is lost, a draft that is still there has not gone; one that is no longer there has.

Source: docs/sources.md, "Post"; Microsoft Graph reference 1.0 (message: create from MIME, send).
"""

from __future__ import annotations

import base64
from urllib.parse import quote

from mail.errors import TryLater
from mail.graph_calls import Graph, GraphSettings, json_or_empty
from mail.sending import Accepted, Handing, Outcome, Refused, TryAgain, Uncertain, nothing


class Wire:
    """Sends letters over Graph; as `sending.Wire`."""

    def __init__(self, settings: GraphSettings) -> None:
        self.settings = settings

    def __enter__(self) -> Wire:
        self._graph = Graph(self.settings)
        self._graph.tokens.token()
        return self

    def __exit__(self, *_: object) -> None:
        self._graph.session.close()

    def deliver(self, raw: bytes, recipient: str, handing: Handing = nothing) -> Outcome:
        """Send one letter and return what became of it; never raises for one bad letter.

        `handing` is called when the draft lies there and only the word to send it is missing.
        Graph takes the recipient from the letter's own To header, which `mail.compose` writes.
        """
        del recipient
        try:
            answer = self._graph.call(
                "POST",
                "/messages",
                data=base64.b64encode(raw),
                headers={"Content-Type": "text/plain"},
            )
        except TryLater as trouble:
            return TryAgain(0, str(trouble))
        draft = str(json_or_empty(answer).get("id", ""))
        if answer.status_code != 201 or not draft:
            return Refused(
                answer.status_code,
                f"Microsoft Graph does not take the letter ({answer.status_code})",
            )
        handing()
        return self._send(draft)

    def _send(self, draft: str) -> Outcome:
        try:
            answer = self._graph.call("POST", f"/messages/{quote(draft)}/send")
        except TryLater as trouble:
            return self._after(draft, str(trouble))
        if answer.status_code == 202:
            return Accepted("202 taken by Microsoft Graph")
        if answer.status_code == 404:
            return Uncertain("the draft vanished before it was sent")
        self._drop(draft)
        return Refused(
            answer.status_code, f"Microsoft Graph does not send the letter ({answer.status_code})"
        )

    def _after(self, draft: str, trouble: str) -> Outcome:
        """The answer to /send is lost: a draft that is still a draft has not gone."""
        try:
            answer = self._graph.call("GET", f"/messages/{quote(draft)}?$select=id,isDraft")
        except TryLater:
            return Uncertain(f"no answer after the letter was handed over: {trouble}")
        if answer.status_code == 200 and json_or_empty(answer).get("isDraft"):
            # It might still leave the outbox late: the draft is taken away before another try.
            return TryAgain(0, trouble) if self._drop(draft) else Uncertain(trouble)
        return Accepted("the draft has left the mailbox")

    def _drop(self, draft: str) -> bool:
        try:
            return self._graph.call("DELETE", f"/messages/{quote(draft)}").status_code == 204
        except TryLater:
            return False
