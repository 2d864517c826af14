"""`onrecord serve` with a small publisher, and the state of its warehouse."""

import os
import subprocess
import sys

from flows.settings import Settings
from tests.helpers.prefect_home import prefect_home
from tests.helpers.processes import ROOT, free_port, without_prefect
from tests.helpers.warehouses import query


def served(folder, news):
    prefect_home(folder / "prefect")
    ours = {
        "HOME": str(folder), "ONRECORD_ALLOW_HOSTS": news.host, "ONRECORD_HOST_DELAY": "0.2",
        "ONRECORD_SCHEDULE_INGEST": "15s", "ONRECORD_SCHEDULE_PUBLISH": "off",
        "ONRECORD_SERVE_PORT": str(free_port()), "ONRECORD_METRICS_PORT": "0",
        "ONRECORD_WEB_PORT": "0",
        "ONRECORD_WORKERS": "1",
        "ONRECORD_BATCH_DOCUMENTS": "4",
    }  # fmt: skip
    with (folder / "serve.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "flows", "serve", "--data", str(folder)],
            cwd=ROOT, env=without_prefect(os.environ) | ours, start_new_session=True, stdout=log, stderr=log,
        )  # fmt: skip


def committed(settings):
    """Return how many articles the batches have appended."""
    if not settings.folder.live.exists():
        return 0
    return query(settings, "SELECT coalesce(sum(appended), 0) FROM batches")[0][0]


def ready(folder, news):
    """Write the feed list; return settings without delays."""
    folder.mkdir(exist_ok=True)
    (folder / "feeds.opml").write_bytes(news.opml())
    return Settings(data=folder, workers=1, host_delay=0.0, allow_hosts=news.host)
