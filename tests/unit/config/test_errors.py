"""Every wrong setting is reported at once, where it stands and with what to do."""

import pytest

from tests.support.settings import SITE, Complain


def test_all_errors_come_at_once_in_the_order_of_the_file(complain: Complain) -> None:
    found = complain(
        SITE
        + 'langage = "zh-CN"\ntimezone = "Asia/Shangai"\n'
        + '[[sources]]\npath = "a"\nexclude = ["x", 3]\n[[sources]]\npath = "./a"\n'
        + "[feeds]\nentries = 1000\ntitle = 3\n[smtp]\nhost = 'x'\n"
    )

    assert found == [
        "feedpub.toml:4:1: unknown key 'langage' in [site]; did you mean 'language'?",
        found[1],
        'feedpub.toml:8:17: exclude: a whole number where text in "quotes" is expected',
        "feedpub.toml:10:8: path: the source 'a' reads this folder already; remove one",
        "feedpub.toml:12:11: entries: 1000 is out of range; use 1 to 250",
        "feedpub.toml:13:1: unknown key 'title' in [feeds]; it belongs in [site]",
        found[6],
    ]
    assert found[1] == (
        "feedpub.toml:5:12: timezone: 'Asia/Shangai' is no time zone; did you mean 'Asia/Shanghai'?"
    )
    assert found[6] == (
        "feedpub.toml:14:1: unknown section [smtp];"
        " use bounces, build, categories, dkim, embed, feeds, mail, newsletter, pages, remote, s3,"
        " site, sources, thumbnails, web"
    )


WRONG_VALUES = {
    "text for a number": ("[feeds]\nentries = '20'", "5:11: entries: text where a whole number"),
    "truth for a number": ("[feeds]\nentries = true", "5:11: entries: true or false where"),
    "number for truth": ("[feeds]\nping = 1", "5:8: ping: a whole number where true or false"),
    "number for text": ("title = 3", '4:9: title: a whole number where text in "quotes"'),
    "date for text": ("title = 2026-01-01", "4:9: title: a date or time where"),
    "line break": ('title = "a\\nb"', "4:9: title: a line break or control character"),
    "unknown choice": ("[feeds]\ncontent = 'ful'", "5:11: content: 'ful' is not known; did you"),
    "language": ("language = 'Chinese'", "4:12: language: 'Chinese' is no language tag"),
    "underscore": ("language = 'zh_CN'", "did you mean 'zh-CN'?"),
    "zone by letters": (
        "timezone = 'GMT+8'",
        "4:12: timezone: 'GMT+8' is no time zone; name a city of it, such as Asia/Shanghai",
    ),
    "zone by hours": ("timezone = 'UTC+8'", "'UTC+8' is no time zone; name a city of it"),
    "zone of a city that has none": (
        "timezone = 'Asia/Peking'",
        "name a city of it, such as Asia/S",
    ),
    "zone by path": ("timezone = '../../etc/passwd'", "is no time zone; name a city of it"),
    "zone that is a folder": ("timezone = 'Asia'", "'Asia' is no time zone"),
    "empty zone": ("timezone = ''", "'' is no time zone"),
    "feeds url": ("[feeds]\nurl = 'a.example'", "5:7: url: 'a.example' is no web address; write"),
    "ftp": ("[feeds]\nurl = 'ftp://a.example/'", "'ftp://a.example/' is no web address"),
    "port": ("[feeds]\nurl = 'http://a.example:99999/'", "is no URL; write it as https://"),
    "query": ("[feeds]\nurl = 'http://a.example/?a=b'", "has a '?' or '#' part; leave it out"),
    "script": ("[feeds]\nhub = 'javascript:alert(1)'", "is no web address"),
    "icon that is none": ("icon = 'http://[x'", "4:8: icon: "),
    "icon": ("icon = 'data:image/png;base64,AA'", "4:8: icon: "),
    "section as value": ("pages = 1", "unknown key 'pages' in [site]"),
    "sources in single brackets": (
        "[sources]\npath = 'a'",
        "4:1: there may be several sources; wr",
    ),
    "sources as text": ("sources = 'a'", "unknown key 'sources' in [site]"),
    "empty path": ("[[sources]]\npath = ''", "5:8: path: empty; name a path"),
    "endless name": (f"[[sources]]\npath = 'a/{'名' * 90}'", "5:8: path: a name of more than 255"),
    "endless path": (f"[[sources]]\npath = '{'a/' * 1500}'", "5:8: path: longer than 2048 bytes"),
    "nobody's home": (
        "[[sources]]\npath = '~nobody-at-all/a'",
        "5:8: path: '~nobody-at-all' is no",
    ),
    "glob outside": ("[[sources]]\nexclude = ['../x']", "5:12: exclude: '../x' is matched against"),
    "output over the site": ("[feeds]\nfolder = '.'", "5:10: folder: "),
    "output over a source": ("[feeds]\nfolder = 'a'\n[[sources]]\npath = 'a/b'", "own files; name"),
    "ping nobody": ("[feeds]\nping = true", "5:8: ping: nobody to tell; add hub"),
    "rename to nothing": ("[categories.rename]\na = ''", "5:5: rename: '' has an empty name"),
    "same name": (
        "[[sources]]\npath = 'a/x'\n[[sources]]\nname = 'x'\npath = 'b'",
        "7:8: name: two sources are called 'x'",
    ),
}


