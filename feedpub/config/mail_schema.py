"""The keys of ``feedpub.toml`` that are about mail and subscribers."""

from typing import Any

from feedpub.config import bounces_schema, formats, kinds
from feedpub.config import mail_formats as mail
from feedpub.config.setting import Setting
from feedpub.config.values import CardLevel, MailType, Security
from feedpub.model.newsletter import Frequency

_DOMAIN = r"([a-z0-9_]([a-z0-9-]*[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]*[a-z0-9])?"

WEEKLY = Setting(
    "newsletter.weekly",
    mail.weekly(),
    "",
    "When the weekly digest goes out, in `site.timezone`: `Fri 09:00`. One schedule of the three"
    " switches the newsletter on.",
)
DAILY = Setting(
    "newsletter.daily", mail.daily(), "", "When a daily digest goes out, such as `07:30`."
)
MONTHLY = Setting(
    "newsletter.monthly",
    mail.monthly(),
    "",
    "When a monthly digest goes out, such as `1 09:00` on the first.",
)
FROM = Setting(
    "newsletter.from",
    mail.mailbox(),
    "",
    "Who the mails come from. Required with a schedule.",
)
POSTAL_ADDRESS = Setting(
    "newsletter.postal_address",
    kinds.text(),
    "",
    "Postal address at the end of every mail, which the law of many countries wants. Nothing is"
    " sent without one.",
)
REPLY_TO = Setting(
    "newsletter.reply_to",
    mail.address(),
    "",
    "Where answers go.",
    default_doc="address of `from`",
)
TITLE = Setting(
    "newsletter.title",
    kinds.text(),
    "",
    "What the digest is called.",
    default_doc="`site.title`",
)
SUBJECT = Setting(
    "newsletter.subject",
    kinds.text(),
    "",
    "Subject of the mails; `{title}` is the first article's title, `{count}` how many articles"
    " there are.",
    default_doc="the first article's title, and how many more there are",
)
SUBJECT_PREFIX = Setting(
    "newsletter.subject_prefix",
    kinds.text(),
    "",
    "Put before every subject, such as `广告` or `AD` where advertisements have to say so.",
)
CONTENT: Setting[CardLevel] = Setting(
    "newsletter.content",
    kinds.choice("summary", "full", "title"),
    "summary",
    "How much of an article a digest shows. A long digest shows less of the older ones, so that no"
    " mail is cut off.",
)
CARDS = Setting(
    "newsletter.cards", kinds.whole_number(1, 200), 30, "How many articles a digest shows at most."
)
SECTION_CARDS = Setting(
    "newsletter.section_cards",
    kinds.whole_number(1, 200),
    5,
    "How many articles of one category a digest shows at most.",
)
DEFAULT_FREQUENCY: Setting[Frequency | None] = Setting(
    "newsletter.default_frequency",
    kinds.optional(kinds.choice(*Frequency)),
    "",
    "What a subscriber gets who did not choose.",
    default_doc="`weekly` if it is scheduled, else the oftenest that is",
)
LANGUAGES = Setting(
    "newsletter.languages",
    kinds.texts(what="language tags", check_one=mail.language_with_texts),
    [],
    "Languages of the digest's own words that are offered besides `site.language`.",
)
MAX_AGE_DAYS = Setting(
    "newsletter.max_age_days",
    kinds.whole_number(0, 366),
    0,
    "A digest that is overdue by more days than this waits for `--catch-up` or `--skip-missed`.",
    default_doc="`0`: two periods",
)
MAX_RECIPIENTS = Setting(
    "newsletter.max_recipients",
    kinds.whole_number(0, 100_000_000),
    0,
    "A digest to more recipients than this is held until it is confirmed.",
    default_doc="`0`: no limit",
)
UTM = Setting(
    "newsletter.utm",
    mail.query(),
    "",
    "Appended to the links to articles, such as `utm_source=newsletter`. The same for everybody.",
)
INTRO = Setting(
    "newsletter.intro",
    kinds.path(),
    "intro.md",
    "Markdown file with words of your own for the top of the next digest; it need not exist.",
)
ON_SUCCESS = Setting(
    "newsletter.on_success",
    kinds.text(),
    "",
    "Command to run, or address to call, when a digest went out.",
)
ON_FAILURE = Setting(
    "newsletter.on_failure",
    kinds.text(),
    "",
    "Command to run, or address to call, when sending failed or was held.",
)

