"""The issuer of the card, on a third origin: asks the customer to confirm the payment."""

from __future__ import annotations

from flask import Flask, abort, render_template, request

from validator.core.urls import is_web_url


def create_issuer() -> Flask:
    app = Flask(__name__)
    app.add_url_rule("/challenge", "challenge", _challenge)
    return app


def _challenge() -> str:
    done = request.args.get("done", "")
    if not is_web_url(done):
        abort(404)
    return render_template("issuer_challenge.html", done=done)
