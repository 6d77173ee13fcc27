"""Thumbnails of remote and local pictures, decoded in a process of its own."""

import io
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from feedpub.errors import FetchError, PictureError
from feedpub.net import Fetcher
from feedpub.thumbnails import Thumbnail, Thumbnailer, decoder, worker
from tests.support import pictures
from tests.support.bad_server import BadServer

DIE = "import os; os._exit(9)"
HANG = "import time; time.sleep(60)"
# Answers the first picture and then dies.
DIE_LATER = "from feedpub.thumbnails import worker; import sys, io; \
head = sys.stdin.buffer.read(6); size, _ = worker.REQUEST.unpack(head); \
worker.serve(io.BytesIO(head + sys.stdin.buffer.read(size)), sys.stdout.buffer)"
# Takes more memory than it is allowed to, as a decoder might.
GREEDY = "from feedpub.thumbnails import jpeg, worker; \
worker.make_jpeg = lambda *_, **__: (bytes(bytearray(2 << 30)[:9]), 9, 9); worker.main()"


@pytest.fixture(scope="module")
def alone() -> Iterator[Thumbnailer]:
    """Return a thumbnailer that fetches nothing."""
    with Thumbnailer(None) as thumbnailer:
        yield thumbnailer


@pytest.fixture
def thumbnailer(fetcher: Fetcher, alone: Thumbnailer) -> Thumbnailer:
    """Return one that may fetch from loopback and decodes here, which is quicker to start."""
    return Thumbnailer(fetcher, isolate=False)


# Decoding


def test_a_process_makes_the_same_as_we_would(alone: Thumbnailer) -> None:
    data = pictures.drawing(1200, 800)

    assert alone.from_bytes(data) == Thumbnailer(None, isolate=False).from_bytes(data)


def test_a_picture_is_measured_where_it_is(alone: Thumbnailer) -> None:
    assert alone.measure(pictures.drawing(300, 200)) == (300, 200, "image/png")


def test_an_error_crosses_over_from_the_process(alone: Thumbnailer) -> None:
    with pytest.raises(PictureError, match="this is an SVG drawing") as caught:
        alone.from_bytes(pictures.SVG_SCRIPT, url="a.svg")

    assert (caught.value.url, caught.value.retry) == ("a.svg", False)


def test_many_threads_share_two_processes(alone: Thumbnailer) -> None:
    made: dict[int, Thumbnail] = {}

    def make(number: int) -> None:
        made[number] = alone.from_bytes(pictures.drawing(seed=str(number)))

    threads = [threading.Thread(target=make, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len({thumbnail.name for thumbnail in made.values()}) == 12


@pytest.mark.parametrize(
    ("program", "timeout_s"), [(DIE, 15), (HANG, 1), (GREEDY, 15)], ids=["dies", "hangs", "greedy"]
)
def test_a_picture_that_brings_its_decoder_down_is_an_error_and_no_more(
    monkeypatch: pytest.MonkeyPatch, program: str, timeout_s: float
) -> None:
    begin = time.monotonic()

    with Thumbnailer(None) as thumbnailer:
        with monkeypatch.context() as patched:
            patched.setattr(decoder, "_PROGRAM", program)
            patched.setattr(decoder, "_TIMEOUT_S", timeout_s)
            with pytest.raises(PictureError, match="bounded time and memory"):
                thumbnailer.from_bytes(pictures.drawing())

        assert thumbnailer.from_bytes(pictures.drawing()).width == 120

    assert time.monotonic() - begin < 30


def test_a_decoder_that_died_meanwhile_is_started_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoder, "_PROGRAM", DIE_LATER)
    with Thumbnailer(None) as thumbnailer:
        first = thumbnailer.from_bytes(pictures.drawing())
        time.sleep(0.5)

        assert thumbnailer.from_bytes(pictures.drawing()) == first


def test_the_largest_picture_fits_in_the_memory_of_a_process(alone: Thumbnailer) -> None:
    data = pictures.encoded(pictures.canvas(5000, 5000, mode="RGBA"), compress_level=1)

    assert alone.from_bytes(data).width == 640


def test_a_local_file_that_is_too_large_is_refused(
    alone: Thumbnailer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("feedpub.thumbnails.thumbnailer.MAX_LOCAL_BYTES", 10)

    with pytest.raises(PictureError, match="larger than 10 bytes"):
        alone.from_bytes(pictures.drawing(), url="a.png")


def test_where_no_python_can_be_started_it_decodes_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "")

    assert Thumbnailer(None).from_bytes(pictures.drawing()).width == 120


def test_a_thumbnailer_that_nobody_closed_leaves_no_process() -> None:
    resource = pytest.importorskip("resource", reason="needs POSIX")
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    thumbnailer = Thumbnailer(None)
    thumbnailer.from_bytes(pictures.drawing())

    del thumbnailer

    # The time of a child is counted when it has ended and been waited for.
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime > before


def test_a_request_that_breaks_off_ends_the_worker() -> None:
    answers = io.BytesIO()

    with pytest.raises(EOFError):
        worker.serve(io.BytesIO(worker.REQUEST.pack(100, 640) + b"short"), answers)
    worker.serve(io.BytesIO(b"abc"), answers)

    assert answers.getvalue() == b""


# Fetching one


@pytest.mark.parametrize("path", ["/jpeg", "/bytes", "/no-type", "/redirect/2"])
def test_a_remote_picture_becomes_a_thumbnail(
    thumbnailer: Thumbnailer, server: BadServer, path: str
) -> None:
    assert thumbnailer.fetch(server.url(path)).width == 120


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/html-page", "the server sent text/html"),
        ("/html-as-picture", "this is an HTML page"),
        ("/svg-script", "this is an SVG drawing"),
        ("/empty", "the file is empty"),
        ("/cut-picture", "broken or cut off"),
        ("/huge-header", "more than 25 million pixels"),
        ("/81-megapixels", "more than 25 million pixels"),
        ("/tracking-pixel", "the picture is 1x1"),
        ("/gzip-lie", "not compressed as its header says"),
        ("/gzip-bomb", "larger than the 5,242,880 bytes"),
        ("/says-more", "broke off"),
        ("/status/404", "answered 404"),
        ("/status/429", "answered 429"),
        ("/status/500", "answered 500"),
        ("/redirect-loop", "redirected more than 3 times"),
    ],
)
def test_a_server_that_misbehaves_costs_the_article_its_thumbnail_only(
    thumbnailer: Thumbnailer, server: BadServer, path: str, reason: str
) -> None:
    with pytest.raises(FetchError, match=reason) as caught:
        thumbnailer.fetch(server.url(path))

    assert caught.value.url == server.url(path)


