"""A local stand-in for Connectif's servers: serves the script and stores what it posts."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from flask import Flask, Response, current_app, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue

from validator.demo.inbox import Inbox, Payload
from validator.demo.server_settings import ENVIRONMENT, STORE_ID

_TRACKER_ID = "000000000000000000000000"


def _ignore_payload(payload: Payload) -> None:
    """Do nothing with a payload: without a local API, nothing records its purchases."""


def create_collector(
    inbox: Inbox,
    changed: Mapping[str, object],
    hand_over: Callable[[Payload], None] = _ignore_payload,
) -> Flask:
    """Create the server. ``changed`` overrides entries of the script's configuration.

    ``hand_over`` is called with each payload after the inbox has it.
    """
    app = Flask(__name__)
    app.extensions["inbox"] = inbox
    app.extensions["changed-configuration"] = changed
    app.extensions["hand-over"] = hand_over
    app.add_url_rule("/", "home", _received)
    app.add_url_rule("/received", "received", _received)
    app.add_url_rule("/received.json", "received_json", _received_json)
    app.add_url_rule(f"/{ENVIRONMENT}/client-script/{STORE_ID}", "script", _client_script)
    app.add_url_rule(
        f"/integration-type/system/scrippet-notification/{STORE_ID}",
        "receive",
        _receive,
        methods=["POST"],
    )
    return app


def _inbox() -> Inbox:
    inbox: Inbox = current_app.extensions["inbox"]
    return inbox


def _client_script() -> Response:
    """Return the script with the shop's configuration at its end, like the real one."""
    configuration = {
        "baseUrl": url_for("home", _external=True),
        "token": STORE_ID,
        "webTrackingEnabled": True,
        "autoInitialize": True,
        "autoSendEventsOnInit": True,
        "trackAllByDefault": True,
        "includeTracking": [],
        "excludeTracking": [],
        "allowedDomains": [],
        **current_app.extensions["changed-configuration"],
    }
    with current_app.open_resource("static/connectif-stand-in.js", "r", "utf-8") as file:
        script = (
            f"{file.read()}\nwindow.connectifConfiguration = {json.dumps(configuration)};\n"
            "window.initializeConnectif(window.connectifConfiguration);\n"
        )
    return Response(script, mimetype="text/javascript")


def _receive() -> ResponseReturnValue:
    payload = request.get_json(force=True)  # the script posts it as text/plain
    _inbox().add(payload)
    current_app.extensions["hand-over"](payload)
    return jsonify(trackerId=_TRACKER_ID), {"Access-Control-Allow-Origin": "*"}


def _received() -> str:
    payloads = [json.dumps(payload, indent=2, ensure_ascii=False) for payload in _inbox().all()]
    return render_template("received.html", payloads=payloads)


def _received_json() -> Response:
    return jsonify(_inbox().all())
