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

    from flows.orchestration.prefect_server import exposure_warning, prefect_server
    from flows.orchestration.prefect_setup import prepare_prefect
    from flows.orchestration.schedules import read_schedule
    from flows.settings import read_settings

    settings = read_settings(data=data)
    for name in ("ingest", "publish", "check"):
        read_schedule(f"schedule_{name}", getattr(settings, f"schedule_{name}"))
    prepare_prefect(settings.folder)
    if warning := exposure_warning(settings.serve_host):
        sys.stderr.write(f"{warning}\n")
    log = settings.folder.root / "prefect" / "server.log"
    with prefect_server(settings.serve_host, settings.serve_port, log=log) as server:
        os.environ["PREFECT_API_URL"] = server.url

        import asyncio

        from flows.orchestration.serve import make_apart
        from flows.orchestration.serve import serve as run

        made = make_apart(settings)
        sys.stderr.write(f"serving; runs and schedules: {server.url.removesuffix('/api')}\n")
        sys.stderr.flush()
        asyncio.run(run(settings, made, server))