@pytest.mark.parametrize(("text", "error"), WRONG_VALUES.values(), ids=WRONG_VALUES.keys())
def test_a_wrong_value_is_named_with_its_remedy(complain: Complain, text: str, error: str) -> None:
    (found,) = complain(f"{SITE}{text}\n")

    assert error in found


def test_every_link_of_a_circle_is_named(complain: Complain) -> None:
    found = complain(SITE + "[categories.rename]\n'a' = 'b'\n'b' = 'a'\n")

    assert found == [
        "feedpub.toml:5:7: rename: 'a' is renamed to itself in the end; remove it",
        "feedpub.toml:6:7: rename: 'b' is renamed to itself in the end; remove it",
    ]


NOT_TOML = {
    "no value": ("[site]\ntitle =\n", "feedpub.toml:2:8: not TOML: invalid value"),
    "no quotes": ("title = 中文\n", ":1:9: not TOML: invalid value; put text in quotes"),
    "curly quotes": ("title = “中文”\n", "use straight quotes"),
    "colon": ("title: x\n", "write key = \"value\", with = instead of :"),
    "backslash": ('path = "C:\\posts"\n', "write / instead of \\ in a path"),
    "unclosed": ('title = "a\n', "feedpub.toml:1:11: not TOML:"),
    "at the end": ("a = [1,\n", "feedpub.toml:2:1: not TOML: invalid value"),
    "twice": ("a = 1\na = 2\n", "feedpub.toml:2:6: not TOML: cannot overwrite a value"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "error"), NOT_TOML.values(), ids=NOT_TOML.keys())
def test_a_syntax_error_has_line_and_column(complain: Complain, text: str, error: str) -> None:
    (found,) = complain(text)

    assert error in found


def test_another_encoding_is_named_at_its_first_byte(complain: Complain) -> None:
    (found,) = complain(b'[site]\ntitle = "' + "中".encode("gbk") + b'"\n')

    assert found == "feedpub.toml:2:10: byte 0xd6 is not UTF-8; save the file as UTF-8"


def test_endless_nesting_is_refused(complain: Complain) -> None:
    (found,) = complain("a = " + "[" * 5000)

    assert "feedpub.toml" in found


def test_a_missing_id_comes_with_a_fresh_one(complain: Complain) -> None:
    (found,) = complain('[site]\nurl = "https://a.example/"\n')

    line = found.rpartition("for ever: ")[2]
    assert complain(f'[site]\nurl = "https://a.example/"\n{line}\n') == []