def test_a_remote_picture_has_five_seconds(
    thumbnailer: Thumbnailer, server: BadServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("feedpub.thumbnails.thumbnailer._FETCH_DEADLINE_S", 0.3)

    with pytest.raises(FetchError, match=r"within 0\.3 s"):
        thumbnailer.fetch(server.url("/slow-body"), deadline_s=60)


def test_offline_nothing_is_fetched(alone: Thumbnailer) -> None:
    with pytest.raises(FetchError, match="without --offline"):
        alone.fetch("http://example.org/a.png")


# Fetching many


class Results(dict[str, Thumbnail | FetchError]):
    """What was done, and by which thread."""

    def __call__(self, url: str, outcome: Thumbnail | FetchError) -> None:
        assert threading.current_thread() is threading.main_thread()
        assert url not in self
        self[url] = outcome


def test_each_picture_is_done_once_and_alone(thumbnailer: Thumbnailer, server: BadServer) -> None:
    good = [server.url(f"/picture/{number}") for number in range(6)]
    bad = [server.url("/status/404"), server.url("/cut-picture"), "file:///etc/passwd", "http://["]
    results = Results()

    left = thumbnailer.fetch_all([*good, *bad, good[0]], done=results)

    assert left == []
    assert set(results) == {*good, *bad}
    assert all(isinstance(results[url], Thumbnail) for url in good)
    assert all(isinstance(results[url], FetchError) for url in bad)
    assert server.paths.count("/picture/0") == 1


def test_no_more_at_once_than_was_said() -> None:
    with BadServer() as server, Fetcher(allow_private=True, ports=None) as fetcher:
        urls = [server.url(f"/slow-picture/{number}") for number in range(8)]
        thumbnailer = Thumbnailer(fetcher, isolate=False)
        thumbnailer.fetch_all(urls, done=Results(), at_most=8)
        of_one_host, server.busiest = server.busiest, 0
        thumbnailer.fetch_all(urls, done=Results(), at_most=1)

    assert of_one_host == 2
    assert server.busiest == 1


def test_a_slow_host_holds_up_its_own_pictures_only(
    thumbnailer: Thumbnailer, server: BadServer
) -> None:
    slow = [server.url(f"/silent?{number}") for number in range(5)]
    quick = [server.url(f"/picture/{number}", "localhost") for number in range(5)]
    results = Results()

    left = thumbnailer.fetch_all([*slow, *quick], done=results, budget_s=1, at_most=4)

    assert set(results) == set(quick)
    assert set(left) == set(slow)


def test_the_budget_ends_it_and_the_rest_is_left(
    thumbnailer: Thumbnailer, server: BadServer
) -> None:
    urls = [server.url(f"/slow-picture/{number}") for number in range(40)]
    results = Results()
    begin = time.monotonic()

    left = thumbnailer.fetch_all(urls, done=results, budget_s=0.5)

    assert time.monotonic() - begin < 2
    assert 0 < len(results) < 40
    assert all(isinstance(outcome, Thumbnail) for outcome in results.values())
    assert sorted([*results, *left]) == sorted(urls)


def test_without_time_nothing_is_begun(thumbnailer: Thumbnailer, server: BadServer) -> None:
    urls = [server.url("/picture/1"), server.url("/picture/2")]

    assert thumbnailer.fetch_all(urls, done=Results(), budget_s=0) == urls
    assert server.received == []


def test_offline_everything_is_left(alone: Thumbnailer) -> None:
    assert alone.fetch_all(["a", "b", "a"], done=Results()) == ["a", "b"]


def test_a_mistake_of_ours_is_not_hidden(thumbnailer: Thumbnailer, server: BadServer) -> None:
    thumbnailer.from_bytes = None  # type: ignore[method-assign]  # as if it were broken

    with pytest.raises(TypeError):
        thumbnailer.fetch_all([server.url("/jpeg")], done=Results())
