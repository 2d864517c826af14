"""Updates the metrics at the end of a run, if anyone wants them."""

from __future__ import annotations

from flows.events import MetricsFailed
from flows.logs import log
from flows.settings import Settings
from transforms.errors import OnrecordError

WAIT_S = 5.0  # metrics are not worth more: the next run counts what this one could not


def update_metrics(settings: Settings) -> None:
    """Write the figures for `onrecord serve`, and the file of the setting `metrics_file`.

    Nothing is done unless that file is set or `serve` has made the folder of the figures. A
    failure is logged, because it is no failure of the run.
    """
    folder, file = settings.folder, settings.metrics_file
    if file is None and not folder.metrics.is_dir():
        return

    # Runs without metrics do not need these modules.
    from flows.metrics.counting import write_figures  # noqa: PLC0415
    from flows.metrics.exposition import write_metrics_file  # noqa: PLC0415

    try:
        write_figures(folder, wait_s=min(settings.lock_wait_s, WAIT_S))
        if file is not None:
            write_metrics_file(file, folder)
    except (OnrecordError, OSError) as exc:
        log(MetricsFailed(detail=str(exc)))
