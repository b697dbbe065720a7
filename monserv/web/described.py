"""When the API's description is written: once, and not before somebody reads it."""

from __future__ import annotations

import threading

import flask_smorest
from flask import Flask, Response

from monserv.web import description
from monserv.wire.schemas.legacy import AlertMessage, MetricsUpdate
from monserv.wire.schemas.resources import Dashboard


class DescribedApi(flask_smorest.Api):  # type: ignore[misc]  # the library ships no types
    """Answers at once, and describes itself later.

    Describing all calls takes longer than all else of an application's start together.
    """

    def __init__(self, app: Flask) -> None:
        self._undescribed: list[flask_smorest.Blueprint] = []
        self._document: Response | None = None
        self._describing = threading.Lock()
        super().__init__(app)

    def register_blueprint(self, blueprint: flask_smorest.Blueprint) -> None:
        """Answer its addresses from now on; it is described once somebody reads the description."""
        self._app.extensions["flask-smorest"]["blp_name_to_api"][blueprint.name] = self
        self._app.register_blueprint(blueprint)
        self._undescribed.append(blueprint)

    def _openapi_json(self) -> Response:
        """Return the description, which is written once."""
        with self._describing:
            if self._document is None:
                self._describe()
                self._document = super()._openapi_json()
            return Response(self._document.data, mimetype=self._document.mimetype)

    def _describe(self) -> None:
        parts = self.spec.components
        parts.security_scheme("token", description.TOKEN)
        parts.schema("MetricsUpdate", schema=MetricsUpdate)
        parts.schema("AlertMessage", schema=AlertMessage)
        parts.schema("Dashboard", schema=Dashboard)
        self.spec.tag({"name": description.WEBSOCKET_TAG, "description": description.WEBSOCKET})
        for blueprint in self._undescribed:
            blueprint.register_views_in_doc(
                self, self._app, self.spec, name=blueprint.name, parameters=None
            )
            self.spec.tag({"name": blueprint.name, "description": blueprint.description})
