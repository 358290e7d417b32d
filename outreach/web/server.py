"""The server: uvicorn, that says when it listens, and that ends the open streams when it is told to stop instead of
waiting for them."""

from __future__ import annotations

import socket
from collections.abc import Callable

import uvicorn

from outreach.web.pulse import Pulse


class Server(uvicorn.Server):
    """Serves the app of `create_app`; `listening` is called once whoever connects is served."""

    def __init__(self, config: uvicorn.Config, listening: Callable[[], None] = lambda: None):
        super().__init__(config)
        self.listening = listening

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin."""
        await super().startup(sockets)
        if self.started:
            self.listening()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop."""
        pulse = getattr(getattr(self.config.app, "state", None), "pulse", None)
        if isinstance(pulse, Pulse):
            pulse.close()
        await super().shutdown(sockets)
