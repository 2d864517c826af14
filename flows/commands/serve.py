"""`onrecord serve`."""

from __future__ import annotations

import sys

from flows.commands.options import Data


def serve(*, data: Data = None) -> None:
    """Run every schedule, with Prefect's server and its pages, until Ctrl-C.

    The server is the one that PREFECT_API_URL names, else one of our own on loopback.

    Example: [b]onrecord serve[/b]
    """
    import os

    from flows.prefect_server import exposure_warning, prefect_server
    from flows.prefect_setup import prepare_prefect
    from flows.schedules import read_schedule
    from flows.settings import read_settings
    from warehouse.connect import open_live

    settings = read_settings(data=data)
    for name in ("ingest", "publish", "check"):
        read_schedule(f"schedule_{name}", getattr(settings, f"schedule_{name}"))
    with open_live(settings.folder, wait_s=settings.lock_wait_s):
        pass  # says at once, before Prefect starts, if the warehouse cannot be written
    prepare_prefect(settings.folder)
    if warning := exposure_warning(settings.serve_host):
        sys.stderr.write(f"{warning}\n")
    log = settings.folder.root / "prefect" / "server.log"
    with prefect_server(settings.serve_host, settings.serve_port, log=log) as url:
        os.environ["PREFECT_API_URL"] = url

        import asyncio

        from flows.serve import serve as run

        sys.stderr.write(f"serving; runs and schedules: {url.removesuffix('/api')}\n")
        sys.stderr.flush()
        asyncio.run(run(settings))
