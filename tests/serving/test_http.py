"""What the service answers, over real sockets: predictions, problems, and nothing of itself."""

from __future__ import annotations

import json

import pytest
from prometheus_client.parser import text_string_to_metric_families  # comes with JupyterLab
from servers import ROW, exchange, export, flights, request, serving

import nbpipe
from nbpipe.errors import UsageError
from nbpipe.serving.server import bind


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    return export(tmp_path_factory.mktemp("models") / "late")


@pytest.fixture(scope="module")
def server(bundle):
    limits = ["--max-rows", "50", "--max-body", "20000", "--timeout", "2"]
    with serving(bundle.path.parent, *limits) as running:
        yield running


def ask(server, body, **options):
    [(status, headers, content)] = exchange(server.port, request(body, **options))
    kind = headers.get("content-type", "")
    return status, json.loads(content) if content and "json" in kind else content, headers


def refused(server, status, body, **options):
    """Return the problem that a request is answered with."""
    got, told, headers = ask(server, body, **options)
    assert got == status, told
    assert headers["content-type"] == "application/problem+json"
    assert told["status"] == status
    assert {"type", "title", "detail"} <= told.keys()
    assert "Traceback" not in str(told)
    assert ".py" not in str(told)
    return told


def test_one_record_gives_one_prediction_and_a_list_gives_a_list(server, bundle):
    X = flights()[0][list(ROW)].head(30)
    rows = json.loads(X.to_json(orient="records"))
    model = nbpipe.load(bundle.path)
    answers = told_of(model, rows)
    status, many, _ = ask(server, rows)
    assert (status, many["predictions"]) == (200, answers)
    assert many["model"] == {"name": "late", "version": "1.0.0"}
    status, one, _ = ask(server, rows[3])
    assert status == 200
    [alone] = told_of(model, rows[3:4])
    assert one == {**alone, "model": many["model"], "warnings": []}
    # BLAS may sum many rows in another order than one: the last bit is the machine's own
    assert one["prediction"] == answers[3]["prediction"]
    assert one["probabilities"] == pytest.approx(answers[3]["probabilities"], rel=1e-12)


def told_of(model, rows):
    """Return what the service should tell of `rows`, from the model itself."""
    return [
        {"prediction": label, "probabilities": {"0": share[0], "1": share[1]}}
        for label, share in zip(
            model.predict(rows).tolist(), model.predict_proba(rows).tolist(), strict=True
        )
    ]


def test_what_policy_warns_of_is_told_beside_the_prediction(server):
    status, told, _ = ask(server, [ROW, {**ROW, "carrier": "ZZ"}, {**ROW, "temp": 200.5}])
    assert status == 200
    assert len(told["predictions"]) == 3
    seen = [(each["pointer"], each["value"], each["kind"]) for each in told["warnings"]]
    assert sorted(seen) == [("#/1/carrier", "ZZ", "unseen"), ("#/2/temp", 200.5, "range")]


def test_every_field_that_does_not_fit_is_listed_with_its_place(server):
    told = refused(server, 422, [ROW, {**ROW, "distance": "9", "temp": None, "a/b~c": 1}])
    errors = {each.pop("pointer"): each for each in told["errors"]}
    assert errors["#/1/distance"] == {
        "row": 1,
        "column": "distance",
        "value": "9",
        "kind": "type",
        "expected": "a whole number",
    }
    assert errors["#/1/a~1b~0c"]["kind"] == "unexpected column"
    assert "#/1/temp" not in errors  # training had gaps there
    assert "distance" in told["detail"]
    told = refused(server, 422, {"carrier": "AA"})
    assert {"#/distance", "#/origin", "#/temp", "#/wind_gust"} == {
        each["pointer"] for each in told["errors"]
    }


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (400, b""),
        (400, b"  \r\n"),
        (400, b"{"),
        (400, b'{"distance": NaN}'),
        (400, b'{"distance": -Infinity}'),
        (400, b'{"distance": 1, "distance": 2}'),
        (400, b'{"distance": ' + b"9" * 5000 + b"}"),
        (400, b"[" * 15_000),
        (400, b'{"carrier": "\xff"}'),
        (400, b"\xef\xbb\xbf{}"),
        (400, '{"carrier": "AA"}'.encode("utf-16")),
        (413, b" " * 20_001),
        (413, json.dumps([{}] * 51).encode()),
        (422, b"[]"),
        (422, b"null"),
        (422, b"7"),
        (422, b"[1]"),
        (422, b'[{"distance": 1}, 2]'),
        (422, json.dumps({**ROW, "temp": 1}).replace(": 1,", ": 1e400,").encode()),
        (422, json.dumps({**ROW, "temp": {"a": [1]}}).encode()),
        (422, json.dumps({**ROW, "temp": 10**400}).encode()),
        (422, json.dumps({**ROW, "distance": 2**63}).encode()),
        (422, json.dumps({**ROW, "\ud800": 1}).encode()),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_what_is_no_usable_json_is_refused_and_the_server_goes_on(server, status, body):
    refused(server, status, body)
    assert ask(server, ROW)[0] == 200


@pytest.mark.parametrize(
    "header",
    [
        "content-type: text/plain",
        "content-type: application/json; charset=latin-1",
        "content-type: multipart/form-data; boundary=x",
        "content-type:",
        "content-encoding: gzip",
    ],
)
def test_another_type_charset_or_encoding_is_unsupported(server, header):
    refused(server, 415, ROW, headers=[header])


@pytest.mark.parametrize("charset", ["utf-8", '"UTF-8"', "utf8", "utf-8; x=y"])
def test_utf_8_may_be_said(server, charset):
    kind = f"Content-Type: Application/JSON; charset={charset}"
    assert ask(server, ROW, headers=[kind, "Content-Encoding: Identity"])[0] == 200