def test_a_wrong_id_is_not_replaced(complain: Complain) -> None:
    (found,) = complain('[site]\nid = "my-blog"\nurl = "https://a.example/"\n')

    assert "2:6: id: 'my-blog' is no UUID; put back the one" in found


# Secrets


@pytest.mark.parametrize("key", ["password", "smtp_password", "api_key", "secret", "auth-token"])
def test_a_secret_in_the_file_is_refused_and_not_repeated(complain: Complain, key: str) -> None:
    (found,) = complain(f"{SITE}{key} = 'hunter2'\n")

    assert f"feedpub.toml:4:1: {key!r} is a secret" in found
    assert "environment" in found
    assert "hunter2" not in found


def test_a_secret_of_an_unknown_section_is_named_too(complain: Complain) -> None:
    section, secret = complain(f"{SITE}[smtp]\npassword = 'hunter2'\n")

    assert "unknown section [smtp]" in section
    assert "5:1" in secret
    assert "FEEDPUB_SMTP_PASSWORD" in secret
    assert 'password_file = "path"' in secret


def test_the_name_of_a_secret_s_file_is_no_secret(complain: Complain) -> None:
    (found,) = complain(f"{SITE}password_file = 'x'\n")

    assert "is a secret" not in found


@pytest.mark.parametrize(
    "text",
    [
        "[feeds]\nurl = 'https://me:hunter2@a.example/'",
        "[feeds]\nhub = 'https://hunter2@h.example'",
    ],
)
def test_a_password_in_a_url_is_refused_and_not_repeated(complain: Complain, text: str) -> None:
    (found,) = complain(SITE + text)

    assert "a user name or password in the URL" in found
    assert "hunter2" not in found


@pytest.mark.parametrize("url", ["postgresql://u:hunter2@h/db", "postgres://h/db?password=hunter2"])
def test_a_servers_password_does_not_belong_in_the_file(complain: Complain, url: str) -> None:
    (found,) = complain(f"database = '{url}'\n{SITE}")

    assert "1:12: database: its password does not belong in this file" in found
    assert "FEEDPUB_DATABASE_PASSWORD" in found
    assert "hunter2" not in found


def test_another_kind_of_server_is_refused_without_its_password(complain: Complain) -> None:
    (found,) = complain(f"database = 'mysql://u:hunter2@h/db'\n{SITE}")

    assert "1:12: database: 'mysql' is no kind of server" in found
    assert "hunter2" not in found


# Environment


def test_a_wrong_variable_is_named_instead_of_the_file(complain: Complain) -> None:
    found = complain(
        SITE + "x = 1\n",
        {"FEEDPUB_FEEDS_ENTRIES": "many", "FEEDPUB_FEEDS_ENTRY": "1", "FEEDPUB_SOURCES_PATH": "x"},
    )

    assert found == [
        found[0],
        "FEEDPUB_FEEDS_ENTRIES: text where a whole number is expected",
        "FEEDPUB_FEEDS_ENTRY: no such setting; did you mean 'FEEDPUB_FEEDS_ENTRIES'?",
        "FEEDPUB_SOURCES_PATH: [sources] can be set in feedpub.toml only; unset the variable",
    ]
    assert found[0].startswith("feedpub.toml:4:1: unknown key 'x' in [site]")


def test_a_variable_of_someone_else_is_left_alone(complain: Complain) -> None:
    assert complain(SITE, {"FEEDPUB_TEST_PGBIN": "x", "FEEDPUB_CONFIG": "y", "PATH": "z"}) == []


def test_an_unreadable_file_is_named(tmp_path, complain: Complain) -> None:
    (tmp_path / "feedpub.toml").mkdir()

    from feedpub.config import load_config
    from feedpub.errors import ConfigError

    with pytest.raises(ConfigError, match="cannot be read: is a directory"):
        load_config(tmp_path / "feedpub.toml", {})