MAIL_TYPE: Setting[MailType] = Setting(
    "mail.type",
    kinds.choice("smtp", "maildir", "sendmail"),
    "smtp",
    "How mail leaves: to an SMTP server, into a maildir, or by the program `sendmail`.",
)
MAIL_HOST = Setting("mail.host", mail.host(), "localhost", "SMTP server.")
MAIL_PORT = Setting(
    "mail.port",
    kinds.whole_number(0, 65_535),
    0,
    "Port of the SMTP server.",
    default_doc="465 with `tls`, 587 with a user, else 25",
)
MAIL_SECURITY: Setting[Security | None] = Setting(
    "mail.security",
    kinds.optional(kinds.choice(*mail.SECURITIES)),
    "",
    "Encryption: `tls` from the start, `starttls` after the greeting. The server's certificate is"
    " checked.",
    default_doc="`none` for this machine, `tls` for port 465, else `starttls`",
)
MAIL_USER = Setting("mail.user", kinds.text(), "", "Who logs in at the SMTP server.")
MAIL_PASSWORD = Setting(
    "mail.password",
    kinds.text(),
    "",
    "Password of the SMTP server, in the environment only.",
    secret=True,
)
MAIL_PASSWORD_FILE = Setting(
    "mail.password_file",
    kinds.optional(kinds.path()),
    "",
    "File with that password, which nobody else may read.",
)
MAIL_FOLDER = Setting(
    "mail.folder", kinds.optional(kinds.path()), "", "The maildir that mail is delivered into."
)
MAIL_COMMAND = Setting(
    "mail.command",
    mail.command(),
    "/usr/sbin/sendmail",
    "The program of `sendmail`, with options of your own.",
)
MAIL_CONNECTIONS = Setting(
    "mail.connections",
    kinds.whole_number(1, 64),
    1,
    "Connections to the SMTP server at once.",
)
MAIL_PER_DOMAIN = Setting(
    "mail.per_domain",
    kinds.whole_number(0, 64),
    0,
    "How many of them may send to recipients of one domain at once.",
    default_doc="`0`: all",
)
MAIL_RATE = Setting(
    "mail.rate",
    mail.rate(),
    0,
    "Messages a second at most; `0.2` is one in five seconds.",
    default_doc="`0`: as fast as the server takes them",
)
MAIL_MESSAGES = Setting(
    "mail.messages_per_connection",
    kinds.whole_number(1, 100_000),
    100,
    "After how many messages a connection is made anew.",
)
MAIL_HELO = Setting(
    "mail.helo",
    mail.name(_DOMAIN, "mail.example.com"),
    "",
    "Name that this machine gives itself.",
    default_doc="its own",
)
MAIL_TIMEOUT = Setting(
    "mail.timeout",
    kinds.whole_number(1, 3600),
    300,
    "Seconds that the SMTP server may take for a reply; twice as many for the last, after which"
    " nobody knows whether it took the mail.",
)
MAIL_CA_FILE = Setting(
    "mail.ca_file",
    kinds.optional(kinds.path()),
    "",
    "File (PEM) of the authorities whose certificates are trusted, for a server with a certificate"
    " of your own.",
    default_doc="those of the system",
)

DKIM_DOMAIN = Setting(
    "dkim.domain",
    mail.name(_DOMAIN, "example.com"),
    "",
    "Domain that signs the mails; that of `newsletter.from`, or one above it.",
)
DKIM_SELECTOR = Setting(
    "dkim.selector",
    mail.name(_DOMAIN, "s1"),
    "",
    "Name of the key: it is published at `<selector>._domainkey.<domain>`.",
)
DKIM_KEY_FILE = Setting(
    "dkim.key_file",
    kinds.optional(kinds.path()),
    "",
    "The private RSA key in PEM, which nobody else may read.",
)
DKIM_ED25519_SELECTOR = Setting(
    "dkim.ed25519_selector",
    mail.name(_DOMAIN, "e1"),
    "",
    "Name of an Ed25519 key for a second signature.",
)
DKIM_ED25519_KEY_FILE = Setting(
    "dkim.ed25519_key_file", kinds.optional(kinds.path()), "", "That key, in PEM."
)

WEB_URL = Setting(
    "web.url",
    formats.url(folder=True),
    "",
    "Address at which `feedpub serve` answers subscribers, `https://`. Without it one unsubscribes"
    " by mail only.",
)

WEB_PROXIES = Setting(
    "web.proxies",
    formats.networks(),
    [],
    "Networks of proxies on other machines that `feedpub serve` believes when they say who asks;"
    " those on this machine it does.",
)
WEB_METRICS = Setting(
    "web.metrics",
    formats.networks(),
    [],
    "Networks that may read `/metrics` of `feedpub serve`; this machine may.",
)

NEWSLETTER: tuple[Setting[Any], ...] = (
    WEEKLY,
    DAILY,
    MONTHLY,
    FROM,
    POSTAL_ADDRESS,
    REPLY_TO,
    TITLE,
    SUBJECT,
    SUBJECT_PREFIX,
    CONTENT,
    CARDS,
    SECTION_CARDS,
    DEFAULT_FREQUENCY,
    LANGUAGES,
    MAX_AGE_DAYS,
    MAX_RECIPIENTS,
    UTM,
    INTRO,
    ON_SUCCESS,
    ON_FAILURE,
)
MAIL: tuple[Setting[Any], ...] = (
    MAIL_TYPE,
    MAIL_HOST,
    MAIL_PORT,
    MAIL_SECURITY,
    MAIL_USER,
    MAIL_PASSWORD,
    MAIL_PASSWORD_FILE,
    MAIL_FOLDER,
    MAIL_COMMAND,
    MAIL_CONNECTIONS,
    MAIL_PER_DOMAIN,
    MAIL_RATE,
    MAIL_MESSAGES,
    MAIL_HELO,
    MAIL_TIMEOUT,
    MAIL_CA_FILE,
)
DKIM: tuple[Setting[Any], ...] = (
    DKIM_DOMAIN,
    DKIM_SELECTOR,
    DKIM_KEY_FILE,
    DKIM_ED25519_SELECTOR,
    DKIM_ED25519_KEY_FILE,
)
WEB: tuple[Setting[Any], ...] = (WEB_URL, WEB_PROXIES, WEB_METRICS)

SETTINGS: tuple[Setting[Any], ...] = (*NEWSLETTER, *MAIL, *DKIM, *WEB, *bounces_schema.BOUNCES)
"""In the order of the documentation."""
