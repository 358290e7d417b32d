"""The server: uvicorn, that ends the open streams when it is told to stop instead of waiting for them."""

from __future__ import annotations

import socket

import uvicorn

from outreach.web.pulse import Pulse


class Server(uvicorn.Server):
    """Serves the app of `create_app`."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop."""
        pulse = getattr(getattr(self.config.app, "state", None), "pulse", None)
        if isinstance(pulse, Pulse):
            pulse.close()
        await super().shutdown(sockets)
