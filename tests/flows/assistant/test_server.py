"""What the server offers: tools, resources and prompts, also before anything was published."""

import asyncio
import json

import jsonschema
import pytest
from mcp.shared.exceptions import MCPError

from flows.assistant.library import Call, Library
from flows.assistant.server import TOOLS
from flows.assistant.tools.sql import COLUMNS
from flows.settings import Settings
from flows.web.scopes import EVERY, Scope
from tests.helpers.assistants import called, in_session, refused, server_of
from tests.helpers.harbour import LATE, OPENING, SYNDICATED
from tests.helpers.linked import load_linked
from warehouse.connect import open_live
from warehouse.folder import DataFolder
from warehouse.publish import publish


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = load_linked(tmp_path_factory.mktemp("offers"), [OPENING, SYNDICATED, LATE])
    publish(folder)
    return folder


@pytest.fixture(scope="module")
def server(folder):
    return server_of(folder)


@pytest.fixture(scope="module")
def tools(server):
    return in_session(server, lambda client: client.list_tools()).tools


def text_at(server, uri):
    (content,) = in_session(server, lambda client: client.read_resource(uri)).contents
    return content.text


def test_tools_only_read(tools):
    assert [tool.name for tool in tools] == [
        "search", "statements", "article", "speaker", "story", "quote_spread", "counts", "sql", "feeds_status",
    ]  # fmt: skip
    assert all(tool.annotations.read_only_hint for tool in tools)
    assert not any(tool.annotations.destructive_hint for tool in tools)


def test_tools_and_arguments_are_described(tools):
    for tool in tools:
        assert len(tool.description) > 80
        jsonschema.Draft202012Validator.check_schema(tool.input_schema)
        assert tool.input_schema["additionalProperties"] is False
        for name, schema in tool.input_schema["properties"].items():
            assert schema["description"], name


def test_schemas_do_not_repeat_names_as_titles(tools):
    assert '"title": "' not in json.dumps([tool.input_schema for tool in tools])


def test_structured_content_is_as_described(server, tools):
    schema = {tool.name: tool.output_schema for tool in tools}
    for name, asked in {"statements": {"speaker": "Ruiz"}, "counts": {"query": "ferry"}}.items():
        jsonschema.validate(called(server, name, **asked).content, schema[name])


def test_those_who_may_not_use_sql_are_not_offered_it(folder):
    readers = server_of(folder, EVERY - {Scope.SQL})
    names = [tool.name for tool in in_session(readers, lambda client: client.list_tools()).tools]
    assert "sql" not in names
    assert "search" in names
    text = refused(readers, "sql", query="FROM said")
    assert text == f"There is no tool 'sql'. There are: {', '.join(names)}."


def test_views_in_the_description_exist(server):
    for view, names in COLUMNS.items():
        query = f"SELECT {', '.join(names)} FROM {view} LIMIT 0"
        assert called(server, "sql", query=query).content["columns"] == [*names]


def test_dictionary_is_a_resource(server):
    listed = in_session(server, lambda client: client.list_resources()).resources
    assert [str(one.uri) for one in listed] == ["onrecord://dictionary", "onrecord://queries"]
    assert "- `said`: Who said what" in text_at(server, "onrecord://dictionary")
    said = text_at(server, "onrecord://dictionary/said")
    assert "| `statement` | VARCHAR |" in said
    assert "### said\n" in said
    templates = in_session(server, lambda client: client.list_resource_templates())
    assert [one.uri_template for one in templates.resource_templates] == [
        "onrecord://dictionary/{name}", "onrecord://queries/{name}",
    ]  # fmt: skip


def test_example_queries_can_be_read_and_run(server):
    listed = text_at(server, "onrecord://queries")
    names = [line.split("`")[1] for line in listed.splitlines() if line.startswith("- `")]
    assert len(names) > 20
    query = text_at(server, f"onrecord://queries/{names[0]}")
    assert called(server, "sql", query=query).content["columns"]