def test_unknown_paths_and_methods_are_problems_too(server):
    refused(server, 404, b"", path="/nope", method="GET")
    refused(server, 404, b"", path="/predict/", method="POST")
    for method in ("GET", "PUT", "DELETE", "OPTIONS", "PATCH"):
        told = exchange(server.port, request(b"", method=method))
        [(status, headers, _)] = told
        assert (status, headers["allow"]) == (405, "post")
        assert headers["content-type"] == "application/problem+json"
    refused(server, 405, b"", path="/health")


def test_what_is_no_http_is_a_problem(server):
    [(status, headers, body)] = exchange(server.port, b"HELLO\r\n\r\n")
    assert status == 400
    assert headers["content-type"] == "application/problem+json"
    assert json.loads(body)["title"] == "Bad Request"


def test_head_has_no_body_but_its_length(server):
    async def talk():
        import asyncio

        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(b"HEAD /health HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n")
        return await reader.read()

    import asyncio

    got = asyncio.run(talk())
    assert got.startswith(b"HTTP/1.1 200")
    assert got.endswith(b"\r\n\r\n")
    assert b"content-length: 19" in got


def test_the_model_says_what_it_is(server, bundle):
    status, manifest, _ = ask(server, b"", path="/model", method="GET")
    assert status == 200
    assert manifest["name"] == "late"
    assert manifest["files"].keys() == bundle.manifest.files.keys()
    assert ask(server, b"", path="/health", method="GET")[1] == {"status": "alive"}
    ready = ask(server, b"", path="/ready", method="GET")[1]
    assert ready == {
        "status": "ready",
        "model": {"name": "late", "version": "1.0.0"},
        "refused": None,
    }


def test_the_document_describes_the_model_with_real_rows(server, bundle):
    document = ask(server, b"", path="/openapi.json", method="GET")[1]
    assert document["info"]["title"] == "late"
    assert document["info"]["version"] == "1.0.0"
    record = document["components"]["schemas"]["Record"]
    assert record["required"] == list(bundle.manifest.schema.names)
    assert record["properties"]["temp"]["type"] == ["number", "null"]
    assert record["properties"]["distance"]["type"] == "integer"
    assert "80 to 4983" in record["properties"]["distance"]["description"]
    content = document["paths"]["/predict"]["post"]["requestBody"]["content"]
    examples = content["application/json"]["examples"]
    for example in examples.values():
        assert ask(server, example["value"])[0] == 200


def test_metrics_count_requests_rows_and_problems_without_names_that_clients_make_up(bundle):
    with serving(bundle.path) as server:
        ask(server, ROW)
        ask(server, [ROW, {**ROW, "carrier": "ZZ"}])
        refused(server, 422, {**ROW, 'x"\n\\': 1, "distance": "far"})
        refused(server, 404, b"", path="/secret/of/mine", method="GET")
        refused(server, 405, b"", method="BREW")
        status, text, headers = ask(server, b"", path="/metrics", method="GET")
    assert status == 200
    assert headers["content-type"].startswith("text/plain; version=0.0.4")
    lines = text.decode().splitlines()
    for expected in (
        'nbpipe_model_info{name="late",version="1.0.0"} 1',
        'nbpipe_requests_total{path="/predict",method="POST",status="200"} 2',
        'nbpipe_requests_total{path="/predict",method="POST",status="422"} 1',
        'nbpipe_requests_total{path="other",method="GET",status="404"} 1',
        'nbpipe_requests_total{path="/predict",method="other",status="405"} 1',
        'nbpipe_input_problems_total{column="carrier",kind="unseen",action="warn"} 1',
        'nbpipe_input_problems_total{column="distance",kind="type",action="error"} 1',
        'nbpipe_input_problems_total{column="",kind="unexpected column",action="error"} 1',
        "nbpipe_rows_total 3",
        "nbpipe_requests_in_flight 1",
        'nbpipe_request_seconds_bucket{path="/predict",le="+Inf"} 4',
        'nbpipe_request_seconds_count{path="/predict"} 4',
    ):
        assert expected in lines
    assert len(list(text_string_to_metric_families(text.decode()))) == 8


def test_the_log_holds_no_values_of_the_input(bundle):
    with serving(bundle.path) as server:
        ask(server, {**ROW, "carrier": "SECRET", "temp": 123.25})
        refused(server, 422, {**ROW, "carrier": 5, "temp": "SECRET"})
        refused(server, 404, b"", path="/SECRET?key=SECRET", method="GET")
        assert server.stop() == 0
    assert "SECRET" not in "".join(server.log)
    requests = [each for each in server.records() if each["message"] == "request"]
    assert [(each["path"], each["status"], each["rows"]) for each in requests] == [
        ("/predict", 200, 1),
        ("/predict", 422, 0),
        ("other", 404, 0),
    ]


def test_policy_is_that_of_load_and_the_document_says_so(bundle):
    with serving(bundle.path, "--policy", "unseen=error,range=error") as server:
        told = refused(server, 422, {**ROW, "carrier": "ZZ", "temp": 500.0})
        assert {each["kind"] for each in told["errors"]} == {"unseen", "range"}
        document = ask(server, b"", path="/openapi.json", method="GET")[1]
    fields = document["components"]["schemas"]["Record"]["properties"]
    assert fields["distance"]["maximum"] == 4983
    assert "AA" in fields["carrier"]["enum"]


def test_a_port_that_is_taken_is_a_clear_error(server):
    with pytest.raises(UsageError, match=f"127.0.0.1:{server.port} cannot be used"):
        bind("127.0.0.1", server.port)
    with pytest.raises(UsageError, match="cannot be used"):
        bind("127.0.0.1", 70_000)
