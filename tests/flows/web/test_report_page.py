"""The report as a page: the same as the file, with a policy of its own."""

from tests.helpers.report_builders import hostile
from tests.helpers.site import site_client


def test_report_is_read_and_saved(tmp_path):
    client = site_client(hostile(tmp_path))
    answer = client.get("/report?days=5")
    assert answer.status_code == 200
    assert "sha256-" in answer.headers["content-security-policy"]
    assert "<h1>News on record</h1>" in answer.text
    saved = client.get("/report?save=1")
    assert saved.headers["content-disposition"].startswith("attachment; filename=")


def test_number_of_days_is_bounded(tmp_path):
    client = site_client(hostile(tmp_path))
    for days in ("0", "-1", "99999999999999999999", "x", "٣"):
        assert client.get("/report", params={"days": days}).status_code == 200