@pytest.mark.parametrize(
    ("uri", "told"),
    [
        ("onrecord://dictionary/none", "the warehouse has no table or view 'none'"),
        ("onrecord://queries/../../../pyproject", "there is no example"),
        ("file:///etc/passwd", "there is no resource"),
    ],
)
def test_unknown_resource_is_refused(server, uri, told):
    with pytest.raises(MCPError, match=told):
        text_at(server, uri)


def test_prompts_have_what_the_user_gave(server):
    prompts = in_session(server, lambda client: client.list_prompts()).prompts
    assert [prompt.name for prompt in prompts] == ["trace_statement", "compare_outlets"]
    given = {"statement": "We {waited} long enough"}
    answer = in_session(server, lambda client: client.get_prompt("trace_statement", given))
    (message,) = answer.messages
    assert message.content.text.startswith("Trace this statement: We {waited} long enough\n")
    with pytest.raises(MCPError, match="statement: it is missing"):
        in_session(server, lambda client: client.get_prompt("trace_statement", {}))


@pytest.mark.parametrize("text", ["trace_statement", "compare_outlets"])
def test_prompts_name_tools_that_exist(server, text):
    names = ("statement", "subject", "outlets", "since", "until")
    given = dict.fromkeys(names, "x")
    answer = in_session(server, lambda client: client.get_prompt(text, given))
    words = answer.messages[0].content.text.split("`")[1::2]
    assert words
    assert set(words) <= {tool.name for tool in TOOLS}


ENDLESS = "SELECT count(*) FROM range(100000000000), range(100000)"
NOTHING = {
    "search": {"query": "ferry"}, "statements": {"speaker": "Ruiz"}, "article": {"article": "a1-x"},
    "speaker": {"name": "Ana Ruiz"}, "story": {}, "quote_spread": {"statement_id": "q1-x"},
    "counts": {"query": "ferry"}, "sql": {"query": "FROM said"},
}  # fmt: skip


@pytest.mark.parametrize("tool", sorted(NOTHING))
def test_nothing_published_yet_is_said(tmp_path, tool):
    text = refused(server_of(DataFolder(tmp_path)), tool, **NOTHING[tool])
    assert text.startswith("Nothing was published yet")
    assert "`onrecord ingest`" in text


def test_feeds_are_told_before_anything_was_published(tmp_path):
    assert called(server_of(DataFolder(tmp_path)), "feeds_status").content["feeds_in_all"] == 0


def test_published_snapshot_without_articles_has_no_rows(tmp_path):
    folder = load_linked(tmp_path)
    with open_live(folder):
        pass
    publish(folder)
    server = server_of(folder)
    assert called(server, "search", query="ferry").content["articles"] == []
    assert called(server, "statements", speaker="Ruiz").content["statements"] == []
    assert called(server, "counts", query="ferry").content["periods"] == []
    assert "There are no stories yet" in refused(server, "story")


def test_call_that_takes_too_long_is_ended(folder):
    text = refused(server_of(folder, query_timeout_s=0.5), "sql", query=ENDLESS)
    assert "took longer" in text


def test_cancelled_call_ends_its_work(folder):
    library = Library.of(Settings(data=folder.root))
    ended = []

    def work():
        call = Call(library)
        with call.searching() as (con, _), call.ended_by(lambda: ended.append(con)):
            call.cancel()
            assert call.is_cancelled
        call.cancel()  # nothing is left to end

    work()
    assert len(ended) == 1


def test_others_are_answered_while_a_call_works_that_its_client_then_cancels(server):
    async def both(client):
        waiting = asyncio.ensure_future(client.call_tool("sql", {"query": ENDLESS}))
        quick = await client.call_tool("search", {"query": "ferry"})
        assert not waiting.done()
        waiting.cancel()
        return quick, await client.call_tool("sql", {"query": "SELECT 42"})

    quick, later = in_session(server, both)
    assert not quick.is_error
    assert later.structured_content["rows"] == [[42]]
