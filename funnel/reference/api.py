"""The reference of what we answer over HTTP, from each application's OpenAPI."""

from contextlib import nullcontext
from typing import Any

from fastapi import FastAPI

from connectors.registry import connectors
from connectors.webhooks.app import make_app
from funnel.reference.markdown import code, table


def _never() -> Any:
    raise AssertionError("the pages are written without answering anybody")


def applications() -> dict[str, tuple[str, FastAPI]]:
    """Title -> where it listens, and the application."""
    received = [one for one in connectors() if one.receive is not None]
    webhooks = make_app(received, _never, _never, _never, lambda _: nullcontext())
    return {
        "Webhooks": (
            "`funnel connectors serve` listens on 127.0.0.1, on `FUNNEL_WEBHOOK_PORT` (8090); a reverse proxy forwards "
            "only what is below `/webhooks/` ([HTTPS](../howto/https.md)). Services that cannot sign post to the same "
            "with `/<token>` after it. On the machine itself `/docs` shows the same, to try.",
            webhooks,
        )
    }


def api_page() -> str:
    """The page."""
    parts = ["# HTTP API"]
    for title, (where, app) in applications().items():
        parts += ["", f"## {title}", "", where]
        answers: dict[str, str] = {}
        rows = []
        for path, methods in app.openapi()["paths"].items():
            if path.endswith("/{token}"):
                continue
            for method, one in methods.items():
                told = " ".join([f"{one['summary']}.", one.get("description", "")])
                rows.append((code(f"{method.upper()} {path}"), told, ", ".join(one["responses"])))
                answers |= {status: said["description"] for status, said in one["responses"].items()}
        parts += ["", table(("request", "what", "answers"), rows), ""]
        parts += [table(("status", "meaning"), sorted(answers.items()))]
    return "\n".join(parts)
